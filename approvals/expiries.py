"""What ends when: approvals, conditions, exceptions, caps, break-glass grants and open requests, in one list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import reach, require
from accounts.models import User
from accounts.permissions import Permission
from approvals import selectors, words
from approvals.in_force import BEFORE_APPROVAL
from approvals.models import Cap, Emergency, Overlay, SnapshotException, ValidationException
from mrm.lib import clock
from registry.lifecycle import Stage
from registry.models import ModelVersion
from registry.selectors import visible_snapshots

# Of each kind; what comes later comes up as time goes on.
LONGEST = 200


@dataclass(frozen=True)
class Expiry:
    """`what` ends at a moment; `state` is how it stands now."""

    at: dt.datetime
    kind: str
    what: str
    state: str
    url: str


def expiries_of(*, actor: User, kind: str = "", state: str = "") -> list[Expiry]:
    """The earliest first; of one kind, or in one state, where named."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    sources = (
        _approvals,
        _conditions,
        _exceptions,
        _snapshot_exceptions,
        _overlays,
        _caps,
        _emergencies,
        _requests,
    )
    found = chain.from_iterable(source(actor) for source in sources)
    wanted = [each for each in found if kind in {"", each.kind} and state in {"", _passed(each)}]
    return sorted(wanted, key=lambda each: each.at)


def _passed(expiry: Expiry) -> str:
    return "passed" if expiry.at <= clock.now() else "ahead"


def _approvals(actor: User) -> Iterator[Expiry]:
    rows = ModelVersion.objects.filter(_within(actor, "risk_model__slug"), expires_at__isnull=False)
    rows = rows.filter(stage__in=[Stage.APPROVED, Stage.SUSPENDED]).select_related("risk_model")
    for version in rows.order_by("expires_at")[:LONGEST]:
        if version.expires_at is not None:
            state = version.stage if version.expires_at > clock.now() else "expired"
            what = _("Approval of %(label)s") % {"label": version.label}
            yield Expiry(version.expires_at, "approval", what, state, _page(version))


def _conditions(actor: User) -> Iterator[Expiry]:
    for row in selectors.conditions(actor=actor).filter(fulfilment=None)[:LONGEST]:
        what = _("Condition on %(label)s: %(words)s") % {"label": row.version.label, "words": row.words}
        yield Expiry(row.due_at, "condition", what, row.state, reverse("condition", args=[row.pk]))


def _exceptions(actor: User) -> Iterator[Expiry]:
    """The latest one of each check."""
    later = ValidationException.objects.filter(
        version=OuterRef("version"), check_id=OuterRef("check_id"), until__gt=OuterRef("until")
    )
    rows = ValidationException.objects.filter(_within(actor, "version__risk_model__slug"))
    rows = rows.exclude(Exists(later)).exclude(version__stage__in=[Stage.RETIRED, Stage.REJECTED])
    for row in rows.select_related("version__risk_model").order_by("until")[:LONGEST]:
        what = _("Exception for %(check)s on %(label)s") % {
            "check": row.check_id.replace("_", " "),
            "label": row.version.label,
        }
        state = "lapsed" if row.has_lapsed else "in_force"
        yield Expiry(row.until, "exception", what, state, reverse("sign-off", args=[row.request_id]))


def _snapshot_exceptions(actor: User) -> Iterator[Expiry]:
    """The latest one of each rule."""
    later = SnapshotException.objects.filter(
        snapshot=OuterRef("snapshot"), rule=OuterRef("rule"), until__gt=OuterRef("until")
    )
    rows = SnapshotException.objects.filter(snapshot__in=visible_snapshots(actor=actor).values("pk"))
    rows = rows.exclude(Exists(later)).select_related("snapshot")
    for row in rows.order_by("until")[:LONGEST]:
        what = _("Exception for %(check)s on %(label)s") % {
            "check": row.rule.replace("_", " "),
            "label": row.snapshot.name,
        }
        state = "lapsed" if row.has_lapsed else "in_force"
        yield Expiry(row.until, "exception", what, state, reverse("sign-off", args=[row.request_id]))


def _overlays(actor: User) -> Iterator[Expiry]:
    """Of versions that are still used; what has lapsed is said to have."""
    rows = Overlay.objects.filter(_within(actor, "version__risk_model__slug"))
    rows = rows.exclude(version__stage__in=[Stage.RETIRED, Stage.REJECTED])
    for row in rows.select_related("version__risk_model").order_by("until")[:LONGEST]:
        named = {"kind": row.get_kind_display(), "size": row.size, "label": row.version.label}
        state = "lapsed" if row.has_lapsed else "in_force"
        page = reverse("overlays", args=[row.version.risk_model.slug, row.version.number])
        yield Expiry(row.until, "overlay", _("Overlay on %(label)s: %(kind)s %(size)s") % named, state, page)


def _caps(actor: User) -> Iterator[Expiry]:
    """Of versions whose validation has not ended."""
    rows = Cap.objects.filter(_within(actor, "version__risk_model__slug"), version__stage__in=BEFORE_APPROVAL)
    for row in rows.select_related("version__risk_model").order_by("until")[:LONGEST]:
        what = _("Use of %(label)s before validation") % {"label": row.version.label}
        is_over = row.has_ended or row.is_used_up
        state = "lapsed" if is_over else "in_force"
        yield Expiry(row.until, "cap", what, state, reverse("sign-off", args=[row.request_id]))


def _emergencies(actor: User) -> Iterator[Expiry]:
    rows = Emergency.objects.filter(_within(actor, "version__risk_model__slug"), until__gt=clock.now())
    for row in rows.select_related("version__risk_model").order_by("until")[:LONGEST]:
        what = _("Break-glass use of %(label)s") % {"label": row.version.label}
        yield Expiry(row.until, "emergency", what, "in_force", reverse("sign-off", args=[row.request_id]))


def _requests(actor: User) -> Iterator[Expiry]:
    rows = selectors.open_requests(actor=actor).prefetch_related(None)
    for row in rows.order_by("due_at", "id")[:LONGEST]:
        state = "overdue" if row.is_overdue else "open"
        what = words.request_words(row)
        yield Expiry(row.due_at, "request", what, state, reverse("sign-off", args=[row.pk]))


def _within(actor: User, column: str) -> Q:
    slugs = reach(actor=actor, permission=Permission.INVENTORY_READ)
    return Q() if slugs is None else Q(**{f"{column}__in": slugs})


def _page(version: ModelVersion) -> str:
    return reverse("version", args=[version.risk_model.slug, version.number])
