"""What approvals let stop a move. A gate answers None, or says why not and what to do."""

from __future__ import annotations

from accounts.models import User
from approvals import selectors
from approvals.in_force import standing_of
from approvals.models import ApprovalRequest
from approvals.policy import RESUME_VERSION, RETIRE_VERSION, Standing, approvers, standing
from registry.gates import ConcernsVersion, version_of
from registry.models import ModelVersion, TierAssessment
from validation.gates import titles_of
from validation.selectors import blocking_failures, latest_run


def quorum_is_reached(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001 (every gate has this signature)
    """Enough independent people have signed the newest evidence under the open request."""
    version = version_of(subject)
    request = selectors.open_request_of(version)
    if request is None:
        return f"Nobody has asked for the approval of {version.label}. Open a request."
    run = latest_run(version)
    if run is None or run.evidence_digest != request.evidence_digest:
        return (
            f"The request for {version.label} is about older evidence. Have it concluded and requested again."
        )
    quorum = request.owed
    signed, insiders = selectors.signed_of(request), selectors.insiders_of(request)
    if standing(signed, insiders, quorum) is Standing.GRANTED:
        return None
    have = approvers(signed, insiders)
    return f"{have} of {quorum} independent sign-offs on {version.label}. Ask another approver."


def nothing_is_asked_at_a_higher_tier(*, actor: User, subject: TierAssessment) -> str | None:  # noqa: ARG001
    """Nobody lowers the quorum under a question that is being answered; a raised one is asked for above."""
    entry = subject.risk_model
    if entry.tier is None or subject.proposed_tier <= entry.tier:
        return None
    asked = ApprovalRequest.objects.filter(version__risk_model=entry, closed_at=None)
    labels = ", ".join(f"v{each.version.number}" for each in asked.select_related("version") if each.version)
    if not labels:
        return None
    return (
        f"{entry.slug} would go from tier {entry.tier} to {subject.proposed_tier} while approvers are asked about"
        f" {labels}. Wait until that is decided, or withdraw the request."
    )


def version_is_in_force(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    """Read again from the database, in one question: what was loaded a moment ago may have been suspended since."""
    return standing_of(version_of(subject)).why_not_in_force


def blocking_failures_are_settled(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    """By the validator's deviation, or by an exception that has not lapsed."""
    version = version_of(subject)
    failed = blocking_failures(version)
    excepted = selectors.excepted_results(version) if failed else set()
    left = [result for result in failed if result.pk not in excepted]
    if not left:
        return None
    return (
        f"Blocking checks failed: {titles_of(left)}. Conclude not fit, return the version, sign a deviation with"
        " a rationale for each, or ask for an exception until a date."
    )


def resumption_is_granted(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    return _not_granted(RESUME_VERSION, version_of(subject), "resumption")


def retirement_is_granted(*, actor: User, subject: ModelVersion | ConcernsVersion) -> str | None:  # noqa: ARG001
    return _not_granted(RETIRE_VERSION, version_of(subject), "retirement")


def _not_granted(act: str, version: ModelVersion, what: str) -> str | None:
    """A grant is about the version as it stood: one from before its last move does not count again."""
    if selectors.grant_for(version, act) is not None:
        return None
    return f"The {what} of {version.label} is not granted. Ask for it; approvers who had no part sign."
