"""What is asked, as canonical JSON, and what a signer is shown around it."""

from __future__ import annotations

from typing import Any

from approvals.models import ApprovalRequest, Condition
from approvals.policy import APPROVE_VERSION
from mrm.lib import canonical, clock
from registry.models import DatasetSnapshot, ModelVersion
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


def asked_of_snapshot(act: str, snapshot: DatasetSnapshot, **more: object) -> Content:
    """A snapshot never changes, so nothing makes the request stale."""
    return {"format": FORMAT, "act": act, "snapshot": str(snapshot.pk), "data": snapshot.digest, **more}


def shown_of(request: ApprovalRequest) -> Shown:
    """What stands before a signer now. An approval shows the evidence and its findings; every other act shows
    what is asked, and the same evidence beside it where there is any. What other approvers have asked for under this
    request is shown with both."""
    version, conditions = request.version, _conditions(request)
    if request.act == APPROVE_VERSION and version is not None:
        seen = evidence_shown(version)
        return _with(seen.content, conditions) if conditions else seen
    run = None if version is None else latest_run(version)
    content = {
        "format": SHOWN_FORMAT,
        "request": str(request.pk),
        "act": request.act,
        "asked": request.digest,
        "stage": None if version is None else str(version.stage),
        "evidence": None if run is None else proof.shown_of(run).digest,
    }
    return _with(content, conditions)


def _conditions(request: ApprovalRequest) -> list[dict[str, str]]:
    """Those of approvers; the validator's are a part of the conclusion."""
    rows = request.conditions.filter(signoff__isnull=False).select_related("owner").order_by("due_at", "id")
    return [
        {
            "condition": str(each.pk),
            "words": canonical.sha256(each.words.encode()),
            "owner": each.owner.ledger_id,
            "due_at": clock.stamp(each.due_at),
        }
        for each in rows
    ]


def _with(content: Content, conditions: list[dict[str, str]]) -> Shown:
    shown = content | ({"conditions": conditions} if conditions else {})
    return Shown(shown, canonical.digest(shown))


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
