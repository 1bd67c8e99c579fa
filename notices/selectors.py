"""Reading one's own notices and where mail goes, and the endpoints of webhooks with what was delivered to them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Min, OuterRef, QuerySet, Subquery

from accounts.access import EVERY_MODEL, require
from accounts.models import Invitation, User
from accounts.permissions import Permission
from jobs import leases
from jobs.models import OPEN_STATES, Job
from mrm.lib import clock
from mrm.lib.errors import NotFound
from notices.models import Address, Delivery, Endpoint, Telling

# What leaves the house, by kind of job.
MAIL, SEND = "mail-notice", "send-webhook"
CHANNELS = {MAIL: "mail", SEND: "webhook"}


def notices_of(*, actor: User) -> QuerySet[Telling]:
    """One's own, the newest first; nobody reads another person's."""
    rows = Telling.objects.filter(user=actor).select_related("notice__actor__person", "job")
    return rows.order_by("-at", "id")


def address_of(*, actor: User) -> str:
    return addresses_of([actor]).get(actor.pk, "")


def addresses_of(users: Iterable[User]) -> dict[uuid.UUID, str]:
    """By user: the address they chose, or else the one that their invitation was mailed to."""
    wanted = [user.pk for user in users]
    invited = Invitation.objects.filter(user__in=wanted).exclude(mail="")
    found: dict[uuid.UUID, str] = dict(invited.values_list("user_id", "mail"))
    return found | dict(Address.objects.filter(user__in=wanted).values_list("user_id", "mail"))


def endpoints_for(event: str) -> list[Endpoint]:
    """Those that are told of this event. They are few, and the two databases search in lists differently."""
    rows = Endpoint.objects.filter(disabled_at=None).order_by("added_at", "id")
    return [each for each in rows if event in each.events]


def endpoints(*, actor: User) -> QuerySet[Endpoint]:
    """Every endpoint with how its last delivery stands, the newest first."""
    require(actor=actor, permission=Permission.WEBHOOK_MANAGE, model_slug=EVERY_MODEL)
    last = Delivery.objects.filter(endpoint=OuterRef("pk")).order_by("-at", "id")
    rows = Endpoint.objects.annotate(
        last_at=Subquery(last.values("at")[:1]), last_state=Subquery(last.values("job__state")[:1])
    )
    return rows.select_related("added_by__person", "disabled_by__person").order_by("-added_at", "id")


def endpoint(*, actor: User, endpoint_id: uuid.UUID) -> Endpoint:
    found = endpoints(actor=actor).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound("There is no such endpoint.")
    return found


def deliveries(*, actor: User, endpoint_id: uuid.UUID) -> QuerySet[Delivery]:
    """What was sent to one endpoint, the newest first."""
    found = endpoint(actor=actor, endpoint_id=endpoint_id)
    return Delivery.objects.filter(endpoint=found).select_related("notice", "job").order_by("-at", "id")


def oldest_waiting() -> dict[str, float]:
    """By channel: for how many seconds the oldest notice has waited to be taken, resting included; 0 for none."""
    rows = Job.objects.filter(kind__in=CHANNELS, state__in=OPEN_STATES).values("kind")
    oldest = dict(rows.annotate(oldest=Min("created_at")).values_list("kind", "oldest"))
    moment = clock.now()
    return {
        channel: (moment - oldest[kind]).total_seconds() if kind in oldest else 0.0
        for kind, channel in CHANNELS.items()
    }


def left_lying() -> list[str]:
    """The channels in which a notice is ready to leave and no worker has taken it up."""
    rows = leases.ready_since(clock.now() - leases.TAKEN_UP_WITHIN).filter(kind__in=CHANNELS)
    return sorted({CHANNELS[kind] for kind in rows.values_list("kind", flat=True)})
