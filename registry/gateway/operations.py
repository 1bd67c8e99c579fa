"""The reading operations of MLflow's own pages: a GraphQL text passes when its digest is one of theirs.

The pages' library prints an operation anew before it is sent (its spaces, and `__typename` in every selection), so the
digest is over the words of the text without those. `python -m tests.registry.mlflow_bundle` writes the file.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("operations.json")
# What the known operations are written with. No comments and no escapes: where those end, readers disagree.
_PLAIN: Final = re.compile(r"""[A-Za-z0-9_$(){}\[\]:!@".,=| \t\r\n]*""")
_WORD: Final = re.compile(r"""\"[^"]*\"|[A-Za-z0-9_]+|[^\s,]""")


def digest_of(text: str) -> str:
    """Equal for texts of the same words. Empty, which no operation is, for a text with anything unusual in it."""
    if not _PLAIN.fullmatch(text):
        return ""
    words = [word for word in _WORD.findall(text) if word != "__typename"]
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def is_known(text: str) -> bool:
    return digest_of(text) in known()


@functools.cache
def known() -> frozenset[str]:
    return frozenset(json.loads(FILE.read_text()).values())
