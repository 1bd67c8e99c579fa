"""Decisions drawn by a seed that nobody chose, each computed again from what was sealed."""

from __future__ import annotations

import datetime as dt
import hashlib
import heapq
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import User
from audit import selectors as ledger
from audit.events import Event
from mrm.lib.errors import NotFound, Refusal
from reports.as_of.inventory import end_of
from reports.audit_asked import Asked
from scoring import selectors
from scoring.models import Decision
from scoring.records import Erased
from scoring.replay import replay


class Outcome(StrEnum):
    SAME = "same"
    DIFFERS = "differs"
    # The key of its payload was destroyed on request; its record still verifies or does not.
    ERASED = "erased"
    # The refusal's code stands beside it.
    NOT_COMPUTED = "not_computed"


@dataclass(frozen=True)
class Computed:
    """One drawn decision. `differs` names what differs, never a value of an applicant."""

    decision: uuid.UUID
    version: str
    made_at: dt.datetime
    outcome: Outcome
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sampled:
    """`asked_entry` asked for the report, at `at`; its leaf is the seed. `population` is how many were drawn from,
    `asked_before` how many reports had been asked for earlier."""

    asked_entry: int
    seed: str
    at: dt.datetime
    asked_before: int
    population: int
    decisions: tuple[Computed, ...]

    @property
    def same(self) -> int:
        return sum(each.outcome is Outcome.SAME for each in self.decisions)


def sample(*, actor: User, asked: Asked, told: Callable[[int, int], None]) -> Sampled:
    """Draw and compute. Each replay is an entry of the ledger. `told` hears how many of how many are done."""
    entry = _asked_entry(asked)
    until = min(end_of(asked.until), entry.at)
    seed = bytes(entry.leaf).hex()
    population = population_of(asked, until)
    drawn = draw(seed, population, asked.sample_size)
    computed = []
    for number, decision_id in enumerate(drawn):
        told(number, len(drawn))
        computed.append(_computed(actor, decision_id))
    return Sampled(
        asked_entry=entry.sequence,
        seed=seed,
        at=until,
        asked_before=ledger.count_before(Event.AUDIT_REPORT_REQUESTED, entry.sequence),
        population=len(population),
        decisions=tuple(computed),
    )


def population_of(asked: Asked, until: dt.datetime) -> list[uuid.UUID]:
    """Ids alone: a year of a bank is some millions of them, which a worker holds."""
    rows = Decision.objects.filter(at__gte=asked.begins_at, at__lte=until)
    if asked.model_slug:
        rows = rows.filter(version__risk_model__slug=asked.model_slug)
    return list(rows.values_list("pk", flat=True))


def draw(seed: str, population: list[uuid.UUID], size: int) -> list[uuid.UUID]:
    """Those whose SHA-256 of the seed and their id are the smallest: whoever has the ids draws the same again, in
    whatever order they stand, and each subset of this size is as likely as any other."""
    return heapq.nsmallest(size, population, key=lambda each: (_rank(seed, each), each))


def _rank(seed: str, decision_id: uuid.UUID) -> bytes:
    return hashlib.sha256(f"{seed} {decision_id}".encode()).digest()


def _computed(actor: User, decision_id: uuid.UUID) -> Computed:
    decision = selectors.decision_to_replay(actor=actor, decision_id=decision_id)
    about = (decision.pk, decision.version.label, decision.at)
    try:
        replayed = replay(actor=actor, decision=decision)
    except Erased:
        return Computed(*about, Outcome.ERASED)
    except Refusal as refusal:
        return Computed(*about, Outcome.NOT_COMPUTED, (refusal.code,))
    if replayed.same:
        return Computed(*about, Outcome.SAME)
    return Computed(*about, Outcome.DIFFERS, tuple(each.name for each in replayed.differences))


def _asked_entry(asked: Asked) -> ledger.Found:
    found = ledger.first_about(asked.subject, Event.AUDIT_REPORT_REQUESTED)
    if found is None:
        raise NotFound("No entry asks for this audit report: nothing is drawn without one.")
    return found
