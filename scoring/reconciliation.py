"""Booked loans against Decisions: which loan has no Decision or one that did not approve, and the other way round.

Asked by an operator with a shell on this installation, who can read the database anyway: there is no actor, and no
permission is asked. It answers with ids, outcomes and row numbers, opens no payload and changes nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import QuerySet

from mrm.lib.errors import Malformed, NotFound
from registry.models import RiskModel
from scoring.booked_loans import BadRow, Loan
from scoring.models import Decision
from scoring.records import keyed_reference

_IDS_A_QUERY = 500
_CHUNK = 2_000
_APPROVE = "approve"
_ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Wanted:
    """`model` narrows every Decision that is looked at. The days (UTC, both included) bound only the Decisions that
    must have a loan: a loan of January may stand on a Decision of December."""

    model: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class RowOnDecision:
    """A row and the Decision it stands on."""

    row: int
    decision: uuid.UUID
    outcome: str


@dataclass(frozen=True)
class Duplicate:
    """Rows that stand on one Decision."""

    decision: uuid.UUID
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Approved:
    """An approved Decision that no row stands on."""

    decision: uuid.UUID
    model: str
    version: int
    at: dt.datetime


@dataclass(frozen=True)
class Reconciliation:
    """Everything that differs. It is held in memory: bound a large installation by days."""

    loans: int
    bad_rows: tuple[BadRow, ...]
    without_decision: tuple[int, ...]
    against_decision: tuple[RowOnDecision, ...]
    before_decision: tuple[RowOnDecision, ...]
    duplicates: tuple[Duplicate, ...]
    without_loan: tuple[Approved, ...]

    @property
    def differs(self) -> bool:
        lists = (
            self.without_decision,
            self.against_decision,
            self.before_decision,
            self.duplicates,
            self.without_loan,
        )
        return any(lists)


@dataclass(frozen=True)
class _Made:
    """A Decision as far as it matters here."""

    id: uuid.UUID
    at: dt.datetime
    outcome: str
    reference: str

    def is_made_by(self, day: dt.date | None) -> bool:
        """Whether it stood when the loan was booked. A day's grace: days are UTC here and local in the file."""
        return day is None or (self.at - _ONE_DAY).date() <= day


@dataclass
class _Tally:
    loans: int = 0
    bad: list[BadRow] = field(default_factory=list)
    without: list[int] = field(default_factory=list)
    against: list[RowOnDecision] = field(default_factory=list)
    before: list[RowOnDecision] = field(default_factory=list)
    rows: dict[uuid.UUID, int | list[int]] = field(default_factory=dict)

    def stand_on(self, decision: uuid.UUID, row: int) -> None:
        """One number for nearly every Decision; a list only where there are several."""
        before = self.rows.setdefault(decision, row)
        if isinstance(before, list):
            before.append(row)
        elif before != row:
            self.rows[decision] = [before, row]

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        several = ((key, rows) for key, rows in self.rows.items() if isinstance(rows, list))
        return tuple(
            sorted((Duplicate(key, tuple(rows)) for key, rows in several), key=lambda each: each.rows)
        )


def reconcile(rows: Iterable[Loan | BadRow], wanted: Wanted) -> Reconciliation:
    """Read every row, then every approved Decision. Raises NotFound for an unknown model, Malformed for days that
    end before they begin, and what the reader of the file raises."""
    _refuse(wanted)
    tally = _Tally()
    for loans in _chunks(_sorted_out(rows, tally)):
        _look_up(loans, wanted, tally)
    return Reconciliation(
        loans=tally.loans,
        bad_rows=tuple(tally.bad),
        without_decision=tuple(tally.without),
        against_decision=tuple(tally.against),
        before_decision=tuple(tally.before),
        duplicates=tally.duplicates,
        without_loan=tuple(_without_loan(wanted, tally)),
    )


def _refuse(wanted: Wanted) -> None:
    if wanted.model and not RiskModel.objects.filter(slug=wanted.model).exists():
        raise NotFound("There is no model under this name.")
    if wanted.since and wanted.until and wanted.until < wanted.since:
        raise Malformed("These days end before they begin.")


def _sorted_out(rows: Iterable[Loan | BadRow], tally: _Tally) -> Iterator[Loan]:
    for row in rows:
        if isinstance(row, BadRow):
            tally.bad.append(row)
        else:
            tally.loans += 1
            yield row


def _chunks(loans: Iterator[Loan]) -> Iterator[list[Loan]]:
    while chunk := list(islice(loans, _IDS_A_QUERY)):
        yield chunk


def _look_up(loans: list[Loan], wanted: Wanted, tally: _Tally) -> None:
    keyed = {loan.row: keyed_reference(loan.reference) for loan in loans if loan.reference}
    ids = {loan.decision for loan in loans if loan.decision}
    by_id = {made.id: made for made in _made(_of(wanted).filter(pk__in=ids))} if ids else {}
    # With an id the reference only has to agree, so it is looked up for the other rows alone.
    asked = {keyed[loan.row] for loan in loans if loan.decision is None}
    by_reference: dict[str, list[_Made]] = {}
    for made in _made(_of(wanted).filter(reference__in=asked)) if asked else ():
        by_reference.setdefault(made.reference, []).append(made)
    for loan in loans:
        reference = keyed.get(loan.row, "")
        if loan.decision is None:
            found = by_reference.get(reference, [])
        else:
            one = by_id.get(loan.decision)
            found = [one] if one and reference in ("", one.reference) else []
        _judge(loan, found, tally)


def _judge(loan: Loan, found: list[_Made], tally: _Tally) -> None:
    """A reference names an application: a loan under it stands on every approved Decision of that application, or on
    the last one if none approved."""
    if not found:
        tally.without.append(loan.row)
        return
    approved = [made for made in found if made.outcome == _APPROVE]
    for made in approved or found[-1:]:
        tally.stand_on(made.id, loan.row)
    stood = [made for made in found if made.is_made_by(loan.booked_at)]
    if not stood:
        tally.before.append(RowOnDecision(loan.row, found[0].id, found[0].outcome))
    elif not any(made.outcome == _APPROVE for made in stood):
        tally.against.append(RowOnDecision(loan.row, stood[-1].id, stood[-1].outcome))


def _of(wanted: Wanted) -> QuerySet[Decision]:
    rows = Decision.objects.order_by("at", "id")
    return rows.filter(version__risk_model__slug=wanted.model) if wanted.model else rows


def _made(rows: QuerySet[Decision]) -> Iterator[_Made]:
    for members in rows.values_list("id", "at", "outcome", "reference").iterator(chunk_size=_CHUNK):
        yield _Made(*members)


def _without_loan(wanted: Wanted, tally: _Tally) -> Iterator[Approved]:
    rows = _of(wanted).filter(outcome=_APPROVE)
    if wanted.since:
        rows = rows.filter(at__gte=_midnight(wanted.since))
    if wanted.until and wanted.until < dt.date.max:
        rows = rows.filter(at__lt=_midnight(wanted.until + _ONE_DAY))
    shown = rows.values_list("id", "version__risk_model__slug", "version__number", "at")
    for members in shown.iterator(chunk_size=_CHUNK):
        if members[0] not in tally.rows:
            yield Approved(*members)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
