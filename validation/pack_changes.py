"""What a change of pack means: for each model the clauses that are newly asked, dropped, and go on being asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from mrm.lib import clock
from registry import selectors as registry
from registry.models import ModelVersion
from validation.evidence import newest_run, seen_of
from validation.models import PolicyPack
from validation.pack_selectors import packs, read, uses_declared
from validation.packs.crossing import Crossed, Standing, cross
from validation.packs.differences import Differences, between
from validation.packs.pack import Clause, Pack

# Each model is crossed with its newest evidence, which is read for it alone.
MODELS_ON_A_PAGE = 10


@dataclass(frozen=True)
class Meant:
    """For one model, by its newest version. `asked` is what is newly asked, as it stands today."""

    version: ModelVersion
    asked: tuple[Crossed, ...]
    dropped: tuple[Clause, ...]
    kept: tuple[Crossed, ...]

    @property
    def answered(self) -> int:
        return sum(each.standing is Standing.ANSWERED for each in self.asked)

    @property
    def not_answered(self) -> int:
        return len(self.asked) - self.answered


@dataclass(frozen=True)
class Change:
    """From one pack to another; `after` is the last model of this page, where there are more."""

    before: Pack
    after: Pack
    differences: Differences
    models: tuple[Meant, ...]
    more: str


def change(*, actor: User, before: PolicyPack, after: PolicyPack, beyond: str = "") -> Change:
    """Models by name, those beyond this one; a model that falls under neither pack is left out."""
    rows = list(registry.visible_models(actor=actor).filter(slug__gt=beyond)[: MODELS_ON_A_PAGE + 1])
    earlier, later = read(before), read(after)
    shown = [each.slug for each in rows[:MODELS_ON_A_PAGE]]
    versions = [registry.visible_versions(actor=actor, slug=slug).first() for slug in shown]
    told = [meant(each, earlier, later) for each in versions if each is not None]
    found = tuple(each for each in told if each is not None)
    more = shown[-1] if len(rows) > MODELS_ON_A_PAGE else ""
    return Change(earlier, later, between(earlier, later), found, more)


def meant(version: ModelVersion, before: Pack, after: Pack) -> Meant | None:
    """None where the model falls under neither."""
    run = newest_run(version)
    seen, uses = seen_of(version if run is None else run.version, run), uses_declared(version)
    were = {each.clause.key: each for each in _asked(cross(before, uses, seen, _last_day(before)).clauses)}
    are = {each.clause.key: each for each in _asked(cross(after, uses, seen, _first_day(after)).clauses)}
    if not were and not are:
        return None
    return Meant(
        version,
        asked=tuple(each for key, each in are.items() if key not in were),
        dropped=tuple(each.clause for key, each in were.items() if key not in are),
        kept=tuple(each for key, each in are.items() if key in were),
    )


def neighbours(*, actor: User, row: PolicyPack) -> list[tuple[PolicyPack, PolicyPack]]:
    """Changes worth a look: from the revision before it, from what it takes the place of, to what takes its place."""
    found = packs(actor=actor)
    earlier = found.filter(slug=row.slug, revision=row.revision - 1)
    replaced = found.filter(Q(content__superseded__by=row.slug) & ~Q(slug=row.slug))
    ended = read(row).superseded
    successors = found.none() if ended is None else found.filter(slug=ended.by)
    return [*((each, row) for each in (*earlier, *replaced)), *((row, each) for each in successors)]


def _asked(clauses: tuple[Crossed, ...]) -> list[Crossed]:
    return [each for each in clauses if each.standing is not Standing.NOT_APPLICABLE]


def _last_day(pack: Pack) -> dt.date:
    """Today, or the day before something else took its place."""
    today = clock.now().date()
    return today if pack.superseded is None else min(today, pack.superseded.on - dt.timedelta(days=1))


def _first_day(pack: Pack) -> dt.date:
    """Today, or the day it takes effect."""
    today = clock.now().date()
    return today if pack.effective_from is None else max(today, pack.effective_from)
