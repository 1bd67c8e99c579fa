"""The two questions every service and selector asks: may this actor do it (`require`), would they (`allows`)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import RefusalCount, RoleGrant, User
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import opened, record
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from mrm.settings import governance

EVERY_MODEL = ""


def roles_of(user: User, model_slug: str | None = None) -> frozenset[str]:
    """The roles this user holds now; with a slug, those that reach that model."""
    grants = RoleGrant.objects.filter(user=user, revoked_at=None)
    if model_slug is not None:
        grants = grants.filter(model_slug__in=[EVERY_MODEL, model_slug])
    return frozenset(grants.values_list("role", flat=True))


def allows(*, actor: User, permission: Permission, model_slug: str | None = None) -> bool:
    """Whether some role grants it now and the presented token, if any, carries it. A superuser is nobody here."""
    if not actor.is_active:
        return False
    if actor.presented_scopes is not None and permission not in actor.presented_scopes:
        return False
    held = roles_of(actor, model_slug)
    return any(permission in governance.ROLES.get(role, ()) for role in held)


def reach(*, actor: User, permission: Permission) -> frozenset[str] | None:
    """The slugs of the models a permission reaches for this actor; None for every model, empty for none."""
    if not actor.is_active:
        return frozenset()
    if actor.presented_scopes is not None and permission not in actor.presented_scopes:
        return frozenset()
    granting = [role for role, held in governance.ROLES.items() if permission in held]
    grants = RoleGrant.objects.filter(user=actor, role__in=granting, revoked_at=None)
    slugs = frozenset(grants.values_list("model_slug", flat=True))
    return None if EVERY_MODEL in slugs else slugs


def require(*, actor: User, permission: Permission, model_slug: str | None = None) -> None:
    """Raise NotAllowed unless `allows`. The refusal becomes an entry after the caller's rollback."""
    if allows(actor=actor, permission=permission, model_slug=model_slug):
        return
    holders = sorted(role for role, held in governance.ROLES.items() if permission in held)
    who = " or ".join(role.replace("_", " ") for role in holders) or "nobody"
    scope = f" for {model_slug}" if model_slug else ""
    raise PermissionRefused(
        actor,
        permission,
        f"{actor.name} may not do this: it needs the permission {permission}{scope}, which the role {who} holds."
        " Ask an administrator for the role, or a colleague who has it.",
    )


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
