"""Reading a file of booked loans (docs/formats.md, "Booked loans"): every row is read or named, none is lost.

Reads row by row and holds one row at a time. Nothing of a cell is ever repeated in a message: a reference may be
personal data.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mrm.lib.errors import Malformed

_DECISION, _REFERENCE, _BOOKED_AT = "decision", "reference", "booked_at"
_KNOWN = (_DECISION, _REFERENCE, _BOOKED_AT)
# Stricter than the readers of the standard library, which also take other digits, braces and week dates.
_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEADER_ROW = 1
_Row = list[str]


@dataclass(frozen=True)
class Loan:
    """One row. `decision` is None or `reference` is empty where the row does not say it, never both."""

    row: int
    decision: uuid.UUID | None
    reference: str
    booked_at: dt.date | None


@dataclass(frozen=True)
class BadRow:
    row: int
    why: str


class _Bad(Exception):
    """What is wrong with one row, in words."""


def read(path: Path) -> Iterator[Loan | BadRow]:
    """Every row as a Loan or a BadRow, numbered as a spreadsheet does: the header is row 1, blank rows count.
    Raises Malformed for what is no such file at all."""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = _rows(file)
            places = _places(rows)
            for number, cells in rows:
                if isinstance(cells, BadRow):
                    yield cells
                elif any(cells):
                    yield _loan(number, cells, places)
    except OSError as fault:
        raise Malformed(f"The file cannot be read: {fault.strerror}.") from None


@dataclass(frozen=True)
class _Places:
    """In which cell of a row each known column stands."""

    width: int
    of: dict[str, int]

    def cell(self, cells: _Row, name: str) -> str:
        return cells[self.of[name]] if name in self.of else ""


def _rows(file: Iterator[str]) -> Iterator[tuple[int, _Row | BadRow]]:
    """Strict, so that a quote that is never closed is said instead of swallowing the rows behind it."""
    reader = csv.reader(file, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            told = "its quotes do not close as they must, or a cell is too long; rows behind it may be part of it"
            yield number, BadRow(number, told)


def _places(rows: Iterator[tuple[int, _Row | BadRow]]) -> _Places:
    _, header = next(rows, (0, []))
    if isinstance(header, BadRow) or not _is_text("".join(header)):
        raise Malformed("The first row cannot be read: the file must be CSV in UTF-8.")
    names = [name.strip() for name in header]
    if not any(names):
        raise Malformed("The first row is empty: it must name the columns.")
    if any(names.count(name) > 1 for name in _KNOWN):
        raise Malformed("The first row names a column twice.")
    if _DECISION not in names and _REFERENCE not in names:
        raise Malformed(
            "The first row must name a column `decision` or `reference`; commas part the columns."
        )
    return _Places(len(names), {name: names.index(name) for name in _KNOWN if name in names})


def _loan(number: int, cells: _Row, places: _Places) -> Loan | BadRow:
    try:
        return _read(number, cells, places)
    except _Bad as bad:
        return BadRow(number, str(bad))


def _read(number: int, cells: _Row, places: _Places) -> Loan:
    if len(cells) != places.width:
        raise _Bad(f"it has {len(cells)} cells where the first row has {places.width}")
    if not _is_text("".join(cells)):
        raise _Bad("it is not UTF-8 or contains NUL")
    decision = places.cell(cells, _DECISION).strip()
    reference = places.cell(cells, _REFERENCE)
    if not decision and not reference:
        raise _Bad("it names no decision")
    return Loan(number, _id(decision), reference, _day(places.cell(cells, _BOOKED_AT).strip()))


def _id(text: str) -> uuid.UUID | None:
    if not text:
        return None
    if not _ID.fullmatch(text):
        raise _Bad("its decision is no id")
    return uuid.UUID(text)


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    if not _DAY.fullmatch(text):
        raise _Bad("its booked_at is no date like 2026-01-31")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _Bad("its booked_at is a day that does not exist") from None


def _is_text(text: str) -> bool:
    """Bytes that were not UTF-8 stand in the text as lone surrogates, which nothing encodes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
