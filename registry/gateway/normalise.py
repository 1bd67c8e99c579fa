"""From the bytes on the request line to the one form that is judged and forwarded. Pure.

A path is decoded once. What could be read in two ways by two programs is refused and not repaired, so that the server
behind never sees another path than the table was asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from registry.gateway.rules import Rule, RuleRefused

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
LONGEST_PATH: Final = 2_000
LONGEST_QUERY: Final = 8_000
MOST_PARAMETERS: Final = 1_000
# In the name of every query parameter that names a file or a folder behind (`path`, `artifact_file_path`).
_PATH: Final = "path"
_RAW: Final = re.compile(r"[\x21-\x7e]*")
_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Everything printable but what begins another part of an address, quotes, or is read as a separator somewhere.
_PLAIN: Final = re.compile(r"[A-Za-z0-9\-._~ !$&'()*+,=:@\[\]{}^/]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_SAFE: Final = "/-._~!$&'()*+,=:@"


@dataclass(frozen=True)
class Normal:
    """A request as it is judged: the path decoded, the parameters in their order."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> str:
        """As it is forwarded: encoded anew from what was judged."""
        asked = f"?{urlencode(self.query)}" if self.query else ""
        return quote(self.path, safe=_SAFE) + asked


def normalise(method: str, raw: str) -> Normal:
    """The normal form of a method and a raw request target. Raises RuleRefused for whatever has no plain one."""
    if method not in METHODS:
        raise RuleRefused(Rule.UNKNOWN, f"The method {method[:16]!a}")
    path, mark, query = raw.partition("?")
    if not _RAW.fullmatch(raw) or "#" in raw or len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY:
        raise _refused(path)
    return Normal(method, _path(path), _query(query, path) if mark else ())


def is_plain_file(path: str) -> bool:
    """Whether a path names one file or folder in every program's reading: used for paths in parameters too."""
    return bool(_PLAIN.fullmatch(path)) and not any(
        segment in {"", ".", ".."} or segment != segment.strip() for segment in path.split("/")
    )


def _path(raw: str) -> str:
    if not raw.startswith("/"):
        raise _refused(raw)
    # What is no escape stays a %, which no plain path has.
    path = unquote(raw, errors="surrogateescape")
    # The address of the list of files ends without a name, and one address of MLflow with a slash: full matches decide.
    inner = path[1:].removesuffix("/")
    if path != "/" and not is_plain_file(inner):
        raise _refused(raw)
    return path


def _query(raw: str, path: str) -> tuple[tuple[str, str], ...]:
    if _ESCAPE.search(raw):
        raise _refused(path)
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise _refused(path) from None
    for name, value in pairs:
        if _CONTROL.search(name) or _CONTROL.search(value):
            raise _refused(path)
        if _PATH in name.lower() and value and not is_plain_file(value):
            raise RuleRefused(Rule.ADDRESS, f"The file {value[:120]!a}")
    return tuple(pairs)


def _refused(path: str) -> RuleRefused:
    return RuleRefused(Rule.ADDRESS, f"The address {path[:120]!a}")
