"""From a candidate to a sealed version: asking for it, and writing it down once the bytes lie in the
store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Max

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from jobs.models import Job
from jobs.services import request_job
from mrm.lib import clock, strict_json
from mrm.lib.errors import Conflict, FieldError, Invalid
from quant.features.plain import SchemaFault
from registry import decision_policies, reason_dictionaries, subjects, vault
from registry.models import (
    Candidate,
    DecisionPolicy,
    ModelVersion,
    ReasonDictionary,
    RiskModel,
    SealedArtifact,
)
from registry.serving import manifest as manifests

# Inputs that a rule of a policy cannot compare with a number.
_WITHOUT_NUMBER = frozenset({"text", "date"})


@dataclass(frozen=True)
class Proposal:
    """What shall become a version. Without a predecessor the newest version is taken for it."""

    candidate: Candidate
    policy: DecisionPolicy
    dictionary: ReasonDictionary
    predecessor: ModelVersion | None = None
    change_note: str = ""

    @property
    def risk_model(self) -> RiskModel:
        return self.candidate.risk_model


@dataclass(frozen=True)
class SealedBytes:
    """The artefact as it lies in the store now."""

    digest: str
    manifest: dict[str, Any]  # canonical JSON
    size: int


@unit_of_work
def request_registration(*, actor: User, proposal: Proposal) -> Job:
    """Queue the job that copies the candidate's bytes out of MLflow and seals them. Refuses parts that do
    not belong together."""
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=proposal.risk_model.slug)
    _check(proposal)
    payload = {
        "candidate": str(proposal.candidate.pk),
        "policy": str(proposal.policy.pk),
        "dictionary": str(proposal.dictionary.pk),
        "predecessor": str(proposal.predecessor.pk) if proposal.predecessor else "",
        "change_note": proposal.change_note,
    }
    subject = subjects.of_model(proposal.risk_model)
    return request_job(actor=actor, kind="register", subject=subject, payload=payload)


@unit_of_work
def register_version(*, actor: User, proposal: Proposal, sealed: SealedBytes) -> ModelVersion:
    """A draft over sealed bytes. Its author is whoever registers, its trainer whoever trained. Refuses the
    same candidate, policy and dictionary a second time."""
    risk_model = proposal.risk_model
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=risk_model.slug)
    # The parent's row is locked: versions are numbered without gaps.
    RiskModel.objects.select_for_update(of=("self",)).get(pk=risk_model.pk)
    _check(proposal)
    _refuse_twin(proposal, sealed.digest)
    _seal(sealed)
    moment = clock.now()
    version = ModelVersion(
        risk_model=risk_model,
        number=_next_number(risk_model),
        artifact_id=sealed.digest,
        snapshot=proposal.candidate.snapshot,
        candidate=proposal.candidate,
        policy=proposal.policy,
        dictionary=proposal.dictionary,
        predecessor=proposal.predecessor or risk_model.versions.order_by("-number").first(),
        change_note=proposal.change_note,
        author=actor.person,
        trainer=proposal.candidate.trained_by.person,
        registered_at=moment,
        stage_since=moment,
    )
    version.save(force_insert=True)
    _record(actor, version)
    return version


def sealed_from(folder: Path) -> SealedBytes:
    """Put a candidate folder into the store."""
    return sealed_under(vault.artifacts().put_folder(folder))


def sealed_under(digest: str) -> SealedBytes:
    """What lies in the store under this digest, read and compared with it."""
    manifest = vault.artifacts().read_sealed(digest).manifest
    content = manifests.dump(manifest)
    size = len(content) + sum(entry.size for entry in manifest.files)
    return SealedBytes(digest=digest, manifest=strict_json.loads(content), size=size)


def _check(proposal: Proposal) -> None:
    errors = [
        FieldError(f"/{name}", "other-model", f"This {name} belongs to another model.")
        for name in ("policy", "dictionary", "predecessor")
        if getattr(proposal, name) is not None
        and getattr(proposal, name).risk_model_id != proposal.candidate.risk_model_id
    ]
    errors += _unfit(proposal)
    if errors:
        raise Invalid("These parts do not make a version.", errors)
    twin = ModelVersion.objects.filter(
        candidate=proposal.candidate, policy=proposal.policy, dictionary=proposal.dictionary
    ).first()
    if twin is not None:
        raise Conflict(f"{twin.label} was registered from exactly these parts. Work with that version.")


def _refuse_twin(proposal: Proposal, digest: str) -> None:
    """The same estimator taken in again makes no other version. Training again is an act of its own."""
    if not proposal.candidate.source_run_id:
        return
    twin = ModelVersion.objects.filter(
        risk_model=proposal.risk_model,
        artifact=digest,
        policy=proposal.policy,
        dictionary=proposal.dictionary,
        snapshot=proposal.candidate.snapshot,
    ).first()
    if twin is not None:
        raise Conflict(
            f"{twin.label} has exactly these bytes, data, policy and words. Work with that version."
        )


def _unfit(proposal: Proposal) -> list[FieldError]:
    """A rule that reads what is no input, and a reason nobody has words for, would show only when an
    applicant is declined."""
    from quant.reasons import load_groups

    task, policy = proposal.candidate.recipe, decision_policies.loaded(proposal.policy)
    errors = []
    try:
        policy.refuse_unknown_inputs(
            [each["name"] for each in task["schema"]["inputs"] if each["type"] not in _WITHOUT_NUMBER]
        )
    except SchemaFault as fault:
        errors.append(FieldError("/policy", "unknown-input", str(fault)))
    words = reason_dictionaries.words_of(proposal.dictionary)
    wanted = [group.key for group in load_groups(task["reasons"])] + [rule.key for rule in policy.rules]
    errors += [
        FieldError("/dictionary", "no-words", f"The dictionary has no words for {key}.")
        for key in wanted
        if key not in words
    ]
    return errors


def _seal(sealed: SealedBytes) -> None:
    if SealedArtifact.objects.filter(pk=sealed.digest).exists():
        # One artefact may stand in several versions.
        return
    SealedArtifact(
        digest=sealed.digest, manifest=sealed.manifest, size=sealed.size, sealed_at=clock.now()
    ).save(force_insert=True)


def _next_number(risk_model: RiskModel) -> int:
    newest = risk_model.versions.aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1


def _record(actor: User, version: ModelVersion) -> None:
    facts = {
        "model": version.risk_model.slug,
        "number": version.number,
        "artifact": version.artifact_id,
        "snapshot": version.snapshot.digest,
        "candidate": str(version.candidate_id),
        "policy": version.policy.digest,
        "dictionary": version.dictionary.digest,
        "predecessor": version.predecessor.number if version.predecessor else None,
        "trainer": str(version.trainer_id),
    }
    record(event=Event.VERSION_REGISTERED, actor=actor, subject=subjects.of_version(version), facts=facts)
