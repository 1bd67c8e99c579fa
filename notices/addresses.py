"""Where one's notices are mailed to. Chosen by oneself only."""

from __future__ import annotations

from accounts.models import User
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from notices.models import Address


@unit_of_work
def set_address(*, actor: User, mail: str) -> Address:
    """The actor's own address; empty stops mail, and the page goes on telling. Refuses a token: who has stolen one
    would read along. The entry says that it changed, never what it is."""
    if actor.presented_scopes is not None:
        raise NotAllowed("A token cannot change where mail goes. Sign in, and change it on the page Notices.")
    Address.objects.select_for_update().filter(user=actor).first()
    address = Address(user=actor, mail=mail, changed_at=clock.now())
    address.save()
    record(event=Event.ADDRESS_CHANGED, actor=actor, subject=Subject("user", str(actor.pk)))
    return address
