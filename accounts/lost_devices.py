"""Somebody has lost their phone and their recovery codes: an administrator lets them in again by password alone."""

from __future__ import annotations

from accounts.factors import remove_all
from accounts.models import User
from accounts.services import _require_manager as require_manager
from accounts.stepup import locked
from audit.services import unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, NotAllowed


@unit_of_work
def clear_factors(*, actor: User, user: User) -> User:
    """End all second factors of somebody else, an entry for each, and their signing until they have chosen a password
    and enrolled anew: until then whoever knows the password would sign as them. Refuses one's own person."""
    require_manager(actor)
    if actor.person_id == user.person_id:
        raise NotAllowed(
            "Nobody clears their own second factors. Remove them on the page Security, or ask a colleague."
        )
    held = locked(user)
    if remove_all(actor=actor, user=held) == 0:
        raise Conflict(f"{held.name} has no second factor; there is nothing to clear.")
    held.signing_blocked_since = held.factors_count_from = clock.now()
    held.save(update_fields=["signing_blocked_since", "factors_count_from"])
    return held
