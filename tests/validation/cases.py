"""Versions at the stage a test needs, brought there by services only; the sealed bytes are really trained."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.models import User
from accounts.stepup import Proof, open_challenge
from approvals.content import shown_of
from approvals.models import ApprovalRequest
from mrm.lib import strict_json
from registry import declarations, snapshots, vault
from registry.candidates import Trained, record_candidate
from registry.decision_policies import propose_policy
from registry.entries import EntryWords, accept_model, propose_model
from registry.models import Candidate, DatasetSnapshot, ModelVersion, RiskModel
from registry.reason_dictionaries import propose_dictionary
from registry.registration import Proposal, register_version, sealed_under
from registry.services import submit_version
from tests.cast import PASSWORD, Cast
from tests.registry.documents import documented
from tests.tiers import answered
from training import card
from validation.assessing import Written, write_assessment
from validation.assessments import topics_to_assess, why_closed
from validation.installing import REVIEWED
from validation.models import CheckResult, Conclusion, PolicyPack, ValidationRun, ValidationStandard
from validation.runner import Outcome
from validation.selectors import latest_run, shown
from validation.services import complete_run, conclude, freeze_standard, start_run
from validation.signing import Signature
from validation.topics import Rating

SLUG = "card-limit"
WIDE, NARROW = "0.35", "0.15"


@dataclass(frozen=True)
class Drawn:
    """A table nobody owes, imported and trained on once a session: plain files, no rows of a database."""

    declaration: declarations.Declaration
    upload: Path
    candidate: Path
    task: dict[str, object]
    recipe_digest: str


def accepted_model(cast: Cast, *, tier: int = 1, slug: str = SLUG) -> RiskModel:
    words = EntryWords(
        name="Card limit",
        purpose="Requests for a higher limit.",
        intended_use="Existing clients.",
        **answered(tier),
    )
    entry = propose_model(actor=cast.dana, slug=slug, words=words)
    return accept_model(actor=cast.victor, risk_model=entry, tier=tier)


def frozen(cast: Cast, drawn: Drawn) -> DatasetSnapshot:
    table, quality = (
        strict_json.loads((drawn.upload / name).read_bytes()) for name in ("table.json", "quality.json")
    )
    digest = snapshots.digest_of(drawn.declaration, table)
    kept = {
        part: vault.put_part(
            snapshot=digest, name=part, content=(drawn.upload / f"{part}.parquet").read_bytes()
        )
        for side in table["parts"]
        for part in side["digests"]
    }
    inspected = snapshots.Inspected(drawn.declaration, digest, table, quality, kept)
    return snapshots.freeze_snapshot(actor=cast.dana, inspected=inspected)


def recorded(cast: Cast, risk_model: RiskModel, drawn: Drawn) -> Candidate:
    trained = Trained(
        job_id=uuid.uuid4(),
        risk_model=risk_model,
        snapshot=frozen(cast, drawn),
        mlflow_run_id=uuid.uuid4().hex,
        artifact_digest=vault.artifacts().put_folder(drawn.candidate),
        recipe={"name": "card-limit", **drawn.task},
        recipe_digest=drawn.recipe_digest,
        metrics=strict_json.loads((drawn.candidate / "metrics.json").read_bytes()),
    )
    return record_candidate(actor=cast.dana, trained=trained)


def registered(cast: Cast, candidate: Candidate, cut_off: str) -> ModelVersion:
    """A draft with its document."""
    return documented(cast.dana, drafted(cast, candidate, cut_off))


def drafted(cast: Cast, candidate: Candidate, cut_off: str) -> ModelVersion:
    risk_model = candidate.risk_model
    rules = {"format": "decision-policy/1", "approve_below": cut_off, "decline_from": cut_off, "rules": []}
    policy = propose_policy(actor=cast.dana, risk_model=risk_model, rules=rules).policy
    words = propose_dictionary(actor=cast.dana, risk_model=risk_model, reasons=_dictionary()).dictionary
    sealed = sealed_under(candidate.artifact_digest)
    return register_version(actor=cast.dana, proposal=Proposal(candidate, policy, words), sealed=sealed)


def _dictionary() -> dict[str, object]:
    listed = [
        {"key": group.key, "code": f"R{at:02}", "texts": {"en": group.key, "pt-br": group.key}}
        for at, group in enumerate(card.groups(), start=1)
    ]
    return {"format": "reason-dictionary/1", "reasons": listed}


def assess(user: User, version: ModelVersion) -> None:
    """Every topic that the plan asks for, in this validator's words, where something may be written now."""
    if why_closed(version, latest_run(version)) is None:
        for topic in topics_to_assess(version):
            words = Written(topic, Rating.SATISFACTORY, f"I have read what there is about {topic}.")
            write_assessment(actor=user, version=version, written=words)


def signature(user: User, version: ModelVersion, meaning: str, **changed: object) -> dict[str, Any]:
    """What a signer sends, prepared by themselves for what is shown now."""
    digest = shown(version).digest
    nonce = open_challenge(actor=user, digest=digest, meaning=meaning)
    words = {
        "rationale": "I have read it.",
        "challenge": nonce,
        "proof": Proof(PASSWORD),
        "shown_digest": digest,
    }
    return words | changed


def pack_signature(user: User, pack: PolicyPack, **changed: object) -> dict[str, Any]:
    """What the reviewer of a policy pack sends."""
    nonce = open_challenge(actor=user, digest=pack.digest, meaning=REVIEWED)
    words = {
        "rationale": "Compared with the text.",
        "challenge": nonce,
        "proof": Proof(PASSWORD),
        "shown_digest": pack.digest,
    }
    return words | changed


def signing(user: User, version: ModelVersion, meaning: str, **changed: str) -> Signature:
    """The same as the one object that a sign-off takes."""
    return Signature(meaning=meaning, **signature(user, version, meaning, **changed))


def signing_of(user: User, request: ApprovalRequest, meaning: str, **changed: str) -> Signature:
    """A signature under any act: what is shown is what that request shows now."""
    digest = shown_of(ApprovalRequest.objects.get(pk=request.pk)).digest
    nonce = open_challenge(actor=user, digest=digest, meaning=meaning)
    words = {
        "rationale": "I have read it.",
        "challenge": nonce,
        "proof": Proof(PASSWORD),
        "shown_digest": digest,
    }
    return Signature(meaning=meaning, **words | changed)


@dataclass
class Case:
    """One version in validation."""

    cast: Cast
    version: ModelVersion
    standard: ValidationStandard

    def stage(self) -> str:
        self.version.refresh_from_db()
        return self.version.stage

    def started(self, by: User | None = None) -> ValidationRun:
        return start_run(actor=by or self.cast.victor, version=self.version, standard=self.standard)

    def outcomes(self, **verdicts: str) -> list[Outcome]:
        """Results as a run would have found them: all passed but those named."""
        blocking = {each["check"] for each in self.standard.content["plan"] if each["force"] == "blocking"}
        return [
            Outcome(
                each["check"],
                verdicts.get(each["check"], "passed"),
                each["check"] in blocking,
                "Read.",
                [],
                {},
            )
            for each in self.standard.content["plan"]
        ]

    def evidence(self, by: User | None = None, **verdicts: str) -> ValidationRun:
        """A completed run, and what the validator says about it."""
        done = self.tested(by, **verdicts)
        assess(by or self.cast.victor, self.version)
        done.refresh_from_db()
        return done

    def tested(self, by: User | None = None, **verdicts: str) -> ValidationRun:
        run = self.started(by)
        done = complete_run(actor=by or self.cast.victor, run=run, outcomes=self.outcomes(**verdicts))
        from jobs.models import Job

        # The job of a run that was completed by hand has nothing left to do.
        Job.objects.filter(pk=run.job_id).update(state="succeeded", ended_at=done.completed_at)
        self.version.refresh_from_db()
        return done

    def result(self, check: str) -> CheckResult:
        run = latest_run(self.version)
        assert run is not None
        return run.results.select_related("run__version__risk_model").get(check_id=check)

    def concluded(self, verdict: str = "fit", **more: Any) -> Conclusion:
        signed = signature(self.cast.victor, self.version, f"conclusion:{verdict}")
        made = conclude(actor=self.cast.victor, version=self.version, verdict=verdict, **signed, **more)
        self.version.refresh_from_db()
        return made


def case_in_validation(cast: Cast, drawn: Drawn, *, tier: int = 1, cut_off: str = WIDE) -> Case:
    candidate = recorded(cast, accepted_model(cast, tier=tier), drawn)
    version = submit_version(actor=cast.dana, version=registered(cast, candidate, cut_off))
    return Case(cast, version, freeze_standard(actor=cast.victor, slug="card-limit-demo"))
