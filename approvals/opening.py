"""Asking: an act is put before those who sign, once at a time, exactly as its content says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals import closing, selectors, subjects
from approvals.conditions import carry_conditions
from approvals.content import asked_of_version
from approvals.models import ApprovalRequest
from approvals.policy import APPROVE_VERSION, RESUME_VERSION, RETIRE_VERSION, Standing, quorum_of
from approvals.signoffs import require_stage
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, FieldError, Invalid, NotFound, WrongStage
from mrm.settings import governance
from registry.lifecycle import Stage
from registry.models import DatasetSnapshot, ModelVersion
from registry.services import advance, lock_version
from validation.models import Conclusion
from validation.selectors import latest_conclusion
from validation.signing import check_words

# Acts that take nothing but the reason.
ASKED_WITH_WORDS = (RESUME_VERSION, RETIRE_VERSION)


@unit_of_work
def open_act(  # noqa: PLR0913 (what is asked, by whom, and what it is about)
    *,
    actor: User,
    act: str,
    subject: str,
    content: Mapping[str, Any],
    version: ModelVersion | None = None,
    snapshot: DatasetSnapshot | None = None,
) -> ApprovalRequest:
    """Put an act of governance.ACTS before those who sign it, bound to the digest of `content`. Refuses an act that
    the table does not know and a second open request for the same subject."""
    row = governance.ACTS.get(act)
    if row is None:
        raise NotFound(f"There is no act named {act[:64]}.")
    slug = None if version is None else version.risk_model.slug
    require(actor=actor, permission=Permission(row.asks), model_slug=slug)
    held = None if version is None else lock_version(version)
    if held is not None:
        closing.void_stale(actor, held)
    _refuse_second(act, subject)
    conclusion = None if held is None else latest_conclusion(held)
    request = _row(actor, act, subject, dict(content), held)
    request.snapshot = snapshot
    request.conclusion, request.evidence_digest = conclusion, request.digest
    _insert(actor, request)
    return request


@unit_of_work
def open_request(*, actor: User, version: ModelVersion) -> ApprovalRequest:
    """Put a validated version before the approvers, bound to the evidence that was concluded on. Where its tier asks
    for no approver, the version is approved at once."""
    require(actor=actor, permission=Permission.VERSION_REQUEST, model_slug=version.risk_model.slug)
    held = lock_version(version)
    if held.stage != Stage.VALIDATED:
        raise WrongStage(f"Cannot request {held.label}: it is {held.stage.replace('_', ' ')}, not validated.")
    closing.void_stale(actor, held)
    _refuse_second(APPROVE_VERSION, str(held.pk))
    held = advance(actor=actor, version=held, move="request")
    conclusion = _concluded(held)
    content = asked_of_version(APPROVE_VERSION, held, evidence=conclusion.evidence_digest)
    request = _row(actor, APPROVE_VERSION, str(held.pk), content, held)
    request.conclusion, request.evidence_digest = conclusion, conclusion.evidence_digest
    _insert(actor, request)
    carry_conditions(actor, request)
    if request.quorum == 0:
        closing.settle(actor, request, Standing.GRANTED, "The tier asks for no approver.")
    return request


@unit_of_work
def ask_for(*, actor: User, version: ModelVersion, act: str, why: str) -> ApprovalRequest:
    """Ask that a version be resumed or retired, as it stands now. Refuses other acts, another stage and empty words."""
    if act not in ASKED_WITH_WORDS:
        detail = f"One of {', '.join(ASKED_WITH_WORDS)}."
        raise Invalid("This is not asked here.", [FieldError("/act", "unknown", detail)])
    return ask_about(actor=actor, version=version, act=act, more={"why": why})


def ask_about(
    *, actor: User, version: ModelVersion, act: str, more: dict[str, Any], part: str = ""
) -> ApprovalRequest:
    """What every act over a version has in common; `part` names what of the version it is about."""
    require(actor=actor, permission=Permission(governance.ACTS[act].asks), model_slug=version.risk_model.slug)
    held = lock_version(version)
    require_stage(act, held, "ask")
    check_words("/why", more["why"])
    subject = f"{held.pk}/{part}" if part else str(held.pk)
    content = asked_of_version(act, held, **more)
    return open_act(actor=actor, act=act, subject=subject, content=content, version=held)


def _concluded(version: ModelVersion) -> Conclusion:
    conclusion = latest_conclusion(version)
    if conclusion is None:
        # The gate has refused already; without its row in the table nothing would be bound.
        raise WrongStage(f"{version.label} has no signed conclusion.")
    return conclusion


def _refuse_second(act: str, subject: str) -> None:
    standing = selectors.open_request(act=act, subject=subject)
    if standing is not None:
        raise Conflict(f"{standing.opened_by.name} has asked for this already, and the request is open.")


def _row(
    actor: User, act: str, subject: str, content: dict[str, Any], version: ModelVersion | None
) -> ApprovalRequest:
    moment = clock.now()
    return ApprovalRequest(
        act=act,
        subject=subject,
        content=content,
        digest=canonical.digest(content),
        version=version,
        quorum=quorum_of(None if version is None else version.risk_model.tier, act),
        opened_by=actor,
        opened_at=moment,
        due_at=moment + dt.timedelta(days=governance.ACTS[act].due_days),
    )


def _insert(actor: User, request: ApprovalRequest) -> None:
    request.save(force_insert=True)
    facts = {
        "request": str(request.pk),
        "act": request.act,
        "asked": request.digest,
        "evidence": request.evidence_digest,
        "quorum": request.quorum,
        "due_at": clock.stamp(request.due_at),
    }
    record(event=Event.REQUEST_OPENED, actor=actor, subject=subjects.of_request(request), facts=facts)
