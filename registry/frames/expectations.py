"""What somebody declares that a column holds, before anyone has read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from quant.features import plain

# Fifteen digits: every such number is told apart from its neighbour as a double.
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)
_MOST_FAULTS = 10


class ColumnKind(StrEnum):
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"


NUMERIC = frozenset({ColumnKind.INTEGER, ColumnKind.NUMBER})


@dataclass(frozen=True)
class Expectation:
    """One column. Bounds are decimals as text and belong to the range; an empty member says nothing."""

    kind: ColumnKind | None = None
    minimum: str = ""
    maximum: str = ""
    values: tuple[str, ...] = ()
    unique: bool = False
    required: bool = False

    @property
    def has_range(self) -> bool:
        return bool(self.minimum or self.maximum)

    @property
    def reads_as(self) -> ColumnKind | None:
        """A range is one of numbers, whether or not that is said."""
        return ColumnKind.NUMBER if self.kind is None and self.has_range else self.kind

    def plain(self) -> dict[str, object]:
        members = {
            "kind": str(self.kind or ""),
            "minimum": self.minimum,
            "maximum": self.maximum,
            "values": list(self.values),
            "unique": self.unique,
            "required": self.required,
        }
        return {name: value for name, value in members.items() if value}


def plain_expected(expected: Mapping[str, Expectation]) -> dict[str, object]:
    return {name: each.plain() for name, each in sorted(expected.items())}


def read_expected(raw: object) -> dict[str, Expectation]:
    """What `plain_expected` wrote; SchemaFault with all that is wrong in any column."""
    if not isinstance(raw, Mapping):
        raise plain.SchemaFault("expected must be an object of column names and what each holds.")
    made: dict[str, Expectation] = {}
    faults: list[str] = []
    for name, members in raw.items():
        try:
            column = plain.text(name, "a column of expected")
            made[column] = _read(members, f"expected.{column}")
            faults.extend(_contradictions(made[column], f"expected.{column}"))
        except plain.SchemaFault as fault:
            faults.append(str(fault))
    if faults:
        raise plain.SchemaFault(" ".join(faults[:_MOST_FAULTS]))
    return made


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _read(raw: object, where: str) -> Expectation:
    members = plain.members(raw, where, frozenset(Expectation.__dataclass_fields__))
    return Expectation(
        kind=plain.word(ColumnKind, members["kind"], f"{where}.kind") if "kind" in members else None,
        minimum=_bound(members, "minimum", where),
        maximum=_bound(members, "maximum", where),
        values=plain.texts(members.get("values", ()), f"{where}.values"),
        unique=plain.fact(members.get("unique", False), f"{where}.unique"),
        required=plain.fact(members.get("required", False), f"{where}.required"),
    )


def _bound(members: Mapping[str, object], name: str, where: str) -> str:
    if name not in members:
        return ""
    written = plain.text(members[name], f"{where}.{name}")
    if not is_number(written):
        raise plain.SchemaFault(f"{where}.{name} must be a number written as text, such as 0.25.")
    return written


def _contradictions(held: Expectation, where: str) -> Iterator[str]:
    if not held.plain():
        yield f"{where} says nothing: name a kind, a range, values, unique or required, or leave it out."
    if held.minimum and held.maximum and float(held.minimum) > float(held.maximum):
        yield f"{where}: the minimum is above the maximum."
    if held.has_range and held.values:
        yield f"{where} has values and a range: keep one."
    if held.has_range and held.reads_as not in NUMERIC:
        yield f"{where} has a range, and a column of kind {held.kind} has none."
    if held.values and held.kind in {ColumnKind.DATE, ColumnKind.BOOLEAN}:
        yield f"{where} has values, and a column of kind {held.kind} has none."
    if len(set(held.values)) != len(held.values):
        yield f"{where} names a value twice."
    if held.kind in NUMERIC and not all(map(is_number, held.values)):
        yield f"{where} has values that are no numbers, and the kind {held.kind}."
