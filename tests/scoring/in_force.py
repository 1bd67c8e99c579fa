"""A version brought into force for the tests of scoring, by services only; the bytes in it are really trained."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.stepup import Proof, open_challenge
from approvals.models import Cap
from approvals.services import Terms, ask_pre_validation_use, open_request, sign_off
from mrm.lib import canonical, clock
from quant.features import form
from quant.reasons import ReasonGroup, dump_groups
from registry import declarations, vault
from registry.candidates import Trained, record_candidate
from registry.decision_policies import propose_policy
from registry.entries import EntryWords, accept_model, propose_model
from registry.models import DatasetSnapshot, ModelVersion, RiskModel
from registry.reason_dictionaries import propose_dictionary
from registry.registration import Proposal, register_version, sealed_under
from registry.services import submit_version
from tests.cast import PASSWORD
from tests.registry.documents import documented
from tests.serving.cards import card_frame
from tests.tiers import answered
from tests.validation.cases import assess, signing_of
from training import card
from validation.runner import Outcome
from validation.selectors import shown
from validation.services import complete_run, conclude, freeze_standard, start_run
from validation.signing import Signature

if TYPE_CHECKING:
    from accounts.models import User
    from tests.cast import Cast

SLUG = "card-limit"
SNAPSHOT = "a" * 64


def policy_rules(approve_below: str, decline_from: str) -> dict[str, object]:
    rule = {"key": "unknown_code", "outcome": "refer", "flag": "unknown_code"}
    return {
        "format": "decision-policy/1",
        "approve_below": approve_below,
        "decline_from": decline_from,
        "rules": [rule],
    }


def dictionary() -> dict[str, object]:
    keys = [*(group.key for group in card.groups()), "unknown_code"]
    listed = [
        {"key": key, "code": f"R{place:02}", "texts": {"en": f"English {key}", "pt-br": f"Português {key}"}}
        for place, key in enumerate(keys, start=1)
    ]
    return {"format": "reason-dictionary/1", "reasons": listed}


def accepted_model(cast: Cast, slug: str = SLUG) -> RiskModel:
    words = EntryWords(
        name="Card limit",
        purpose="Requests for a higher limit.",
        intended_use="Existing clients.",
        **answered(1),
        business_unit="Cards",
    )
    entry = propose_model(actor=cast.dana, slug=slug, words=words)
    return accept_model(actor=cast.victor, risk_model=entry, tier=1)


def registered(
    cast: Cast,
    risk_model: RiskModel,
    candidate_folder: Path,
    cuts: tuple[str, str],
    run_id: str = "",
    *,
    reasons: tuple[ReasonGroup, ...] = (),
) -> ModelVersion:
    """A draft over the sealed bytes of a candidate folder, of this run in MLflow or of one that nobody logged; these
    are the groups of its reasons where they are not those of the card."""
    digest = vault.artifacts().put_folder(candidate_folder)
    policy = propose_policy(actor=cast.dana, risk_model=risk_model, rules=policy_rules(*cuts)).policy
    words = propose_dictionary(actor=cast.dana, risk_model=risk_model, reasons=dictionary()).dictionary
    task = {
        "name": "card-limit",
        "schema": form.dump(card.schema()),
        "reasons": dump_groups(reasons or card.groups()),
    }
    candidate = record_candidate(
        actor=cast.dana,
        trained=Trained(
            job_id=uuid.uuid4(),
            risk_model=risk_model,
            snapshot=snapshot_of(cast),
            mlflow_run_id=run_id or uuid.uuid4().hex,
            artifact_digest=digest,
            recipe=task,
            recipe_digest=canonical.digest(task),
            metrics={},
        ),
    )
    sealed = sealed_under(digest)
    version = register_version(actor=cast.dana, proposal=Proposal(candidate, policy, words), sealed=sealed)
    return documented(cast.dana, version)


def approve(cast: Cast, version: ModelVersion) -> ModelVersion:
    """Submitted by its developer, concluded by victor, signed by ada and amir: each by the service that does it."""
    conclude_and_approve(cast, submit_version(actor=cast.dana, version=version))
    version.refresh_from_db()
    return version


def conclude_and_approve(cast: Cast, submitted: ModelVersion) -> None:
    gather_evidence(cast, submitted)
    signed = signature_of(cast.victor, submitted, "conclusion:fit")
    conclude(actor=cast.victor, version=submitted, verdict="fit", **signed)
    request = open_request(actor=cast.dana, version=submitted)
    for approver in (cast.ada, cast.amir):
        signed = Signature(meaning="signoff:approve", **signature_of(approver, submitted, "signoff:approve"))
        sign_off(actor=approver, request=request, verdict="approve", signature=signed)


def cap(cast: Cast, version: ModelVersion, terms: Terms) -> Cap:
    """Use before validation: asked by its developer, granted by ada and amir. The version is in validation."""
    request = ask_pre_validation_use(actor=cast.dana, version=version, terms=terms, why="A pilot.")
    for approver in (cast.ada, cast.amir):
        signature = signing_of(approver, request, "signoff:approve")
        sign_off(actor=approver, request=request, verdict="approve", signature=signature)
    return Cap.objects.get(request=request)


def gather_evidence(cast: Cast, version: ModelVersion) -> None:
    """Results as a run would have found them; measuring is tested elsewhere."""
    standard = freeze_standard(actor=cast.victor, slug="card-limit-demo")
    run = start_run(actor=cast.victor, version=version, standard=standard)
    outcomes = [Outcome(check, "passed", True, "As it should be.", [], {}) for check in run.plan]  # noqa: FBT003
    complete_run(actor=cast.victor, run=run, outcomes=outcomes)
    assess(cast.victor, ModelVersion.objects.get(pk=version.pk))


def signature_of(user: User, version: ModelVersion, meaning: str) -> dict[str, object]:
    digest = shown(version).digest
    nonce = open_challenge(actor=user, digest=digest, meaning=meaning)
    return {
        "rationale": "It does what it says.",
        "challenge": nonce,
        "proof": Proof(PASSWORD),
        "shown_digest": digest,
    }


DECLARED = declarations.Declaration(
    name="drawn",
    format="parquet",
    target="DEFAULT",
    id="ID",
    protected=card.PROTECTED,
    proxies=card.PROXIES,
    exposure="LIMIT_BAL",
)


def snapshot_of(cast: Cast) -> DatasetSnapshot:
    standing = DatasetSnapshot.objects.first()
    return standing or DatasetSnapshot.objects.create(
        name="drawn",
        digest=SNAPSHOT,
        development_digest="b" * 64,
        held_out_digest="c" * 64,
        development_rows=2100,
        held_out_rows=900,
        declaration={**DECLARED.plain(), "columns": [{"name": name} for name in card_frame(10).columns]},
        quality={},
        split={},
        imported_by=cast.dana,
        imported_at=clock.now(),
    )
