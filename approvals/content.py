"""What is asked, as canonical JSON, and what a signer is shown around it."""

from __future__ import annotations

from typing import Any

from approvals.models import ApprovalRequest, Condition
from approvals.policy import APPROVE_VERSION
from mrm.lib import canonical, clock
from registry.models import ModelVersion
from validation import evidence as proof
from validation.evidence import Shown
from validation.selectors import latest_run
from validation.selectors import shown as evidence_shown

FORMAT = "countersign-asked/1"
SHOWN_FORMAT = "countersign-shown-act/1"
CONDITION_FORMAT = "countersign-shown-condition/1"
Content = dict[str, Any]  # JSON without floats


def asked_of_version(act: str, version: ModelVersion, **more: object) -> Content:
    """The version as it stands at the moment of asking: what changes afterwards makes the request stale."""
    return {
        "format": FORMAT,
        "act": act,
        "version": str(version.pk),
        "label": version.label,
        "artifact": version.artifact_id,
        "policy": version.policy.digest,
        "stage": str(version.stage),
        "since": clock.stamp(version.stage_since),
        **more,
    }


def shown_of(request: ApprovalRequest) -> Shown:
    """What stands before a signer now. An approval shows the evidence and its findings; every other act shows
    what is asked, and the same evidence beside it where there is any."""
    version = request.version
    if request.act == APPROVE_VERSION and version is not None:
        return evidence_shown(version)
    run = None if version is None else latest_run(version)
    content = {
        "format": SHOWN_FORMAT,
        "request": str(request.pk),
        "act": request.act,
        "asked": request.digest,
        "stage": None if version is None else str(version.stage),
        "evidence": None if run is None else proof.shown_of(run).digest,
    }
    return Shown(content, canonical.digest(content))


def why_stale(request: ApprovalRequest) -> str | None:
    """Why what is asked is no longer what there is, or None. `request.version` is the locked row."""
    version = request.version
    if version is None:
        return None
    if request.act == APPROVE_VERSION:
        run = latest_run(version)
        if run is None or run.evidence_digest != request.evidence_digest:
            return f"there is newer evidence on {version.label} than this request names"
        return None
    if request.content["since"] != clock.stamp(version.stage_since):
        return f"{version.label} has moved since this was asked: it is {version.stage.replace('_', ' ')} now"
    return None


def shown_of_condition(condition: Condition) -> Shown:
    """What stands before the validator who signs that a condition is met."""
    content = {
        "format": CONDITION_FORMAT,
        "condition": str(condition.pk),
        "request": str(condition.request_id),
        "words": condition.words,
        "owner": condition.owner.name,
        "due_at": clock.stamp(condition.due_at),
    }
    return Shown(content, canonical.digest(content))
