"""Reading which checkpoints are held where, and where it is time for the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Max

from audit.anchors.place import Kind, Place
from audit.anchors.places import configured
from audit.models import Anchor, Checkpoint
from mrm.lib import clock


@dataclass(frozen=True)
class Anchored:
    """A checkpoint that was brought to a place."""

    kind: Kind
    where: str
    size: int
    note: str
    evidence: bytes
    at: dt.datetime


@dataclass(frozen=True)
class Age:
    """How a configured place stands: its newest checkpoint (size 0 and no time without one), and for how long there
    has been a checkpoint that it does not hold. What is younger than its checkpoint is not tamper-evident by it."""

    kind: Kind
    where: str
    size: int
    at: dt.datetime | None
    waiting: dt.timedelta


def due(kind: Kind, where: str, *, now: dt.datetime) -> bool:
    """Whether there is a newer checkpoint than the place holds, and its newest is not of the last MRM_ANCHOR_MINUTES.
    One that is dated in the future is of a clock that was wrong, and holds nothing up."""
    newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first()
    if newest is None:
        return False
    last = _newest_at(kind, where)
    if last is None:
        return True
    passed = now - last.at
    is_recent = dt.timedelta(0) <= passed < dt.timedelta(minutes=settings.MRM_ANCHOR_MINUTES)
    return last.size < newest and not is_recent


def anchors_of(size: int) -> tuple[Anchored, ...]:
    """Where the checkpoint of this size is held, the first place first."""
    return tuple(map(_anchored, Anchor.objects.filter(size=size).order_by("id")))


def newest_by_place() -> tuple[Anchored, ...]:
    """The newest checkpoint of every place that ever held one. All dossiers together count as one place."""
    outside = Anchor.objects.exclude(kind=Kind.PDF).values("kind", "place").annotate(newest=Max("id"))
    dossiers = Anchor.objects.filter(kind=Kind.PDF).values("kind").annotate(newest=Max("id"))
    newest = [row["newest"] for row in (*outside, *dossiers)]
    return tuple(map(_anchored, Anchor.objects.filter(id__in=newest).order_by("kind", "place")))


def ages() -> tuple[Age, ...]:
    """One for each configured place."""
    now = clock.now()
    return tuple(_age(place, now) for place in configured())


def _age(place: Place, now: dt.datetime) -> Age:
    last = _newest_at(place.kind, place.where)
    size, at = (last.size, last.at) if last else (0, None)
    waits_since = (
        Checkpoint.objects.filter(size__gt=size).order_by("size").values_list("at", flat=True).first()
    )
    waiting = max(now - waits_since, dt.timedelta(0)) if waits_since else dt.timedelta(0)
    return Age(place.kind, place.where, size, at, waiting)


def _newest_at(kind: Kind, where: str) -> Anchor | None:
    return Anchor.objects.filter(kind=kind, place=where).order_by("-size").first()


def _anchored(row: Anchor) -> Anchored:
    return Anchored(Kind(row.kind), row.place, row.size, row.note, bytes(row.evidence), row.at)
