"""Overlays: an amount on top of what a version says (a multiplier, an add-on, a provision, a tighter cut-off), until a
date, by quorum. It is a record: no score changes by it here, and whoever applies it reads it here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from approvals import subjects
from approvals.caps import LARGEST_AMOUNT
from approvals.models import ApprovalRequest, Overlay, OverlayKind
from approvals.opening import ask_about
from approvals.policy import GRANT_OVERLAY
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid
from mrm.settings import governance
from registry.models import ModelVersion

LONGEST_SEGMENT = 300
# A PD that is multiplied by more is no adjustment of this model any more but another model.
LARGEST_MULTIPLIER = Decimal(10)


@dataclass(frozen=True)
class Adjustment:
    """What is asked for: by how much, for whom in words, until when."""

    kind: str
    size: Decimal
    segment: str
    until: dt.datetime

    @property
    def size_text(self) -> str:
        """The plainest spelling: 5 for 5.00 and for 5E+0."""
        return f"{self.size.normalize():f}"


@unit_of_work
def ask_overlay(*, actor: User, version: ModelVersion, adjustment: Adjustment, why: str) -> ApprovalRequest:
    """Ask that an overlay on an approved version goes on record. Refuses sizes that change nothing or too much, a
    segment without words and a date too far. One of a kind and segment is asked at a time."""
    more = {
        "why": why,
        "kind": adjustment.kind,
        "size": adjustment.size_text,
        "segment": adjustment.segment,
        "until": clock.stamp(adjustment.until),
    }
    part = f"{adjustment.kind}/{canonical.sha256(adjustment.segment.encode())[:16]}"
    # Whoever may not ask is told so first; a request that is refused below vanishes with the refusal.
    request = ask_about(actor=actor, version=version, act=GRANT_OVERLAY, more=more, part=part)
    errors = [*_wrong_size(adjustment), *_wrong_terms(adjustment)]
    if errors:
        raise Invalid("An overlay needs a kind, a size, a segment and an end.", errors)
    return request


def grant_overlay(actor: User, request: ApprovalRequest, version: ModelVersion) -> None:
    """What the granted request puts on record, at once. Its date may have passed while it waited: then nothing is."""
    asked = request.content
    made = Overlay(
        request=request,
        version=version,
        kind=asked["kind"],
        size=asked["size"],
        segment=asked["segment"],
        granted_at=clock.now(),
        until=dt.datetime.fromisoformat(asked["until"]),
    )
    if made.has_lapsed:
        raise Conflict("The date of this overlay has passed. Return it, so that another one is asked.")
    made.save(force_insert=True)
    facts = {
        "request": str(request.pk),
        "kind": made.kind,
        "size": made.size,
        "segment": canonical.sha256(made.segment.encode()),
        "until": clock.stamp(made.until),
    }
    record(event=Event.OVERLAY_GRANTED, actor=actor, subject=subjects.of_request(request), facts=facts)


def _wrong_size(adjustment: Adjustment) -> Iterator[FieldError]:
    kind, size = adjustment.kind, adjustment.size
    if kind not in OverlayKind.values:
        yield FieldError("/kind", "unknown", f"One of {', '.join(OverlayKind.values)}.")
        return
    is_within, detail = {
        OverlayKind.PD_MULTIPLIER: (
            0 < size <= LARGEST_MULTIPLIER and size != 1,
            f"Above 0, at most {LARGEST_MULTIPLIER}, and not 1.",
        ),
        OverlayKind.PD_ADD_ON: (-1 < size < 1 and size != 0, "Between -1 and 1, and not 0."),
        OverlayKind.PROVISION_AMOUNT: (
            abs(size) <= LARGEST_AMOUNT and size != 0,
            f"An amount of at most {LARGEST_AMOUNT}, and not 0.",
        ),
        OverlayKind.CUT_OFF_TIGHTENING: (
            0 < size < 1,
            "Above 0 and below 1: by how much the cut-off is lower.",
        ),
    }[OverlayKind(kind)]
    if not is_within:
        yield FieldError("/size", "range", detail)


def _wrong_terms(adjustment: Adjustment) -> Iterator[FieldError]:
    if not adjustment.segment.strip() or len(adjustment.segment) > LONGEST_SEGMENT:
        detail = f"Say for whom, in at most {LONGEST_SEGMENT} characters; for everybody, say that."
        yield FieldError("/segment", "required", detail)
    longest = clock.now() + dt.timedelta(days=governance.OVERLAY_DAYS)
    if not clock.now() < adjustment.until <= longest:
        detail = f"After now, and at most {governance.OVERLAY_DAYS} days from now."
        yield FieldError("/until", "range", detail)
