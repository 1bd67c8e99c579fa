"""Roles asked for and granted by two people, and a regulator of one model, for tests of any app."""

from __future__ import annotations

import datetime as dt

from accounts.models import RoleGrant, RoleRequest, User
from accounts.roles import MEANING, Asked, GrantSignature, digest_of, grant_requested, request_role
from accounts.scopes import EVERYTHING, Scope
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from accounts.stepup import Proof, open_challenge
from mrm.lib import clock
from tests.cast import PASSWORD, Cast

WHY = "The work asks for it."


def second_administrator() -> User:
    user = User.objects.filter(username="omar").first()
    return user or enrolled("omar", "Omar Ortega", "administrator")


def enrolled(username: str, name: str, role: str = "") -> User:
    """An account without any role, or with one for every model."""
    user = enrol_person(actor=the_installation(), username=username, name=name, password=PASSWORD)
    if role:
        grant_role(actor=the_installation(), user=user, role=role)
    return user


def asked(actor: User, user: User, role: str, scope: Scope = EVERYTHING) -> RoleRequest:
    return request_role(actor=actor, user=user, asked=Asked(role, WHY, scope))


def signature(user: User, request: RoleRequest, **changed: object) -> GrantSignature:
    """What a granter sends, prepared for what is shown now."""
    digest = digest_of(request)
    nonce = open_challenge(actor=user, digest=digest, meaning=MEANING)
    return GrantSignature(**{"challenge": nonce, "proof": Proof(PASSWORD), "shown_digest": digest} | changed)


def granted(actor: User, request: RoleRequest) -> RoleGrant:
    return grant_requested(actor=actor, request=request, signature=signature(actor, request))


def bounds(model_slug: str, **changed: object) -> Scope:
    """What a regulator may be given: this year's records of one model, for a month."""
    now = clock.now()
    first, last = dt.date(now.year, 1, 1), dt.date(now.year, 12, 31)
    named = {"ends_at": now + dt.timedelta(days=30), "records_from": first, "records_until": last}
    return Scope(model_slug, **named | changed)


def regulator(cast: Cast, *slugs: str, **changed: object) -> User:
    """Rita examines these models and nothing else."""
    rita = User.objects.filter(username="rita").first() or enrolled("rita", "Rita Reyes")
    for slug in slugs:
        granted(second_administrator(), asked(cast.olga, rita, "regulator", bounds(slug, **changed)))
    return rita
