"""Scoring: no score without an approved version in force, and no answer before its decision is committed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals.caps import spend
from approvals.in_force import cap_from, live_cap
from approvals.models import Cap
from audit.services import queue_unsealed
from mrm.lib import clock
from mrm.lib.errors import NotFound, Refusal, Unavailable
from mrm.settings import governance
from registry import serving, vault
from registry.gatekeeper import ask_gates
from registry.models import RiskModel
from scoring import (
    applications,
    capped,
    computation,
    environments,
    metrics,
    records,
    repeats,
    seals,
    selectors,
)
from scoring.models import Decision, DecisionPayload, Deployment
from scoring.payloads import Payload
from scoring.selectors import DecisionFile
from scoring.slots import CHAMPION

if TYPE_CHECKING:
    from registry.serving.served import Served

LOG = "decisions"


class NothingInForce(Refusal):
    """No version may score for this model now."""

    status, code, title = 409, "nothing-in-force", "No version is in force"


@dataclass(frozen=True)
class Asked:
    """One request to score: the parsed body, and the Idempotency-Key if the caller sent one."""

    model_slug: str
    members: Any  # JSON, read strictly by `applications.read`
    repeat: repeats.Repeat | None = None


@dataclass(frozen=True)
class Used:
    """What decides now: the deployment, and the cap where its version's validation has not ended."""

    deployment: Deployment
    cap: Cap | None


def score(*, actor: User, asked: Asked) -> DecisionFile:
    """Score one application with the champion and keep the decision; a repeated key gives the same decision.

    Nothing is computed inside the write transaction. Refuses with NotFound, NothingInForce, Unavailable (the
    bytes do not match their seal), Invalid (every error of the input) and, before the validation has ended, with what
    its cap does not hold.
    """
    slug = asked.model_slug
    require(actor=actor, permission=Permission.DECISION_MAKE, model_slug=slug)
    decided = repeats.decided(asked.repeat) if asked.repeat else None
    if decided:
        return _again(decided)
    with metrics.timed(slug, "gate"):
        used = _in_force(actor, slug)
    with metrics.timed(slug, "load"):
        served = _load(actor, used.deployment)
    with metrics.timed(slug, "compute"):
        payload = _compute(served, used.deployment, asked.members)
    with metrics.timed(slug, "keep"):
        return _keep_or_explain(actor, used, payload, asked)


def _again(decision_id: uuid.UUID) -> DecisionFile:
    file = selectors.opened_file(selectors.find(decision_id))
    if file.payload is None:
        raise records.Erased("The answer to this Idempotency-Key was erased with the applicant's data.")
    return file


def _in_force(actor: User, slug: str) -> Used:
    """The state of the gates is read for every score: a suspension counts from its commit on."""
    deployment = (
        Deployment.objects.select_related("version__risk_model", "version__policy", "version__dictionary")
        .filter(risk_model__slug=slug, slot=CHAMPION, ended_at=None)
        .annotate(live_cap=live_cap("version", clock.now()))
        .first()
    )
    if deployment is None:
        raise _nothing_deployed(slug)
    metrics.know(slug)
    reasons = ask_gates(act="scoring", actor=actor, subject=deployment.version)
    if reasons:
        raise NothingInForce(f"{deployment.version.label} may not score now. {' '.join(reasons)}")
    return Used(deployment, cap_from(deployment.live_cap))


def _nothing_deployed(slug: str) -> Refusal:
    if not RiskModel.objects.filter(slug=slug).exists():
        return NotFound("There is no model under this name.")
    return NothingInForce(
        f"{slug} cannot score: no version holds its slot {CHAMPION}. An operator deploys an approved version."
    )


def _load(actor: User, deployment: Deployment) -> Served:
    try:
        return serving.load(vault.artifacts(), deployment.version.artifact_id)
    except Unavailable as refusal:
        seals.note_broken(actor=actor, version=deployment.version, code=refusal.code)
        raise


def _compute(served: Served, deployment: Deployment, members: Any) -> Payload:
    application = applications.read(members, served)
    return computation.compute(
        served=served,
        policy=deployment.version.policy,
        dictionary=deployment.version.dictionary,
        application=application.inputs,
        reference=application.reference,
    )


def _keep_or_explain(actor: User, used: Used, payload: Payload, asked: Asked) -> DecisionFile:
    """The database refuses what changed since it was read: a key used meanwhile, a version out of force."""
    try:
        return _keep(actor, used, payload, asked.repeat)
    except IntegrityError:
        decided = repeats.decided(asked.repeat) if asked.repeat else None
        if decided:
            return _again(decided)
        if _in_force(actor, asked.model_slug) == used:
            # Neither: a fault of this program, and it must show as one.
            raise
        raise NothingInForce(
            f"The version in force of {asked.model_slug} changed while this was scored. Send it again."
        ) from None


def _keep(actor: User, used: Used, payload: Payload, repeat: repeats.Repeat | None) -> DecisionFile:
    """Four rows in one transaction, all or none: the key of the request, the decision, its payload, its place
    in the queue of the sealer. Under a cap the decision is counted first."""
    decision_id, moment = uuid.uuid4(), clock.now()
    amount = 0 if used.cap is None else capped.amount_of(used.cap, payload.inputs)
    header = _header(actor, used, payload, decision_id, clock.stamp(moment))
    sealed = records.seal(header, payload)
    decision = Decision(
        id=decision_id,
        deployment=used.deployment,
        version=used.deployment.version,
        body=sealed.body,
        record=sealed.record,
        outcome=payload.outcome,
        reference=header.reference,
        cap=used.cap,
        made_by=actor,
        at=moment,
    )
    with transaction.atomic():
        if repeat:
            repeats.keep(repeat, decision_id)
        if used.cap is not None:
            _spend(used.cap, amount, used.deployment.version.label)
        decision.save(force_insert=True)
        kept = DecisionPayload(
            decision=decision, ciphertext=sealed.ciphertext, wrapped_key=sealed.wrapped_key
        )
        kept.save(force_insert=True)
        queue_unsealed(log=LOG, record_hash=sealed.record)
    return DecisionFile(decision=decision, dictionary=used.deployment.version.dictionary, payload=payload)


def _spend(cap: Cap, amount: int, label: str) -> None:
    if not spend(cap, amount):
        raise capped.CapReached(
            f"The application was not scored: the cap under which {label} is used before validation has not enough"
            " left for it. Decide it without the model, or ask for another cap."
        )


def _header(actor: User, used: Used, payload: Payload, decision_id: uuid.UUID, at: str) -> records.Header:
    version = used.deployment.version
    return records.Header(
        decision_id=decision_id,
        at=at,
        made_by=actor.ledger_id,
        model=version.risk_model.slug,
        model_version=version.number,
        artifact=version.artifact_id,
        policy=version.policy.digest,
        dictionary=version.dictionary.digest,
        governance=governance.digest(),
        deployment=str(used.deployment.pk),
        environment=environments.digest(),
        outcome=payload.outcome,
        reference=records.keyed_reference(payload.reference),
        cap="" if used.cap is None else str(used.cap.pk),
    )
