"""Competence on record: what a validator is able to judge, as somebody else recorded it. It blocks nothing; whoever
signs or reads a signature is shown it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from accounts.access import EVERY_MODEL, allows, require
from accounts.models import Person, User, UserKind
from accounts.permissions import Permission
from audit.chain import Subject
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid, NotAllowed
from mrm.settings import governance
from validation.models import Assessment, Competence, ValidationRun
from validation.signing import check_words
from validation.topics import Area


@dataclass(frozen=True)
class Claimed:
    """What is recorded of somebody: the area, what it rests on, until when it counts."""

    area: str
    rests_on: str
    until: dt.datetime


@unit_of_work
def record_competence(*, actor: User, of: User, claimed: Claimed) -> Competence:
    """Keep what somebody else is able to judge; a later record of the area takes its place. Refuses oneself, accounts
    of services, empty words and an end that is past or too far."""
    require(actor=actor, permission=Permission.COMPETENCE_RECORD, model_slug=EVERY_MODEL)
    if actor.person_id == of.person_id:
        raise NotAllowed(
            f"{actor.name} cannot record their own competence: another validator does. Nothing was recorded."
        )
    _check(of, claimed)
    now = clock.now()
    if not now < claimed.until <= now + dt.timedelta(days=governance.COMPETENCE_DAYS):
        detail = f"After now, and at most {governance.COMPETENCE_DAYS} days from now."
        raise Invalid("A record of competence needs an end.", [FieldError("/until", "range", detail)])
    kept = Competence(
        person=of.person,
        area=claimed.area,
        rests_on=claimed.rests_on,
        until=claimed.until,
        recorded_by=actor,
        recorded_at=now,
    )
    kept.save(force_insert=True)
    words = canonical.sha256(kept.rests_on.encode())
    facts = {"person": of.name, **plain(kept), "words": words}
    record(
        event=Event.COMPETENCE_RECORDED,
        actor=actor,
        subject=Subject("person", str(of.person_id)),
        facts=facts,
    )
    return kept


def may_read(actor: User) -> bool:
    return allows(actor=actor, permission=Permission.FINDING_READ, model_slug=EVERY_MODEL)


def may_record(actor: User) -> bool:
    return allows(actor=actor, permission=Permission.COMPETENCE_RECORD, model_slug=EVERY_MODEL)


def competences(*, actor: User) -> list[Competence]:
    """Every record, person by person and area by area, the newest of each first. Competence belongs to no model, so it
    is read by whoever reads the findings of every model."""
    require(actor=actor, permission=Permission.FINDING_READ, model_slug=EVERY_MODEL)
    rows = Competence.objects.select_related("person", "recorded_by__person")
    return list(rows.order_by("person__name", "person_id", "area", "-recorded_at", "-id"))


def colleagues(*, actor: User) -> list[User]:
    """Whose competence this actor may record: accounts of other people."""
    require(actor=actor, permission=Permission.COMPETENCE_RECORD, model_slug=EVERY_MODEL)
    rows = User.objects.filter(is_active=True, kind=UserKind.PERSON).exclude(person_id=actor.person_id)
    return list(rows.select_related("person").order_by("person__name", "username"))


def counting(
    people: Collection[Person], at: dt.datetime | None = None
) -> dict[Person, tuple[Competence, ...]]:
    """The newest record of each area, of each of these people; with a moment, as it stood and counted then."""
    rows = Competence.objects.filter(person__in=people)
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    newest = {(each.person_id, each.area): each for each in rows.order_by("recorded_at", "id")}
    found = [each for _, each in sorted(newest.items(), key=lambda pair: pair[0][1])]
    return {
        person: tuple(
            each for each in found if each.person_id == person.pk and (at is None or each.until > at)
        )
        for person in people
    }


def of_testers(run: ValidationRun, written: Iterable[Assessment]) -> dict[Person, tuple[Competence, ...]]:
    """Of whoever started the run, wrote these assessments or concluded on the run, by name. Once it is concluded on, as
    of that signature, so that what was signed stays what it was."""
    concluded = list(run.conclusions.select_related("person").order_by("at"))
    people = {
        run.started_by.person,
        *(each.author.person for each in written),
        *(each.person for each in concluded),
    }
    by_name = sorted(people, key=lambda person: (person.name, str(person.pk)))
    return counting(by_name, concluded[-1].at if concluded else None)


def plain(kept: Competence) -> dict[str, str]:
    return {"area": kept.area, "until": clock.stamp(kept.until)}


def _check(of: User, claimed: Claimed) -> None:
    if of.kind != UserKind.PERSON:
        detail = "The account of a person."
        raise Invalid("A service judges nothing.", [FieldError("/person", "unknown", detail)])
    if claimed.area not in Area.values:
        detail = f"One of {', '.join(Area.values)}."
        raise Invalid("There is no such area.", [FieldError("/area", "unknown", detail)])
    check_words("/rests_on", claimed.rests_on)
