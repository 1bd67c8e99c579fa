"""Strict reading of plain dicts. Schemas come out of files that somebody else may have written."""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar, cast

from quant.errors import BadInput

_Word = TypeVar("_Word", bound=StrEnum)


class SchemaFault(BadInput):
    """A declaration that contradicts itself or has the wrong shape; the text says where."""


def members(raw: object, where: str, allowed: frozenset[str]) -> Mapping[str, object]:
    """The mapping itself. Raises SchemaFault for other types and for keys that are not declared."""
    if not isinstance(raw, Mapping):
        raise SchemaFault(f"{where} must be an object.")
    strangers = sorted(str(key)[:60] for key in raw if key not in allowed)
    if strangers:
        raise SchemaFault(f"{where} has unknown members: {', '.join(strangers[:5])}.")
    return cast("Mapping[str, object]", raw)


def items(raw: object, where: str) -> Sequence[object]:
    if not isinstance(raw, (list, tuple)):
        raise SchemaFault(f"{where} must be a list.")
    return raw


def text(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not raw or len(raw) > 400:
        raise SchemaFault(f"{where} must be a text of 1 to 400 characters.")
    return raw


def integer(raw: object, where: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) >= 2**53:
        raise SchemaFault(f"{where} must be an integer below 2**53.")
    return raw


def fact(raw: object, where: str) -> bool:
    if not isinstance(raw, bool):
        raise SchemaFault(f"{where} must be true or false.")
    return raw


def decimal(raw: object, where: str) -> float:
    """A finite number written as text, because the canonical form has no floats."""
    try:
        value = float(text(raw, where))
    except ValueError:
        raise SchemaFault(f"{where} must be a number written as text.") from None
    if not math.isfinite(value):
        raise SchemaFault(f"{where} must be finite.")
    return value


def texts(raw: object, where: str) -> tuple[str, ...]:
    return tuple(text(entry, f"{where}[{place}]") for place, entry in enumerate(items(raw, where)))


def integers(raw: object, where: str) -> tuple[int, ...]:
    return tuple(integer(entry, f"{where}[{place}]") for place, entry in enumerate(items(raw, where)))


def word(kind: type[_Word], raw: object, where: str) -> _Word:
    """One of the words of a closed set."""
    try:
        return kind(text(raw, where))
    except ValueError:
        raise SchemaFault(f"{where} must be one of {', '.join(kind)}.") from None
