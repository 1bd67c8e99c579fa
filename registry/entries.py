"""Inventory entries: propose, amend, accept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Blocked, Conflict, FieldError, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from registry import subjects
from registry.models import RiskModel

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 64
_WORDS = ("name", "purpose", "intended_use", "limitations", "tier_reason")
_LONGEST_UNIT = 100


@dataclass(frozen=True)
class EntryWords:
    """What an inventory entry says. Empty words are allowed in a proposal; an acceptance asks for all of
    them but the business unit."""

    name: str
    purpose: str = ""
    intended_use: str = ""
    limitations: str = ""
    tier: int | None = None
    tier_reason: str = ""
    business_unit: str = ""


def missing_words(risk_model: RiskModel) -> list[str]:
    """What an entry still lacks before anybody may rely on it, in words."""
    lacking = [name.replace("_", " ") for name in _WORDS if not getattr(risk_model, name).strip()]
    return lacking + ([] if risk_model.tier is not None else ["tier"])


def amended(risk_model: RiskModel, changes: Mapping[str, Any]) -> EntryWords:
    """The words of an entry with some of them replaced."""
    standing = {name: getattr(risk_model, name) for name in EntryWords.__dataclass_fields__}
    return EntryWords(**{**standing, **changes})


@unit_of_work
def propose_model(*, actor: User, slug: str, words: EntryWords, owner: User | None = None) -> RiskModel:
    """A new entry of the inventory, waiting for a validator. Refuses a taken or malformed slug."""
    require(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=slug)
    _check(words)
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        detail = f"Lower-case letters, digits and single hyphens, at most {_LONGEST_SLUG}."
        raise Invalid("The entry was not proposed.", [FieldError("/slug", "slug", detail)])
    if RiskModel.objects.filter(slug=slug).exists():
        raise Conflict(
            f"There is an inventory entry {slug} already. Choose another slug, or amend that entry."
        )
    risk_model = RiskModel(
        slug=slug, owner=owner or actor, proposed_by=actor, proposed_at=clock.now(), **asdict(words)
    )
    risk_model.save(force_insert=True)
    _record(Event.MODEL_PROPOSED, actor, risk_model)
    return risk_model


@unit_of_work
def amend_model(*, actor: User, risk_model: RiskModel, words: EntryWords) -> RiskModel:
    """Other words for an entry that nobody has accepted yet. Refuses an accepted one: others rely on it."""
    require(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=risk_model.slug)
    held = RiskModel.objects.select_for_update(of=("self",)).get(pk=risk_model.pk)
    if held.accepted_at is not None:
        raise WrongStage(f"The entry {held.slug} is accepted and does not change. Propose another entry.")
    _check(words)
    for name, value in asdict(words).items():
        setattr(held, name, value)
    held.save(update_fields=list(asdict(words)))
    _record(Event.MODEL_AMENDED, actor, held)
    return held


@unit_of_work
def accept_model(*, actor: User, risk_model: RiskModel, tier: int) -> RiskModel:
    """A validator takes the entry into the inventory at the tier they confirm. Refuses the proposer, the
    owner and an entry that lacks words."""
    require(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=risk_model.slug)
    held = RiskModel.objects.select_for_update(of=("self",)).get(pk=risk_model.pk)
    _refuse_insider(actor, held)
    if held.accepted_at is not None:
        raise WrongStage(f"The entry {held.slug} was accepted already.")
    proposed, held.tier = held.tier, _tier(tier)
    lacking = missing_words(held)
    if lacking:
        words = f"The entry {held.slug} lacks: {', '.join(lacking)}. Ask its owner to amend it."
        raise Blocked(f"The entry was not accepted. {words}", [words])
    held.accepted_by, held.accepted_at = actor, clock.now()
    held.save(update_fields=["tier", "accepted_by", "accepted_at"])
    _record(Event.MODEL_ACCEPTED, actor, held, tier_proposed=proposed)
    return held


def _refuse_insider(actor: User, risk_model: RiskModel) -> None:
    if actor.person_id in {risk_model.proposed_by.person_id, risk_model.owner.person_id}:
        raise NotAllowed("Neither the proposer nor the owner accepts an entry. Ask another validator.")


def _check(words: EntryWords) -> None:
    if not words.name.strip():
        raise Invalid("The entry has no name.", [FieldError("/name", "required", "Give the model a name.")])
    if len(words.business_unit) > _LONGEST_UNIT:
        detail = f"At most {_LONGEST_UNIT} characters."
        raise Invalid("The business unit is too long.", [FieldError("/business_unit", "too-long", detail)])
    if words.tier is not None:
        _tier(words.tier)


def _tier(tier: int) -> int:
    if tier not in governance.QUORUM:
        known = ", ".join(map(str, governance.QUORUM))
        raise Invalid("There is no such tier.", [FieldError("/tier", "unknown", f"The tiers are {known}.")])
    return tier


def _record(event: Event, actor: User, risk_model: RiskModel, **more: int | None) -> None:
    words = {name: getattr(risk_model, name) for name in (*_WORDS, "business_unit")}
    facts = {"model": risk_model.slug, "tier": risk_model.tier, "words": canonical.digest(words), **more}
    record(event=event, actor=actor, subject=subjects.of_model(risk_model), facts=facts)
