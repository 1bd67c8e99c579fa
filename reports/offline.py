"""The stand-alone verifier as it is given out."""

from __future__ import annotations

import functools
from pathlib import Path

import audit
from mrm.lib import canonical

FILE = Path(audit.__path__[0]) / "verifier.py"


def content() -> bytes:
    return FILE.read_bytes()


@functools.cache
def verifier_digest() -> str:
    """SHA-256 of the file, as README and dossiers print it."""
    return canonical.sha256(content())
