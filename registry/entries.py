"""Inventory entries: propose, amend, accept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Blocked, Conflict, FieldError, Invalid, NotAllowed, WrongStage
from registry import questionnaires, subjects, tiers
from registry.models import RiskModel, TierAssessment
from registry.uses import Limitation, UseAsked, check, check_purpose, limitations_of, uses_of

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 64
_WORDS = ("name", "purpose", "intended_use")
_LISTS = ("uses", "limitations")
_KEPT = (*_WORDS, *_LISTS, "business_unit")
_LONGEST_UNIT = 100


@dataclass(frozen=True)
class EntryWords:
    """What an inventory entry says. Empty words are allowed in a proposal; an acceptance asks for all of
    them but the business unit."""

    name: str
    purpose: str = ""
    intended_use: str = ""
    limitations: Sequence[Limitation] = ()
    # The answers to the questionnaire; the tier is computed from them, and another one has a reason.
    answers: Mapping[str, str] | None = None
    tier: int | None = None
    tier_reason: str = ""
    business_unit: str = ""
    uses: Sequence[UseAsked] = ()


def missing_words(risk_model: RiskModel) -> list[str]:
    """What an entry still lacks before anybody may rely on it, in words."""
    lacking = [name.replace("_", " ") for name in _WORDS if not getattr(risk_model, name).strip()]
    lacking += [name for name in _LISTS if not getattr(risk_model, name)]
    return lacking + ([] if risk_model.tier is not None else ["answers to the tiering questionnaire"])


def amended(risk_model: RiskModel, changes: Mapping[str, Any]) -> EntryWords:
    """The words of an entry with some of them replaced. A tier that was only computed is computed again."""
    standing: dict[str, Any] = {name: getattr(risk_model, name) for name in _KEPT}
    standing |= {
        "uses": uses_of(risk_model.uses),
        "limitations": limitations_of(risk_model.limitations),
    }
    found = tiers.newest(risk_model)
    if found is not None:
        standing["answers"] = found.answers
    if found is not None and found.override_reason:
        standing |= {"tier": found.proposed_tier, "tier_reason": found.override_reason}
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
        slug=slug, owner=owner or actor, proposed_by=actor, proposed_at=clock.now(), **_kept(words)
    )
    risk_model.save(force_insert=True)
    found = _assessed(actor, risk_model, words)
    _record(Event.MODEL_PROPOSED, actor, risk_model, found)
    return risk_model


@unit_of_work
def amend_model(*, actor: User, risk_model: RiskModel, words: EntryWords) -> RiskModel:
    """Other words for an entry that nobody has accepted yet. Refuses an accepted one: others rely on it."""
    require(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=risk_model.slug)
    held = tiers.lock_model(risk_model)
    if held.accepted_at is not None:
        raise WrongStage(f"The entry {held.slug} is accepted and does not change. Propose another entry.")
    _check(words)
    for name, value in _kept(words).items():
        setattr(held, name, value)
    held.save(update_fields=list(_KEPT))
    found = _assessed(actor, held, words)
    _record(Event.MODEL_AMENDED, actor, held, found)
    return held


@unit_of_work
def accept_model(*, actor: User, risk_model: RiskModel, tier: int) -> RiskModel:
    """A validator takes the entry into the inventory and confirms its tier. Refuses the proposer, the owner, an entry
    that lacks words, and another tier than the proposed one: a second person would have to accept that."""
    require(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=risk_model.slug)
    held = tiers.lock_model(risk_model)
    _refuse_insider(actor, held)
    if held.accepted_at is not None:
        raise WrongStage(f"The entry {held.slug} was accepted already.")
    found = tiers.newest(held)
    lacking = missing_words(held)
    if lacking or found is None:
        words = f"The entry {held.slug} lacks: {', '.join(lacking)}. Ask its owner to amend it."
        raise Blocked(f"The entry was not accepted. {words}", [words])
    _confirm(found, tier)
    tiers.take(actor, held, found)
    held.accepted_by, held.accepted_at = actor, clock.now()
    held.save(update_fields=["tier", "tier_reason", "accepted_by", "accepted_at"])
    _record(Event.MODEL_ACCEPTED, actor, held, found)
    return held


def _refuse_insider(actor: User, risk_model: RiskModel) -> None:
    if actor.person_id in {risk_model.proposed_by.person_id, risk_model.owner.person_id}:
        raise NotAllowed("Neither the proposer nor the owner accepts an entry. Ask another validator.")


def _confirm(found: TierAssessment, tier: int) -> None:
    """Who confirms names the tier they have read; it may have been amended since, and so may the uses."""
    questionnaire = questionnaires.by_digest(found.questionnaire) or questionnaires.current()
    check_purpose(questionnaire, found.answers, uses_of(found.risk_model.uses))
    if tier == found.proposed_tier:
        return
    detail = f"The entry proposes tier {found.proposed_tier}. Confirm that, or ask its owner to amend it."
    raise Invalid("Another tier is proposed.", [FieldError("/tier_confirmed", "other", detail)])


def _assessed(actor: User, risk_model: RiskModel, words: EntryWords) -> TierAssessment | None:
    """The assessment that these words belong to: a new one where they say something new, so that reading the entry
    says what was answered when."""
    standing = tiers.newest(risk_model)
    if words.answers is None:
        return standing
    proposed = tiers.Proposed(words.answers, words.tier, words.tier_reason)
    if standing is not None and _is_as_before(standing, proposed):
        return standing
    made = tiers.assess(actor, risk_model, proposed)
    risk_model.tier, risk_model.tier_reason = made.proposed_tier, made.override_reason
    risk_model.save(update_fields=["tier", "tier_reason"])
    return made


def _is_as_before(standing: TierAssessment, proposed: tiers.Proposed) -> bool:
    found = tiers.computed_of(proposed)
    now = (dict(proposed.answers), proposed.tier or found.tier, proposed.reason.strip())
    return now == (standing.answers, standing.proposed_tier, standing.override_reason)


def _check(words: EntryWords) -> None:
    if not words.name.strip():
        raise Invalid("The entry has no name.", [FieldError("/name", "required", "Give the model a name.")])
    if len(words.business_unit) > _LONGEST_UNIT:
        detail = f"At most {_LONGEST_UNIT} characters."
        raise Invalid("The business unit is too long.", [FieldError("/business_unit", "too-long", detail)])
    check(words.uses, words.limitations)
    if words.answers is None and (words.tier is not None or words.tier_reason.strip()):
        detail = "The tier is computed from the answers to the questionnaire. Answer it."
        raise Invalid("The questionnaire is not answered.", [FieldError("/answers", "required", detail)])


def _kept(words: EntryWords) -> dict[str, Any]:
    """What stands on the entry itself."""
    lists = {name: [each.plain() for each in getattr(words, name)] for name in _LISTS}
    return {name: getattr(words, name) for name in _KEPT} | lists


def _record(event: Event, actor: User, risk_model: RiskModel, found: TierAssessment | None) -> None:
    facts = {
        "model": risk_model.slug,
        "tier": risk_model.tier,
        "words": canonical.digest(_kept_of(risk_model)),
        **({} if found is None else tiers.facts_of(found)),
    }
    record(event=event, actor=actor, subject=subjects.of_model(risk_model), facts=facts)


def _kept_of(risk_model: RiskModel) -> dict[str, object]:
    return {name: getattr(risk_model, name) for name in (*_KEPT, "tier_reason")}
