"""The two things a validator signs: that a failed check may stand, and the verdict on the whole."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from accounts.stepup import Proof
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical
from mrm.lib.errors import Conflict, FieldError, Invalid, WrongStage
from registry import subjects
from registry.gatekeeper import pass_gates
from registry.lifecycle import Stage
from registry.models import ModelVersion
from registry.services import advance, lock_version
from validation import selectors
from validation.competence import counting
from validation.competence import plain as plain_competence
from validation.demands import (
    FIT_WITH_CONDITIONS,
    Demand,
    check_demands,
    keep_demands,
    plain,
    refuse_demands,
)
from validation.models import FIT, CheckResult, Conclusion, Deviation
from validation.signing import Signature, confirm, refuse_insider, signed_columns

DEVIATION = "deviation"
# The verdict of a conclusion and the move it makes.
MOVE_OF = {"fit": "conclude", FIT_WITH_CONDITIONS: "conclude", "not_fit": "reject", "returned": "return"}


def meaning_of(verdict: str) -> str:
    return f"conclusion:{verdict}"


@unit_of_work
def sign_deviation(  # noqa: PLR0913 (a signature is made of exactly these)
    *, actor: User, result: CheckResult, rationale: str, challenge: str, proof: Proof, shown_digest: str
) -> Deviation:
    """Let one failed blocking check of the newest evidence stand. Refuses insiders, other results, stale
    views."""
    version = result.run.version
    require(actor=actor, permission=Permission.DEVIATION_SIGN, model_slug=version.risk_model.slug)
    held = lock_version(version)
    refuse_insider(actor=actor, version=held, act="sign a deviation on it")
    _require_in_validation(held)
    _refuse_undeviatable(held, result)
    signature = Signature(DEVIATION, rationale, challenge, proof, shown_digest)
    confirm(actor=actor, signature=signature, shown_now=selectors.shown(held).digest)
    columns = signed_columns(actor=actor, signature=signature, evidence_digest=result.run.evidence_digest)
    deviation = Deviation(result=result, **columns)
    deviation.save(force_insert=True)
    facts = {
        "check": result.check_id,
        "result": result.digest,
        **_signed_facts(signature, deviation.evidence_digest),
    }
    record(event=Event.DEVIATION_SIGNED, actor=actor, subject=subjects.of_version(held), facts=facts)
    return deviation


@unit_of_work
def conclude(  # noqa: PLR0913 (a signature is made of exactly these)
    *,
    actor: User,
    version: ModelVersion,
    verdict: str,
    rationale: str,
    challenge: str,
    proof: Proof,
    shown_digest: str,
    conditions: Sequence[Demand] = (),
) -> Conclusion:
    """Sign the verdict on the newest evidence and make the move that goes with it: fit concludes, with conditions or
    without, not_fit rejects, returned gives the version back. Refuses with every reason of every gate."""
    require(actor=actor, permission=Permission.VERSION_CONCLUDE, model_slug=version.risk_model.slug)
    if verdict not in MOVE_OF:
        detail = f"One of {', '.join(MOVE_OF)}."
        raise Invalid("There is no such verdict.", [FieldError("/verdict", "unknown", detail)])
    (check_demands if verdict == FIT_WITH_CONDITIONS else refuse_demands)(conditions)
    held = lock_version(version)
    _require_in_validation(held)
    refuse_insider(actor=actor, version=held, act="conclude on it")
    run = selectors.latest_run(held)
    if run is None:
        raise WrongStage(f"Cannot conclude on {held.label}: no validation run has been completed. Start one.")
    signature = Signature(meaning_of(verdict), rationale, challenge, proof, shown_digest)
    confirm(actor=actor, signature=signature, shown_now=selectors.shown(held).digest)
    if verdict in FIT:
        # The database takes no other conclusion, so all reasons are told before it is asked to.
        refused = f"Cannot conclude on {held.label}."
        pass_gates(act=MOVE_OF[verdict], actor=actor, subject=held, refused=refused)
    columns = signed_columns(actor=actor, signature=signature, evidence_digest=run.evidence_digest)
    conclusion = Conclusion(version=held, run=run, verdict=verdict, **columns)
    conclusion.save(force_insert=True)
    demands = [plain(each) for each in keep_demands(conclusion, conditions)]
    advance(actor=actor, version=held, move=MOVE_OF[verdict], why=rationale)
    signed = _signed_facts(signature, run.evidence_digest)
    held_then = counting([conclusion.person], conclusion.at)[conclusion.person]
    competence = [plain_competence(each) for each in held_then]
    facts = {
        "verdict": verdict,
        "run": str(run.pk),
        "conditions": demands,
        "competence": competence,
        **signed,
    }
    record(event=Event.CONCLUSION_SIGNED, actor=actor, subject=subjects.of_version(held), facts=facts)
    return conclusion


def _require_in_validation(version: ModelVersion) -> None:
    if version.stage != Stage.IN_VALIDATION:
        raise WrongStage(
            f"Nothing is concluded on {version.label} now: it is {version.stage.replace('_', ' ')}, not in"
            f" validation."
        )


def _refuse_undeviatable(version: ModelVersion, result: CheckResult) -> None:
    newest = selectors.latest_run(version)
    if newest is None or result.run_id != newest.pk:
        raise Conflict("This result is not part of the newest evidence. Sign on the newest one.")
    if not result.blocks:
        raise Conflict("Only a failed blocking check needs a deviation; nothing was signed.")
    if result.deviations.exists():
        raise Conflict("A deviation on this check was signed already.")


def _signed_facts(signature: Signature, evidence_digest: str) -> dict[str, str]:
    return {
        "meaning": signature.meaning,
        "evidence": evidence_digest,
        "shown": signature.shown_digest,
        "rationale": canonical.sha256(signature.rationale.encode()),
    }
