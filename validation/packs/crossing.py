"""The clause cross-reference: each clause of the packs a version falls under, with what answers it, or why nothing
does. Nothing is stored: results, facts and records speak."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mrm.lib import canonical
from registry.uses import UseAsked
from validation.models import CheckResult
from validation.packs.applying import has_begun, is_in_force, uses_under
from validation.packs.keeping import kept_since
from validation.packs.pack import Clause, Kept, Pack
from validation.plan import Fact
from validation.plan_facts import Seen, since


class Standing(StrEnum):
    """How a clause stands for a version."""

    ANSWERED = "answered"
    OPEN = "open"
    NOT_APPLICABLE = "not_applicable"


class Because(StrEnum):
    """Why something does not answer, or a clause does not apply."""

    NO_RUN = "no_run"
    NOT_PLANNED = "not_planned"
    NOT_PASSED = "not_passed"
    NOT_KEPT = "not_kept"
    NO_PLACE = "no_place"
    NOT_YET = "not_yet"
    SUPERSEDED = "superseded"
    OTHER_USE = "other_use"


# A check has answered a clause when it has measured without a failure; what only warns is open as well.
_ANSWERING = frozenset({"passed", "reported"})


@dataclass(frozen=True)
class Evidence:
    """One thing that answers a clause: a result with its verdict, or a fact or record and since when it is kept."""

    of: str
    at: dt.datetime
    result: CheckResult | None = None


@dataclass(frozen=True)
class Gap:
    """`of` is the id of a check, a fact or a record, or empty; `result` is there where a check has not passed."""

    because: Because
    of: str = ""
    result: CheckResult | None = None


@dataclass(frozen=True)
class Crossed:
    """One clause with its answers and gaps."""

    clause: Clause
    standing: Standing
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Crossing:
    """One pack as it stands for a version on a day."""

    pack: Pack
    clauses: tuple[Crossed, ...]

    def standing(self, standing: Standing) -> tuple[Crossed, ...]:
        return tuple(each for each in self.clauses if each.standing is standing)

    def plain(self) -> dict[str, Any]:
        """As its digest names it."""
        return {
            "pack": self.pack.digest,
            "clauses": [
                {"clause": each.clause.key, "standing": str(each.standing), "gaps": _plain(each.gaps)}
                for each in self.clauses
            ],
        }


def cross(pack: Pack, uses: Sequence[UseAsked], seen: Seen, day: dt.date) -> Crossing:
    """`uses` are those of the version; `day` that of the run's start."""
    under = frozenset(uses_under(pack, uses))
    return Crossing(pack, tuple(_crossed(each, under, seen, day) for each in pack.clauses))


def digest_of(crossings: Sequence[Crossing]) -> str:
    return canonical.digest([each.plain() for each in crossings])


def _crossed(clause: Clause, under: frozenset[str], seen: Seen, day: dt.date) -> Crossed:
    why_not = _why_not_applicable(clause, under, day)
    if why_not is not None:
        return Crossed(clause, Standing.NOT_APPLICABLE, (), (Gap(why_not),))
    if clause.why_not is not None:
        return Crossed(clause, Standing.OPEN, (), (Gap(Because.NO_PLACE),))
    asked = [*_checked(clause, seen), *_kept(clause, seen)]
    evidence = tuple(each for each in asked if isinstance(each, Evidence))
    gaps = tuple(dict.fromkeys(each for each in asked if isinstance(each, Gap)))
    return Crossed(clause, Standing.OPEN if gaps else Standing.ANSWERED, evidence, gaps)


def _why_not_applicable(clause: Clause, under: frozenset[str], day: dt.date) -> Because | None:
    if not has_begun(clause, day):
        return Because.NOT_YET
    if not is_in_force(clause, day):
        return Because.SUPERSEDED
    return None if under & set(clause.uses) else Because.OTHER_USE


def _checked(clause: Clause, seen: Seen) -> list[Evidence | Gap]:
    run = seen.run
    if run is None or run.completed_at is None:
        return [Gap(Because.NO_RUN)] if clause.checks else []
    found = {result.check_id: result for result in seen.results}
    return [_measured(check, found.get(check), run.completed_at) for check in clause.checks]


def _measured(check: str, result: CheckResult | None, at: dt.datetime) -> Evidence | Gap:
    if result is None:
        return Gap(Because.NOT_PLANNED, check)
    if result.verdict not in _ANSWERING:
        return Gap(Because.NOT_PASSED, check, result)
    return Evidence(check, at, result)


def _kept(clause: Clause, seen: Seen) -> list[Evidence | Gap]:
    moments: list[tuple[Fact | Kept, dt.datetime | None]] = [
        *((fact, since(fact, seen)) for fact in clause.facts),
        *((record, kept_since(record, seen)) for record in clause.records),
    ]
    return [Gap(Because.NOT_KEPT, of) if at is None else Evidence(of, at) for of, at in moments]


def _plain(gaps: Sequence[Gap]) -> list[dict[str, str]]:
    return [{"because": str(gap.because), "of": str(gap.of)} for gap in gaps]
