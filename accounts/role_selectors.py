"""Reading roles: the table of the rules, who holds what, and what was asked for."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, QuerySet

from accounts.access import allows, require
from accounts.models import RequestState, RoleGrant, RoleRequest, User
from accounts.paging import cursor_at, place_of
from accounts.permissions import Permission
from accounts.scopes import scope_of
from mrm.lib import clock
from mrm.lib.errors import NotFound
from mrm.settings import governance

PAGE = 50


@dataclass(frozen=True)
class AppRows:
    """The permissions of one app, each with the roles that hold it, in the order of `governance.ROLES`."""

    app: str
    permissions: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class RoleTable:
    """`governance.ROLES` turned so that a permission names its roles, and what bounds a role or keeps people apart."""

    roles: tuple[str, ...]
    apps: tuple[AppRows, ...]
    bounded: tuple[str, ...]
    alone: tuple[str, ...]
    apart: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Held:
    """A grant and how it stands now: in force, not begun, expired or revoked."""

    grant: RoleGrant
    state: str


@dataclass(frozen=True)
class RequestPage:
    """Requests, the newest first; `after` is the cursor of the next page, empty at the end."""

    requests: tuple[RoleRequest, ...]
    after: str


def role_table() -> RoleTable:
    """The rules of the installation are nobody's secret: everybody who is signed in reads them."""
    roles = tuple(governance.ROLES)
    rows = [
        (str(each), tuple(role for role in roles if each in governance.ROLES[role])) for each in Permission
    ]
    # An app's permissions stand together, in the order of the vocabulary.
    order = list(dict.fromkeys(_app(name) for name, _ in rows))
    rows.sort(key=lambda row: order.index(_app(row[0])))
    apps = tuple(AppRows(app, tuple(found)) for app, found in groupby(rows, key=lambda row: _app(row[0])))
    return RoleTable(roles, apps, governance.BOUNDED, governance.ALONE, tuple(governance.APART.items()))


def person(*, actor: User, user_id: uuid.UUID) -> User:
    """An account whose roles the actor may read: one of their own person's, or any for who grants roles."""
    found = User.objects.select_related("person").filter(pk=user_id).first()
    if found is None or found.person_id != actor.person_id:
        require(actor=actor, permission=Permission.ROLE_GRANT)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def user_named(*, actor: User, username: str) -> User:
    """Who a role is asked for."""
    require(actor=actor, permission=Permission.ROLE_GRANT)
    found = User.objects.select_related("person").filter(username=username).first()
    if found is None:
        raise NotFound(f"Nobody here is called {username[:64]}.")
    return found


def grants_of(*, actor: User, user: User) -> list[Held]:
    """Every role this account holds or held, the newest first."""
    if user.person_id != actor.person_id:
        require(actor=actor, permission=Permission.ROLE_GRANT)
    rows = RoleGrant.objects.filter(user=user).select_related(
        "granted_by__person", "request__asked_by__person"
    )
    now = clock.now()
    return [Held(grant, _state(grant, now)) for grant in rows.order_by("-granted_at", "id")]


def grant(*, actor: User, grant_id: uuid.UUID) -> RoleGrant:
    require(actor=actor, permission=Permission.ROLE_GRANT)
    found = RoleGrant.objects.select_related("user__person").filter(pk=grant_id).first()
    if found is None:
        raise NotFound("There is no such grant.")
    return found


def requests(*, actor: User, user: User | None = None) -> QuerySet[RoleRequest]:
    """What was asked for, for everybody or for one account; one's own may be read by anybody."""
    if user is None or user.person_id != actor.person_id:
        require(actor=actor, permission=Permission.ROLE_GRANT)
    rows = RoleRequest.objects.select_related("user__person", "asked_by__person", "settled_by__person")
    return rows.order_by("-asked_at", "id") if user is None else rows.filter(user=user).order_by("-asked_at")


def request_page(*, actor: User, state: str = "", cursor: str = "") -> RequestPage:
    rows = requests(actor=actor)
    if state:
        rows = rows.filter(state=state)
    if cursor:
        at, row = place_of(cursor)
        rows = rows.filter(Q(asked_at__lt=at) | Q(asked_at=at, pk__gt=row))
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    after = cursor_at(shown[-1].asked_at, shown[-1].pk) if len(found) > PAGE else ""
    return RequestPage(tuple(shown), after)


def request(*, actor: User, request_id: uuid.UUID) -> RoleRequest:
    found = requests(actor=actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such request for a role.")
    return found


def why_not_grant(*, actor: User, request: RoleRequest) -> str | None:
    """What the page says instead of a form that would be refused; None shows the form."""
    ends_at = scope_of(request).ends_at
    if request.state != RequestState.OPEN:
        return f"This request is {request.state}. {request.settled_why}".strip()
    if not allows(actor=actor, permission=Permission.ROLE_GRANT):
        return f"{actor.name} is no administrator."
    if actor.person_id == request.asked_by.person_id:
        return f"{actor.name} asked for this role. Another administrator decides on it."
    if actor.person_id == request.user.person_id:
        return "Nobody grants a role to themselves. Another administrator decides on it."
    if ends_at is not None and ends_at <= clock.now():
        return "The time this role was asked for is over. Refuse the request."
    return None


def may_refuse(*, actor: User, request: RoleRequest) -> bool:
    is_other = actor.person_id != request.asked_by.person_id
    return is_other and _may_settle(actor, request)


def may_withdraw(*, actor: User, request: RoleRequest) -> bool:
    is_own = actor.person_id == request.asked_by.person_id
    return is_own and _may_settle(actor, request)


def _may_settle(actor: User, request: RoleRequest) -> bool:
    return request.state == RequestState.OPEN and allows(actor=actor, permission=Permission.ROLE_GRANT)


def _state(grant: RoleGrant, now: dt.datetime) -> str:
    if grant.revoked_at is not None and grant.revoked_at != grant.ends_at:
        return "revoked"
    if grant.ends_at is not None and grant.ends_at <= now:
        return "expired"
    has_begun = grant.starts_at <= max(now, grant.granted_at)
    return "in_force" if has_begun else "not_begun"


def _app(permission: str) -> str:
    return permission.split(":", 1)[0]
