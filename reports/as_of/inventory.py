"""Each model of the inventory that somebody may see, as it stood at a moment."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from accounts.access import reach
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid
from registry.models import RiskModel, TierAcceptance, TierAssessment
from registry.selectors import visible_models
from reports.as_of.then import EntryThen, InventoryThen, VersionThen
from reports.as_of.versions import versions_then

_DAY = dt.timedelta(days=1)


def inventory_as_of(*, actor: User, at: dt.datetime, slugs: Collection[str] | None = None) -> InventoryThen:
    """What was done up to and with this moment. `slugs` narrows; None is every model that the actor may see. Whoever
    may read an entry today may read what it was. Refuses a moment that has not come."""
    if at > clock.now():
        raise Invalid(
            "The inventory is told of moments that have come.",
            [FieldError("/at", "future", "Name a day up to today.")],
        )
    rows = visible_models(actor=actor).filter(proposed_at__lte=at)
    entries = list(rows if slugs is None else rows.filter(slug__in=slugs))
    keys = [each.pk for each in entries]
    told = versions_then(models=keys, read_findings_of=_readable(actor, entries), at=at)
    tiers = _tiers(keys)
    return InventoryThen(
        at, tuple(_entry(each, tiers[each.pk], told.get(each.pk, ()), at) for each in entries)
    )


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day in UTC; of today, the present one, because the rest has not come."""
    last = dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)
    now = clock.now()
    return min(last, now) if day <= now.date() else last


def _readable(actor: User, entries: Sequence[RiskModel]) -> frozenset[uuid.UUID]:
    slugs = reach(actor=actor, permission=Permission.FINDING_READ)
    return frozenset(each.pk for each in entries if slugs is None or each.slug in slugs)


def _entry(
    entry: RiskModel,
    assessments: Sequence[TierAssessment],
    versions: tuple[VersionThen, ...],
    at: dt.datetime,
) -> EntryThen:
    is_accepted = entry.accepted_at is not None and entry.accepted_at <= at
    tier, is_kept = _tier(entry, assessments, at, is_accepted=is_accepted)
    return EntryThen(
        slug=entry.slug,
        name=entry.name,
        owner=entry.owner.name,
        is_accepted=is_accepted,
        tier=tier,
        tier_is_kept=is_kept,
        words_are_kept=is_accepted,
        versions=versions,
    )


def _tier(
    entry: RiskModel, assessments: Sequence[TierAssessment], at: dt.datetime, *, is_accepted: bool
) -> tuple[int | None, bool]:
    """The newest accepted tier of that moment; of an entry that nobody had accepted, the newest proposed one. An entry
    that was accepted before there was a questionnaire kept its tier until the first assessment was taken."""
    accepted = [each for each in assessments if _taken(each, at)]
    if accepted:
        return accepted[-1].proposed_tier, True
    if is_accepted:
        is_as_then = not any(hasattr(each, "acceptance") for each in assessments)
        return (entry.tier, True) if is_as_then else (None, False)
    proposed = [each for each in assessments if each.proposed_at <= at]
    return (proposed[-1].proposed_tier, True) if proposed else (None, True)


def _taken(each: TierAssessment, at: dt.datetime) -> bool:
    found: TierAcceptance | None = getattr(each, "acceptance", None)
    return found is not None and found.accepted_at <= at


def _tiers(models: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[TierAssessment]]:
    """By model, in the order of their numbers: a later one is accepted later."""
    found: dict[uuid.UUID, list[TierAssessment]] = defaultdict(list)
    rows = TierAssessment.objects.filter(risk_model__in=models).select_related("acceptance")
    for each in rows.order_by("number"):
        found[each.risk_model_id].append(each)
    return found
