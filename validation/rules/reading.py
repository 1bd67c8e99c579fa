"""What every section of a standard is read with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from quant.features import plain

Rules = TypeVar("Rules")
Raw = Mapping[str, object]


def section(raw: Raw, name: str, read: Callable[[Raw], Rules]) -> Rules:
    """A section that every standard has. SchemaFault when it is missing or is no object."""
    found = raw.get(name)
    if not isinstance(found, Mapping):
        raise plain.SchemaFault(f"{name} must be an object.")
    return read(found)


def optional(raw: Raw, name: str, read: Callable[[Raw], Rules]) -> Rules | None:
    """A section that a standard may leave out; the checks that need it then say that it is missing."""
    return section(raw, name, read) if name in raw else None


def number(raw: Raw, name: str) -> float:
    return plain.decimal(raw.get(name), name)


def share(raw: Raw, name: str) -> float:
    """A number strictly between 0 and 1."""
    found = number(raw, name)
    if not 0 < found < 1:
        raise plain.SchemaFault(f"{name} must lie between 0 and 1, ends excluded.")
    return found


def count(raw: Raw, name: str) -> int:
    return plain.integer(raw.get(name), name)


def numbers(raw: Raw, name: str) -> tuple[float, ...]:
    return tuple(plain.decimal(each, name) for each in plain.items(raw.get(name), name))
