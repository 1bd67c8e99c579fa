"""Reading policy packs: what is installed, what a version falls under, and how each clause stands for it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.access import EVERY_MODEL, allows, require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.lib.errors import NotFound, Unavailable
from registry.models import ModelVersion
from registry.uses import UseAsked, uses_of
from validation.evidence import newest_run, seen_of
from validation.models import PackReview, PolicyPack, ValidationRun
from validation.packs import reading
from validation.packs.applying import applicable, is_in_force, newest
from validation.packs.crossing import Crossing, cross
from validation.packs.floors import why_weaker
from validation.packs.pack import Pack
from validation.plan_facts import Seen
from validation.standard import Standard


@dataclass(frozen=True)
class Reviewed:
    """A pack as it stands for a version, with who signed it; nobody: it is printed as unreviewed."""

    row: PolicyPack
    crossing: Crossing
    reviews: tuple[PackReview, ...]


@dataclass(frozen=True)
class CrossReference:
    """Of a version, on the day its newest completed run was started, or today while there is none."""

    version: ModelVersion
    run: ValidationRun | None
    day: dt.date
    packs: tuple[Reviewed, ...]


def packs(*, actor: User) -> QuerySet[PolicyPack]:
    """Every revision that was installed, by name, the newest of each first. A pack belongs to no model."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    rows = PolicyPack.objects.select_related("installed_by__person").prefetch_related("reviews")
    return rows.order_by("slug", "-revision")


def pack(*, actor: User, pack_id: uuid.UUID) -> PolicyPack:
    found = packs(actor=actor).filter(pk=pack_id).first()
    if found is None:
        raise NotFound("There is no such policy pack.")
    return found


def may_install(actor: User) -> bool:
    return allows(actor=actor, permission=Permission.PACK_INSTALL, model_slug=EVERY_MODEL)


def may_review(actor: User) -> bool:
    return allows(actor=actor, permission=Permission.PACK_REVIEW, model_slug=EVERY_MODEL)


def read(row: PolicyPack) -> Pack:
    """The pack of a row. Refuses content that is no longer what was installed."""
    found = reading.load(row.content)
    if found.digest != row.digest:
        raise Unavailable(
            f"The stored policy pack {row.label} no longer gives its digest. Restore it from a backup and verify the"
            " ledger."
        )
    return found


def not_installed() -> list[str]:
    """The names of shipped packs of which no revision is installed."""
    held = set(PolicyPack.objects.values_list("slug", flat=True))
    return [slug for slug in reading.shipped() if slug not in held]


def uses_declared(version: ModelVersion) -> tuple[UseAsked, ...]:
    """What it was submitted for; before that, what the inventory says of its model."""
    return uses_of(version.risk_model.uses if version.use is None else version.use["uses"])


def packs_of(version: ModelVersion, day: dt.date | None = None) -> list[Pack]:
    """The packs in force on this day, or today, under which the version falls; for gates, which ask whoever acts."""
    found = [read(row) for row in PolicyPack.objects.order_by("slug", "revision")]
    return applicable(found, uses_declared(version), day or clock.now().date())


def why_weaker_than_named(standard: Standard) -> str | None:
    """Why a standard asks for less than one of the packs it names does today; of packs that are not installed nothing
    is known."""
    found = [read(row) for row in PolicyPack.objects.filter(slug__in=standard.packs).order_by("revision")]
    today = clock.now().date()
    return why_weaker(standard, [each for each in newest(found, today) if is_in_force(each, today)])


def cross_reference(*, actor: User, version: ModelVersion) -> CrossReference:
    """Every clause of every pack that the version falls under, with what answers it in the newest evidence."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=version.risk_model.slug)
    run = newest_run(version)
    seen = seen_of(version if run is None else run.version, run)
    return crossed(seen)


def crossed(seen: Seen, until: dt.datetime | None = None) -> CrossReference:
    """The same of what was read already; with the packs and reviews that there were at a moment, or are now."""
    day = (clock.now() if seen.run is None else seen.run.started_at).astimezone(dt.UTC).date()
    uses = uses_declared(seen.version)
    moment = until or clock.now()
    rows = {row.digest: row for row in PolicyPack.objects.filter(installed_at__lte=moment)}
    found = applicable(map(read, rows.values()), uses, day)
    told = tuple(
        Reviewed(
            rows[each.digest],
            cross(each, uses, seen, day),
            tuple(rows[each.digest].reviews.filter(at__lte=moment).order_by("at")),
        )
        for each in found
    )
    return CrossReference(seen.version, seen.run, day, told)
