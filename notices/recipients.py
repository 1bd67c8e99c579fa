"""Who is told: the words of governance.NOTICES and REMINDERS as people. Whoever did it is not told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from accounts.access import EVERY_MODEL, in_force
from accounts.models import User, UserKind
from accounts.permissions import Permission
from approvals.selectors import signers_of
from mrm.settings import governance
from notices.about import Thing
from notices.models import Telling


def recipients(who: Iterable[str], thing: Thing, actor: User | None) -> list[User]:
    """Accounts of people, each once, without those of the actor."""
    named = {user.pk: user for word in who for user in WHO[word](thing)}
    found = [user for user in named.values() if user.is_active and user.kind == UserKind.PERSON]
    if actor is None:
        return found
    return [user for user in found if user.person_id != actor.person_id]


def _signers(thing: Thing) -> Iterable[User]:
    return signers_of(thing.row)


def _asked(thing: Thing) -> Iterable[User]:
    """Who was told that the request waits for them."""
    told = Telling.objects.filter(notice__event="request:opened", notice__about_id=thing.id)
    return [each.user for each in told.select_related("user__person")]


def _opener(thing: Thing) -> Iterable[User]:
    request = thing.row if thing.kind == "request" else thing.row.request
    return [request.opened_by]


def _condition_owner(thing: Thing) -> Iterable[User]:
    return [thing.row.owner]


def _condition_setter(thing: Thing) -> Iterable[User]:
    return [thing.row.source.user]


def _model_owner(thing: Thing) -> Iterable[User]:
    return [thing.row.risk_model.owner]


def _role_holder(thing: Thing) -> Iterable[User]:
    return [thing.row.user]


def _role_asker(thing: Thing) -> Iterable[User]:
    return [thing.row.asked_by]


def _role_granters(_: Thing) -> Iterable[User]:
    roles = [role for role, held in governance.ROLES.items() if Permission.ROLE_GRANT in held]
    grants = in_force().filter(role__in=roles, model_slug=EVERY_MODEL)
    return User.objects.filter(pk__in=grants.values("user_id")).select_related("person")


WHO: Mapping[str, Callable[[Thing], Iterable[User]]] = {
    "signers": _signers,
    "asked": _asked,
    "opener": _opener,
    "condition_owner": _condition_owner,
    "condition_setter": _condition_setter,
    "model_owner": _model_owner,
    "role_holder": _role_holder,
    "role_asker": _role_asker,
    "role_granters": _role_granters,
}
