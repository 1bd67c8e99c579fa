"""The tier of a model: answered for, proposed, accepted by a second person. What an entry's own proposal and acceptance
need of it stands here as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotAllowed, WrongStage
from registry import questionnaires, subjects, tiering
from registry.gatekeeper import pass_gates
from registry.models import RiskModel, TierAcceptance, TierAssessment
from registry.uses import check_purpose, uses_of

# As governance.GATES names it.
ACT = "accept-tier"


@dataclass(frozen=True)
class Proposed:
    """The answers, and the tier somebody proposes. Without one it is the computed one; another than that has a
    reason."""

    answers: Mapping[str, str]
    tier: int | None = None
    reason: str = ""


@unit_of_work
def propose_tier(*, actor: User, risk_model: RiskModel, proposed: Proposed) -> TierAssessment:
    """Answer the questionnaire again for an accepted model. The tier that holds goes on until somebody else accepts
    the proposed one. Refuses an entry that nobody has accepted and answers that are not complete."""
    _require_proposing(actor, risk_model)
    held = lock_model(risk_model)
    if held.accepted_at is None:
        raise WrongStage(
            f"The entry {held.slug} is not accepted yet. Amend the entry: its answers belong to it."
        )
    made = assess(actor, held, proposed)
    record(event=Event.TIER_PROPOSED, actor=actor, subject=subjects.of_model(held), facts=facts_of(made))
    return made


@unit_of_work
def accept_tier(*, actor: User, risk_model: RiskModel, number: int) -> TierAcceptance:
    """A second person takes the newest proposed tier; it holds from now on. Refuses the proposer, the owner, an
    assessment that is not the newest, and a lower tier while an approval is asked for."""
    require(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=risk_model.slug)
    held = lock_model(risk_model)
    if held.accepted_at is None:
        raise WrongStage(
            f"The entry {held.slug} is not accepted yet. Accept the entry: its tier belongs to it."
        )
    found = _waiting(held, number)
    before = held.tier
    pass_gates(act=ACT, actor=actor, subject=found, refused="The tier was not accepted.")
    accepted = take(actor, held, found)
    held.save(update_fields=["tier", "tier_reason"])
    facts = {**facts_of(found), "tier_before": before}
    record(event=Event.TIER_ACCEPTED, actor=actor, subject=subjects.of_model(held), facts=facts)
    return accepted


def lock_model(risk_model: RiskModel) -> RiskModel:
    return RiskModel.objects.select_for_update(of=("self",)).get(pk=risk_model.pk)


def newest(risk_model: RiskModel) -> TierAssessment | None:
    rows = risk_model.assessments.select_related("proposed_by__person", "acceptance__accepted_by__person")
    return rows.order_by("-number").first()


def assess(actor: User, risk_model: RiskModel, proposed: Proposed) -> TierAssessment:
    """Write down the answers and what follows from them. `risk_model` is locked, or not there for anybody else yet."""
    questionnaire = questionnaires.current()
    found = computed_of(proposed)
    check_purpose(questionnaire, proposed.answers, uses_of(risk_model.uses))
    standing = newest(risk_model)
    made = TierAssessment(
        risk_model=risk_model,
        number=1 if standing is None else standing.number + 1,
        questionnaire=questionnaire.digest,
        answers=dict(proposed.answers),
        steps=found.plain(),
        computed_tier=found.tier,
        proposed_tier=proposed.tier or found.tier,
        override_reason=proposed.reason.strip(),
        proposed_by=actor,
        proposed_at=clock.now(),
    )
    made.save(force_insert=True)
    return made


def computed_of(proposed: Proposed) -> tiering.Computed:
    """What follows from the answers. Invalid with every answer that is missing or unknown, and where another tier than
    the computed one has no reason."""
    questionnaire = questionnaires.current()
    wrong = tiering.faults(questionnaire, proposed.answers)
    if wrong:
        raise Invalid("The questionnaire is not answered.", [_pointed(each) for each in wrong])
    found = tiering.computed(questionnaire, proposed.answers)
    _check_override(found.tier, proposed)
    return found


def take(actor: User, risk_model: RiskModel, found: TierAssessment) -> TierAcceptance:
    """Accept and let the model follow; the caller saves it."""
    refuse_insider(actor, risk_model, found.proposed_by)
    accepted = TierAcceptance(assessment=found, accepted_by=actor, accepted_at=clock.now())
    accepted.save(force_insert=True)
    risk_model.tier, risk_model.tier_reason = found.proposed_tier, found.override_reason
    return accepted


def refuse_insider(actor: User, risk_model: RiskModel, proposer: User) -> None:
    if actor.person_id in {proposer.person_id, risk_model.owner.person_id}:
        raise NotAllowed("Neither the proposer nor the owner accepts a tier. Ask another validator.")


def facts_of(found: TierAssessment) -> dict[str, object]:
    """What the ledger keeps: numbers and digests; the reason is a person's words and stays beside it."""
    return {
        "assessment": found.number,
        "questionnaire": found.questionnaire,
        "answers": canonical.digest(found.answers),
        "tier_computed": found.computed_tier,
        "tier_proposed": found.proposed_tier,
        "override_reason": canonical.sha256(found.override_reason.encode()),
    }


def _require_proposing(actor: User, risk_model: RiskModel) -> None:
    """Whoever proposes models, and whoever accepts them: a validator who finds the tier wrong says so, and another one
    accepts it."""
    if allows(actor=actor, permission=Permission.MODEL_ACCEPT, model_slug=risk_model.slug):
        return
    require(actor=actor, permission=Permission.MODEL_PROPOSE, model_slug=risk_model.slug)


def _waiting(risk_model: RiskModel, number: int) -> TierAssessment:
    found = newest(risk_model)
    if found is None or found.number != number:
        raise Conflict(f"Assessment {number} is not the newest of {risk_model.slug}. Look at the newest one.")
    if TierAcceptance.objects.filter(assessment=found).exists():
        raise WrongStage(f"Assessment {number} of {risk_model.slug} was accepted already.")
    return found


def _check_override(tier: int, proposed: Proposed) -> None:
    if proposed.tier is not None and proposed.tier not in tiering.TIERS:
        known = ", ".join(map(str, tiering.TIERS))
        raise Invalid("There is no such tier.", [FieldError("/tier", "unknown", f"The tiers are {known}.")])
    is_other, has_reason = proposed.tier not in (None, tier), bool(proposed.reason.strip())
    if is_other and not has_reason:
        detail = f"The answers give tier {tier}. Say why it is another."
        raise Invalid("Another tier needs a reason.", [FieldError("/tier_reason", "required", detail)])
    if has_reason and not is_other:
        detail = (
            f"The answers give tier {tier}, which needs no reason. Leave it empty, or propose another tier."
        )
        raise Invalid("The computed tier needs no reason.", [FieldError("/tier_reason", "unused", detail)])


def _pointed(fault: tiering.Fault) -> FieldError:
    pointer = f"/answers/{fault.question}" if fault.question else "/answers"
    return FieldError(pointer, fault.code, fault.detail)
