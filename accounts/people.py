"""Reading people, for who manages users."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import in_force, require
from accounts.models import Person, RoleGrant, User, UserKind
from accounts.permissions import Permission
from mrm.lib.errors import Malformed, NotFound

PAGE = 50


@dataclass(frozen=True)
class PeoplePage:
    """`after` is the id of the last person shown, empty at the end."""

    rows: tuple[Person, ...]
    after: str


def page_of(*, actor: User, search: str = "", after: uuid.UUID | None = None) -> PeoplePage:
    """People by name, with their accounts and the roles these hold."""
    require(actor=actor, permission=Permission.USER_MANAGE)
    rows = _people().order_by("name", "id")
    if search:
        tried = User.objects.filter(person=OuterRef("pk"), username__icontains=search)
        rows = rows.filter(Q(name__icontains=search) | Exists(tried))
    if after is not None:
        last = Person.objects.filter(pk=after).first()
        if last is None:
            raise Malformed(_("This cursor was given by no page. Open the list anew."))
        rows = rows.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    accounts = Prefetch("accounts", User.objects.filter(kind=UserKind.PERSON).order_by("username"))
    held = in_force().order_by("role")
    grants = Prefetch("accounts__grants", held, to_attr="held")
    found = list(rows.prefetch_related(accounts, grants)[: PAGE + 1])
    return PeoplePage(tuple(found[:PAGE]), str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def accounts_of(*, actor: User, person: Person) -> QuerySet[User]:
    require(actor=actor, permission=Permission.USER_MANAGE)
    return person.accounts.filter(kind=UserKind.PERSON).select_related("person").order_by("username")


def user(*, actor: User, user_id: uuid.UUID) -> User:
    require(actor=actor, permission=Permission.USER_MANAGE)
    found = User.objects.select_related("person").filter(pk=user_id, kind=UserKind.PERSON).first()
    if found is None:
        raise NotFound("There is no such account.")
    return found


def grants_of(*, actor: User, user: User) -> QuerySet[RoleGrant]:
    """The roles an account holds now, by whom they were given."""
    require(actor=actor, permission=Permission.USER_MANAGE)
    rows = in_force().filter(user=user).select_related("granted_by__person")
    return rows.order_by("role", "model_slug")


def _people() -> QuerySet[Person]:
    """The installation's own account is nobody to administer."""
    return Person.objects.filter(Exists(User.objects.filter(person=OuterRef("pk"), kind=UserKind.PERSON)))
