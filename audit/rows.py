"""Does every decision and access stand where the ledger says it does, and does the ledger name none that is gone?

What is sealed, what waits and the rows themselves are read in the order of their records (32 bytes each) and merged,
so memory stays flat. Others write meanwhile: what looks wrong is looked at again, in the order in which a record
moves (row and queue together, then the segment), before it counts.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from audit import chain
from audit.models import Access, SegmentRow, Unsealed
from audit.verdicts import Found, Verdict
from mrm.lib import clock
from mrm.settings import governance

CHUNK = 2_000
SHOWN = 5
MISSING, UNSEALED, ALTERED = "row-missing", "row-unsealed", "row-altered"
_WORDS = {
    MISSING: "records of this log are sealed or wait, and their rows are gone",
    UNSEALED: "rows of this log neither stand in one segment nor wait for one",
    ALTERED: "rows of this log do not say what was hashed",
}
_ACCESS = ("actor_id", "at", "event", "via", "subject_type", "subject_id")
_Mark = tuple[bytes, str, str, str]  # record, log, kind, name
_SEALED, _WAITING, _ROW, _WRONG_ROW = "sealed", "waiting", "row", "wrong row"


class SealedRow(NamedTuple):
    """A stored row: its record, what people call it, and whether record and columns are those of its body."""

    record: bytes
    name: str
    is_as_hashed: bool


@dataclass(frozen=True)
class Narrowed:
    """Which rows of a log are read: the next ones in the order of records, or exactly these."""

    after: bytes = b""
    only: tuple[bytes, ...] = ()

    def of(self, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:  # Any: every log has a table of its own
        if self.only:
            return rows.filter(record__in=self.only)
        return rows.filter(record__gt=self.after).order_by("record")[:CHUNK]


# What governance.SEALED_LOGS names for each log.
Rows = Callable[[Narrowed], Sequence[SealedRow]]


@dataclass(frozen=True)
class RowFault:
    """`first` names the first few: ids of rows, or digests of records whose row is gone."""

    code: str
    log: str
    count: int
    first: tuple[str, ...]

    @property
    def found(self) -> Found:
        return Found(self.code, 0, f"{self.count} {_WORDS[self.code]} ({self.log}: {', '.join(self.first)})")


@dataclass(frozen=True)
class Compared:
    """One log: how many rows there are, how many records are sealed and how many wait."""

    log: str
    rows: int
    sealed: int
    waiting: int
    faults: tuple[RowFault, ...]


@dataclass
class _Tally:
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((_ROW, _SEALED, _WAITING), 0))
    wrong: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def fault(self, code: str, name: str) -> None:
        self.numbers[code] = self.numbers.get(code, 0) + 1
        if len(self.wrong.setdefault(code, [])) < SHOWN:
            self.wrong[code].append(name)


def compare(told: Callable[[int], None]) -> tuple[Compared, ...]:
    """Every row of every sealed log against the segments and the queue. `told` hears now and then how many records
    were compared. Reads everything; changes nothing."""
    tallies: dict[str, _Tally] = {log: _Tally() for log in governance.SEALED_LOGS}
    suspects: list[tuple[bytes, str]] = []
    for seen, (place, marks) in enumerate(groupby(_merged(), key=itemgetter(0, 1)), 1):
        found = list(marks)
        tally = tallies.setdefault(place[1], _Tally())
        for _, _, kind, _ in found:
            tally.counts[_ROW if kind == _WRONG_ROW else kind] += 1
        if _wrong(found):
            suspects.append(place)
        if len(suspects) == CHUNK:
            _look_again(suspects, tallies)
            suspects = []
        if seen % CHUNK == 0:
            told(seen)
    _look_again(suspects, tallies)
    return tuple(_compared(log, tally) for log, tally in sorted(tallies.items()))


def joined(verdict: Verdict, logs: Sequence[Compared]) -> Verdict:
    """The verdict over the ledger and its rows together: a fault of a row outweighs everything as any other does."""
    return verdict.and_also(tuple(fault.found for log in logs for fault in log.faults))


def access_rows(narrowed: Narrowed) -> list[SealedRow]:
    """Plain columns: model instances would cost as much as all the rest."""
    found = narrowed.of(Access.objects.values_list("record", "body", "pk", *_ACCESS))
    return [
        SealedRow(bytes(record), str(pk), is_as_hashed(bytes(record), bytes(body), _access(*columns)))
        for record, body, pk, *columns in found
    ]


def is_as_hashed(
    record: bytes, body: bytes, columns: dict[str, Any]
) -> bool:  # Any: members of canonical JSON
    """Whether the record is the hash of the body and the columns beside it say what the body says."""
    if chain.leaf_of(body) != record:
        return False
    content = chain.canonical_value(body)
    return isinstance(content, dict) and all(content.get(name) == said for name, said in columns.items())


def _access(  # noqa: PLR0913, PLR0917 (the columns of _ACCESS)
    actor: str, moment: dt.datetime, event: str, via: str, subject_type: str, subject_id: str
) -> dict[str, Any]:
    subject = {"id": subject_id, "type": subject_type}
    return {"actor": actor, "at": clock.stamp(moment), "event": event, "via": via, "subject": subject}


def _merged() -> Iterator[_Mark]:
    """Every mark of every record, the records in their order."""
    streams = [_sealed(), _waiting(), *(_rows(log) for log in governance.SEALED_LOGS)]
    return heapq.merge(*streams)


def _sealed() -> Iterator[_Mark]:
    rows = SegmentRow.objects.values_list("record", "segment__log", "segment_id")
    for record, log, number in _walked(lambda narrowed: narrowed.of(rows)):
        yield bytes(record), log, _SEALED, str(number)


def _waiting() -> Iterator[_Mark]:
    rows = Unsealed.objects.values_list("record", "log")
    for record, log in _walked(lambda narrowed: narrowed.of(rows)):
        yield bytes(record), log, _WAITING, ""


def _rows(log: str) -> Iterator[_Mark]:
    for row in _walked(_rows_of(log)):
        yield _mark(log, row)


def _mark(log: str, row: SealedRow) -> _Mark:
    return row.record, log, _ROW if row.is_as_hashed else _WRONG_ROW, row.name


def _rows_of(log: str) -> Rows:
    found: Rows = import_string(governance.SEALED_LOGS[log])
    return found


def _walked(read: Callable[[Narrowed], Any]) -> Iterator[Any]:  # Any: tuples whose first member is the record
    after = b""
    while chunk := list(read(Narrowed(after=after))):
        yield from chunk
        if len(chunk) < CHUNK:
            return
        after = bytes(chunk[-1][0])


def _wrong(found: Sequence[_Mark]) -> dict[str, str]:
    """What is wrong with one record in one log: code and the name to show."""
    kinds = {kind: name for _, _, kind, name in found}
    row = kinds.get(_ROW, kinds.get(_WRONG_ROW))
    if row is None:
        return {MISSING: found[0][0].hex()}
    wrong = {}
    if (_SEALED in kinds) == (_WAITING in kinds):
        wrong[UNSEALED] = row
    if _WRONG_ROW in kinds:
        wrong[ALTERED] = row
    return wrong


def _look_again(suspects: Sequence[tuple[bytes, str]], tallies: dict[str, _Tally]) -> None:
    """A record that was sealed before it is seen waiting is really both; one that does not wait and is not sealed
    after that is really neither; and whatever is sealed or waits has had its row from the beginning."""
    records = tuple({record for record, _ in suspects})
    if not records:
        return
    segments = SegmentRow.objects.values_list("record", "segment__log")
    sealed_before = _places(segments, records)
    waiting = _places(Unsealed.objects.values_list("record", "log"), records)
    sealed = (sealed_before & waiting) | (_places(segments, records) - waiting)
    rows = {
        (mark[0], log): mark
        for log in {log for _, log in suspects if log in governance.SEALED_LOGS}
        for mark in (_mark(log, row) for row in _in_parts(_rows_of(log), records))
    }
    for place in suspects:
        marks = [
            (*place, kind, "") for kind, held in ((_SEALED, sealed), (_WAITING, waiting)) if place in held
        ]
        marks += [rows[place]] if place in rows else []
        for code, name in _wrong(marks).items() if marks else ():
            tallies[place[1]].fault(code, name)


def _places(rows: QuerySet[Any, Any], records: Sequence[bytes]) -> set[tuple[bytes, str]]:
    return {(bytes(record), log) for record, log in _in_parts(lambda narrowed: narrowed.of(rows), records)}


def _in_parts(read: Callable[[Narrowed], Any], records: Sequence[bytes]) -> Iterator[Any]:
    # A statement takes a limited number of parameters.
    for start in range(0, len(records), 500):
        yield from read(Narrowed(only=tuple(records[start : start + 500])))


def _compared(log: str, tally: _Tally) -> Compared:
    faults = tuple(
        RowFault(code, log, tally.numbers[code], tuple(tally.wrong[code])) for code in sorted(tally.numbers)
    )
    counts = tally.counts
    return Compared(log, counts[_ROW], counts[_SEALED], counts[_WAITING], faults)
