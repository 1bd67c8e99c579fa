"""What columns must hold, as people write it: one column a line, what it holds separated by commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from quant.features.plain import SchemaFault
from registry.frames.expectations import ColumnKind, read_expected

_SPAN = re.compile(r"(?:(?P<minimum>\S+) to (?P<maximum>\S+)|from (?P<least>\S+)|to (?P<most>\S+))")
_LISTED = re.compile(r"one of (?P<values>.+)")


class _LineFault(Exception):
    """One line that cannot be read; the words stand on the form."""


def read_lines(text: str) -> dict[str, dict[str, object]]:
    """The member `expected` of a declaration. ValidationError with what is wrong in each line."""
    made: dict[str, dict[str, object]] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            made |= _line(line, frozenset(made))
        except _LineFault as fault:
            faults.append(_("Line %(number)d: %(fault)s") % {"number": number, "fault": fault})
    if faults:
        raise ValidationError(faults)
    return made


def _line(line: str, known: frozenset[str]) -> dict[str, dict[str, object]]:
    name, colon, rest = (part.strip() for part in line.partition(":"))
    if not (name and colon and rest):
        raise _LineFault(_("write the column, a colon and what it holds."))
    if name in known:
        raise _LineFault(_("the column stands on another line already. Keep one."))
    held: dict[str, object] = {}
    for clause in filter(None, (part.strip() for part in rest.split(","))):
        _add(held, clause)
    try:
        read_expected({name: held})
    except SchemaFault as fault:
        raise _LineFault(str(fault)) from None
    return {name: held}


def _add(held: dict[str, object], clause: str) -> None:
    said = dict(_clause(clause))
    if not said:
        raise _LineFault(
            _(
                "“%(clause)s” is not understood. Write a kind, 1 to 50, from 1, to 50, one of A | B, unique or"
                " required."
            )
            % {"clause": clause[:60]}
        )
    if set(said) & set(held):
        raise _LineFault(_("“%(clause)s” was said before. Keep one.") % {"clause": clause[:60]})
    held.update(said)


def _clause(clause: str) -> Iterator[tuple[str, object]]:
    if clause in set(ColumnKind):
        yield "kind", clause
    if clause in {"unique", "required"}:
        yield clause, True
    if listed := _LISTED.fullmatch(clause):
        yield "values", [value.strip() for value in listed["values"].split("|")]
    elif span := _SPAN.fullmatch(clause):
        bounds = {"minimum": span["minimum"] or span["least"], "maximum": span["maximum"] or span["most"]}
        yield from ((name, bound) for name, bound in bounds.items() if bound)
