"""The two questions every service and selector asks: may this actor do it (`require`), would they (`allows`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from accounts.models import RefusalCount, RoleGrant, User
from accounts.permissions import Permission
from accounts.scopes import EVERY_MODEL
from audit.chain import Subject
from audit.events import Event
from audit.services import opened, record
from mrm.lib import clock, memo
from mrm.lib.errors import NotAllowed
from mrm.settings import governance

__all__ = [
    "EVERY_MODEL",
    "Window",
    "allows",
    "holders_of",
    "in_force",
    "note_refusal",
    "reach",
    "require",
    "roles_of",
    "windows",
]


@dataclass(frozen=True)
class Window:
    """The records of one model, or of every one, that were made on days between two days: both included, in UTC, None
    for no bound."""

    model_slug: str
    records_from: dt.date | None
    records_until: dt.date | None

    @property
    def since(self) -> dt.datetime | None:
        return None if self.records_from is None else _midnight(self.records_from)

    @property
    def before(self) -> dt.datetime | None:
        """The first moment that is no longer within; None also where the calendar has no later day."""
        if self.records_until is None or self.records_until == dt.date.max:
            return None
        return _midnight(self.records_until + dt.timedelta(days=1))


def roles_of(user: User, model_slug: str | None = None, at: dt.datetime | None = None) -> frozenset[str]:
    """The roles this user holds now; with a slug, those that reach that model; with the time of a record, those whose
    period holds it."""
    day = None if at is None else at.astimezone(dt.UTC).date()
    return frozenset(
        grant.role
        for grant in _standing(user)
        if (model_slug is None or grant.model_slug in (EVERY_MODEL, model_slug))
        and (day is None or _holds(grant, day))
    )


def allows(
    *,
    actor: User,
    permission: Permission,
    model_slug: str | None = None,
    at: dt.datetime | None = None,
) -> bool:
    """Whether some role grants it now and the presented token, if any, carries it. `at` is when the record was made
    that is asked for. A superuser is nobody here."""
    if not _presents(actor, permission):
        return False
    held = roles_of(actor, model_slug, at)
    return any(permission in governance.ROLES.get(role, ()) for role in held)


def reach(*, actor: User, permission: Permission) -> frozenset[str] | None:
    """The slugs of the models a permission reaches for this actor; None for every model, empty for none."""
    slugs = frozenset(grant.model_slug for grant in _granting(actor, permission))
    return None if EVERY_MODEL in slugs else slugs


def windows(*, actor: User, permission: Permission) -> tuple[Window, ...] | None:
    """What `reach` says for lists of records that have a time: which models, and of each which days. None for every
    record of every model."""
    rows = _granting(actor, permission)
    each = {Window(grant.model_slug, grant.records_from, grant.records_until) for grant in rows}
    found = tuple(sorted(each, key=repr))
    return None if Window(EVERY_MODEL, None, None) in found else found


def require(
    *,
    actor: User,
    permission: Permission,
    model_slug: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Raise NotAllowed unless `allows`. The refusal becomes an entry after the caller's rollback."""
    if allows(actor=actor, permission=permission, model_slug=model_slug, at=at):
        return
    holders = sorted(role for role, held in governance.ROLES.items() if permission in held)
    who = " or ".join(role.replace("_", " ") for role in holders) or "nobody"
    scope = " for every model" if model_slug == EVERY_MODEL else f" for {model_slug}" if model_slug else ""
    raise PermissionRefused(
        actor,
        permission,
        f"{actor.name} may not do this: it needs the permission {permission}{scope}, which the role {who} holds."
        " Ask an administrator for the role, or a colleague who has it.",
    )


def _standing(user: User) -> tuple[RoleGrant, ...]:
    return memo.remembered(("grants", user.pk), lambda: tuple(in_force().filter(user=user)))


def _holds(grant: RoleGrant, day: dt.date) -> bool:
    after = grant.records_from is None or grant.records_from <= day
    return after and (grant.records_until is None or day <= grant.records_until)


def holders_of(role: str) -> int:
    """How many people hold it now, for every model; people are counted, not accounts."""
    held = in_force().filter(role=role, model_slug=EVERY_MODEL, user__is_active=True)
    return held.values("user__person").distinct().count()


def in_force() -> QuerySet[RoleGrant]:
    """Grants that hold at this moment: a beginning and an end are read by the clock at each question, so that a role
    ends by itself. What began when it was granted has begun, also for a clock that was set back since."""
    now = clock.now()
    return RoleGrant.objects.filter(
        Q(starts_at__lte=now) | Q(starts_at=F("granted_at")),
        Q(ends_at=None) | Q(ends_at__gt=now),
        revoked_at=None,
    )


def _granting(actor: User, permission: Permission) -> list[RoleGrant]:
    if not _presents(actor, permission):
        return []
    return [grant for grant in _standing(actor) if permission in governance.ROLES.get(grant.role, ())]


def _presents(actor: User, permission: Permission) -> bool:
    """Whether the account counts at all, and its token, if one was presented, carries the permission."""
    if not actor.is_active:
        return False
    return actor.presented_scopes is None or permission in actor.presented_scopes


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)


class PermissionRefused(NotAllowed):
    """Carries what `note_refusal` writes down once the refused transaction is gone."""

    def __init__(self, actor: User, permission: Permission, message: str) -> None:
        super().__init__(message)
        self.actor, self.permission = actor, permission


def note_refusal(refusal: PermissionRefused) -> None:
    """Called at the boundary (API, page), outside any transaction: an entry for the first refusal of an actor,
    permission and minute, a count for the others, so that nobody can flood the ledger."""
    minute = clock.now().replace(second=0, microsecond=0)
    if _counted_again(refusal, minute):
        return
    try:
        with opened():
            RefusalCount(user=refusal.actor, permission=refusal.permission, minute=minute).save(
                force_insert=True
            )
            before = _refusals_before(refusal, minute)
            record(
                event=Event.ACCESS_REFUSED,
                actor=refusal.actor,
                subject=Subject("permission", refusal.permission),
                facts={"refusals_in_the_last_noted_minute": before},
            )
    except IntegrityError:
        # Another process noted the same minute first.
        _counted_again(refusal, minute)


def _counted_again(refusal: PermissionRefused, minute: dt.datetime) -> bool:
    with transaction.atomic():
        rows = RefusalCount.objects.filter(user=refusal.actor, permission=refusal.permission, minute=minute)
        return rows.update(count=F("count") + 1) > 0


def _refusals_before(refusal: PermissionRefused, minute: dt.datetime) -> int:
    row = (
        RefusalCount.objects.filter(user=refusal.actor, permission=refusal.permission, minute__lt=minute)
        .order_by("-minute")
        .first()
    )
    return row.count if row else 0
