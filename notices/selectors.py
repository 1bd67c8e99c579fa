"""Reading one's own notices, and where mail goes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Invitation, User
from notices.models import Address, Telling


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
