"""Telling: what the tables of governance.py say is written down in the transaction of what it tells of; each way out
of the house is a job of its own."""

from __future__ import annotations

from accounts.invitations import mail_is_set_up
from accounts.models import User
from accounts.selectors import the_installation, user_by_id
from audit.chain import Fact, Subject
from jobs.services import queue_follow_up
from mrm.lib import clock
from mrm.settings import governance
from notices.about import Thing, thing
from notices.models import Delivery, Endpoint, Notice, Telling, Unmailed
from notices.recipients import recipients
from notices.selectors import MAIL, SEND, addresses_of, endpoints_for


def tell(fact: Fact) -> None:
    """What governance.NOTICES says of an event. Called by the unit of work that records it, before its entries are
    appended: if the event does not happen, nobody is told."""
    row = governance.NOTICES[fact.event]
    about_id = fact.facts.get(row.key) if row.key else fact.subject.id
    if about_id is None:
        # The installation grants a role from the command line without anybody having asked for it.
        return
    found, actor = thing(row.about, str(about_id)), user_by_id(fact.actor_id)
    users = recipients(row.who, found, actor)
    endpoints = endpoints_for(fact.event)
    if users or endpoints:
        notice = new_notice(fact.event, found, actor=actor)
        notice.save(force_insert=True)
        tell_users(notice, users)
        tell_endpoints(notice, endpoints)


def new_notice(event: str, found: Thing, *, actor: User | None) -> Notice:
    return Notice(
        event=event,
        about=found.kind,
        about_id=found.id,
        named=found.named,
        act=found.act,
        outcome=found.outcome,
        path=found.path,
        actor=actor,
        at=clock.now(),
    )


def tell_users(notice: Notice, users: list[User]) -> None:
    """Inside the caller's unit of work: it stands on everybody's page, and is mailed to whoever has an address."""
    addresses = addresses_of(users)
    for user in users:
        telling = Telling(notice=notice, user=user, at=notice.at)
        if not addresses.get(user.pk):
            telling.unmailed = Unmailed.NO_ADDRESS
        elif not mail_is_set_up():
            telling.unmailed = Unmailed.NO_MAIL
        else:
            subject = Subject("telling", str(telling.pk))
            telling.job = queue_follow_up(actor=the_installation(), kind=MAIL, subject=subject)
        telling.save(force_insert=True)


def tell_endpoints(notice: Notice, endpoints: list[Endpoint]) -> None:
    """Inside the caller's unit of work."""
    for endpoint in endpoints:
        queue_delivery(notice, endpoint)


def queue_delivery(notice: Notice, endpoint: Endpoint) -> Delivery:
    delivery = Delivery(notice=notice, endpoint=endpoint, at=notice.at)
    subject = Subject("delivery", str(delivery.pk))
    delivery.job = queue_follow_up(actor=the_installation(), kind=SEND, subject=subject)
    delivery.save(force_insert=True)
    return delivery
