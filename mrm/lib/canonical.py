"""One canonical form for everything that is hashed: the RFC 8785 subset without floats and with ASCII keys.

In that subset sorted `json.dumps` gives the same bytes as a full implementation and is several times faster; a
property test against the package `rfc8785` keeps it so. Numbers with a fraction enter as text (`number`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

_LARGEST_INTEGER = 2**53 - 1  # RFC 8785 borrows I-JSON: larger integers do not survive other readers.


def dumps(value: object) -> bytes:
    """Canonical UTF-8 bytes. Raises TypeError for floats, foreign types and keys that are not ASCII text,
    ValueError for integers beyond ±(2**53 − 1) and for lone surrogates."""
    _refuse_foreign(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(value: object) -> str:
    """SHA-256 of the canonical bytes, 64 lower-case hex digits."""
    return sha256(dumps(value))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def number(value: float) -> str:
    """How a fraction enters a canonical form: the shortest text that reads back as the same double."""
    return repr(float(value))


def _refuse_foreign(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            raise ValueError(f"{value} is beyond the integers that every JSON reader keeps.")
        return
    if isinstance(value, str):
        value.encode("utf-8")
        return
    if isinstance(value, Mapping):
        _refuse_foreign_keys(value)
        for member in value.values():
            _refuse_foreign(member)
        return
    if isinstance(value, (list, tuple)):
        for member in value:
            _refuse_foreign(member)
        return
    raise TypeError(f"The canonical form has no {type(value).__name__}; write numbers as text.")


def _refuse_foreign_keys(mapping: Mapping[object, object]) -> None:
    for key in mapping:
        if not isinstance(key, str) or not key.isascii():
            raise TypeError(f"The canonical form has ASCII text keys only, not {key!r}.")
