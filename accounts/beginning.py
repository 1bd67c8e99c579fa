"""How an installation begins: its first two administrators, from the machine's own command line."""

from __future__ import annotations

from accounts import roles
from accounts.access import holders_of
from accounts.models import User
from accounts.services import enrol_person, grant_role
from audit.services import unit_of_work
from mrm.lib.errors import Conflict, NotAllowed

_ROLE = "administrator"
# One asks, the other grants: with two people there, roles are given on the pages.
ENOUGH = 2


@unit_of_work
def enrol_first_administrator(*, actor: User, username: str, name: str, password: str) -> User:
    """Enrol a person with the role administrator. Refuses everybody but the installation, and a third one: two
    administrators give roles to each other's choice of people, which leaves a request and a signature."""
    if not roles.is_installation(actor):
        raise NotAllowed(
            "Administrators are enrolled from the command line only to begin with. Ask for the role."
        )
    if holders_of(_ROLE) >= ENOUGH:
        raise Conflict("Two administrators are here: one of them asks for the role, the other grants it.")
    user = enrol_person(actor=actor, username=username, name=name, password=password)
    grant_role(actor=actor, user=user, role=_ROLE)
    return user
