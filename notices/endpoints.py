"""The verbs of webhooks: add an endpoint, rotate its secret, disable it, send it a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from accounts.access import EVERY_MODEL, require
from accounts.models import User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid, WrongStage
from notices import outside
from notices.about import thing
from notices.events import EVENTS
from notices.models import Delivery, Endpoint
from notices.services import new_notice, queue_delivery
from notices.signing import renewed_secret

LONGEST_NAME = 100


@dataclass(frozen=True)
class Wanted:
    """A receiver as somebody describes it."""

    name: str
    url: str
    events: tuple[str, ...]


def add_endpoint(*, actor: User, wanted: Wanted) -> tuple[Endpoint, str]:
    """An endpoint and the secret its deliveries are signed with, which is shown once. Refuses an address that is not
    https or leads inside, and unknown events. It is told from now on, not of what was."""
    _require(actor)
    _check(wanted)
    # A name is looked up before the transaction, in which everybody else would wait for it.
    _require_outside(wanted.url)
    return _add(actor=actor, wanted=wanted)


@unit_of_work
def _add(*, actor: User, wanted: Wanted) -> tuple[Endpoint, str]:
    endpoint = Endpoint(
        name=wanted.name.strip(),
        url=wanted.url,
        events=sorted(set(wanted.events)),
        added_by=actor,
        added_at=clock.now(),
    )
    endpoint.save(force_insert=True)
    secret = renewed_secret(endpoint)
    _record(Event.WEBHOOK_ADDED, actor, endpoint, {"events": endpoint.events})
    return endpoint, secret


@unit_of_work
def rotate_secret(*, actor: User, endpoint: Endpoint) -> tuple[Endpoint, str]:
    """Another secret, shown once. For governance.SECRET_OVERLAP_HOURS both sign: the receiver changes over then."""
    held = _held(actor, endpoint, "get a new secret")
    secret = renewed_secret(held)
    _record(Event.WEBHOOK_ROTATED, actor, held, {})
    return held, secret


@unit_of_work
def disable_endpoint(*, actor: User, endpoint: Endpoint) -> Endpoint:
    """Nothing is delivered to it any more, not even what waits. It is not taken back: add another."""
    held = _held(actor, endpoint, "be disabled")
    held.disabled_at, held.disabled_by = clock.now(), actor
    held.save(update_fields=["disabled_at", "disabled_by"])
    _record(Event.WEBHOOK_DISABLED, actor, held, {})
    return held


@unit_of_work
def send_test(*, actor: User, endpoint: Endpoint) -> Delivery:
    """A message that says nothing, delivered like every other."""
    held = _held(actor, endpoint, "be sent a test")
    notice = new_notice(str(Event.WEBHOOK_TESTED), thing("webhook", str(held.pk)), actor=actor)
    notice.save(force_insert=True)
    delivery = queue_delivery(notice, held)
    _record(Event.WEBHOOK_TESTED, actor, held, {})
    return delivery


def _require(actor: User) -> None:
    """For every model: an endpoint is told of all of them."""
    require(actor=actor, permission=Permission.WEBHOOK_MANAGE, model_slug=EVERY_MODEL)


def _held(actor: User, endpoint: Endpoint, what: str) -> Endpoint:
    _require(actor)
    held = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if held.disabled_at is not None:
        raise WrongStage(f"{held.name} cannot {what}: it is disabled. Add another endpoint.")
    return held


def _check(wanted: Wanted) -> None:
    errors = []
    if not wanted.name.strip() or len(wanted.name) > LONGEST_NAME:
        errors.append(FieldError("/name", "required", f"Name it in 1 to {LONGEST_NAME} characters."))
    unknown = sorted(set(wanted.events) - set(EVENTS))
    if unknown or not wanted.events:
        errors.append(FieldError("/events", "unknown", f"Choose from: {', '.join(EVENTS)}."))
    try:
        outside.target_of(wanted.url)
    except ValueError as refusal:
        errors.append(FieldError("/url", "refused", str(refusal)))
    if errors:
        raise Invalid("This endpoint cannot be added.", errors)


def _require_outside(url: str) -> None:
    try:
        outside.address_of(outside.target_of(url))
    except (Conflict, outside.Unreachable):
        # The same words for both, or one could ask here which names exist inside.
        raise Invalid(
            "This endpoint cannot be added.", [FieldError("/url", "refused", outside.INSIDE)]
        ) from None


def _record(event: Event, actor: User, endpoint: Endpoint, facts: dict[str, Any]) -> None:
    """The host only: a path may hold a secret of the receiver."""
    host = urlsplit(endpoint.url).hostname or ""
    record(
        event=event, actor=actor, subject=Subject("webhook", str(endpoint.pk)), facts={"host": host, **facts}
    )
