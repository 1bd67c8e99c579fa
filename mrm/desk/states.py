"""How a state looks and reads: tone, icon and word. Never colour alone, never a raw code on a page."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Tone(StrEnum):
    GOOD = "good"
    WAITING = "waiting"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True)
class Look:
    tone: Tone
    icon: str
    word: str | Promise


def _good(word: str | Promise, icon: str = "check") -> Look:
    return Look(Tone.GOOD, icon, word)


def _waiting(word: str | Promise, icon: str = "clock") -> Look:
    return Look(Tone.WAITING, icon, word)


def _bad(word: str | Promise, icon: str = "cross") -> Look:
    return Look(Tone.BAD, icon, word)


def _quiet(word: str | Promise, icon: str = "dash") -> Look:
    return Look(Tone.QUIET, icon, word)


STAGES = {
    "draft": _quiet(_("Draft"), "pencil"),
    "in_validation": _waiting(_("In validation"), "search"),
    "validated": _good(_("Validated")),
    "in_review": _waiting(_("In review"), "search"),
    "approved": _good(_("Approved")),
    "retired": _quiet(_("Retired"), "archive"),
    "rejected": _bad(_("Rejected")),
    "suspended": _bad(_("Suspended"), "pause"),
}
INVENTORY = {
    "incomplete": _waiting(_("Incomplete"), "warning"),
    "proposed": _waiting(_("Waits for acceptance")),
    "accepted": _good(_("Accepted")),
}
CHECKS = {
    "pass": _good(_("Passed")),
    "passed": _good(_("Passed")),
    "fail": _bad(_("Failed")),
    "reported": _quiet(_("Reported"), "info"),
    "green": _good(_("Green")),
    "red": _bad(_("Red")),
    "amber": _waiting(_("Amber"), "warning"),
    "inconclusive": _waiting(_("Inconclusive"), "warning"),
    "insufficient_data": _quiet(_("Insufficient data"), "question"),
    "not_assessed": _quiet(_("Not assessed")),
    "no_verdict": _quiet(_("No verdict"), "info"),
    "informative": _quiet(_("For information"), "info"),
    "error": _bad(_("Error"), "warning"),
    "deviation": _waiting(_("Accepted by deviation"), "warning"),
}
CERTIFICATES = {
    "certificate_holds": _good(_("Holds")),
    "certificate_open": _waiting(_("Holds, with open lines")),
    "certificate_not_held": _bad(_("Does not hold"), "ban"),
    "holds": _good(_("Holds")),
    "fails": _bad(_("Fails")),
    "let_stand": _waiting(_("Fails, let stand by deviation"), "warning"),
    "undecided": _waiting(_("Undecided"), "question"),
    "not_measured": _quiet(_("Not measured")),
}
CHANGES = {
    "added": _good(_("Added"), "pencil"),
    "removed": _bad(_("Removed")),
    "changed": _waiting(_("Changed"), "pencil"),
}
CONCLUSIONS = {
    "fit": _good(_("Fit")),
    "fit_with_conditions": _waiting(_("Fit with conditions"), "warning"),
    "not_fit": _bad(_("Not fit")),
    "return": _quiet(_("Returned"), "back"),
    "returned": _quiet(_("Returned"), "back"),
}
RATINGS = {
    "satisfactory": _good(_("Satisfactory")),
    "needs_improvement": _waiting(_("Needs improvement"), "warning"),
    "unsatisfactory": _bad(_("Unsatisfactory")),
}
SIGNATURES = {
    "approve": _good(_("Approved")),
    "approve_with_conditions": _waiting(_("Approved with conditions"), "warning"),
    "reject": _bad(_("Rejected")),
    "valid": _good(_("Valid")),
    "void": _quiet(_("Void"), "ban"),
    "voided": _quiet(_("Void"), "ban"),
    "granted": _good(_("Granted")),
    "met": _good(_("Met")),
    "lapsed": _bad(_("Lapsed"), "clock"),
    "dissent": _bad(_("Dissent"), "flag"),
    "recused": _quiet(_("Declared a conflict"), "ban"),
    "withdrawn": _quiet(_("Withdrawn"), "back"),
    "expired": _bad(_("Expired"), "clock"),
}
REPERFORMED = {
    "agrees": _good(_("Agrees")),
    "not_reperformed": _quiet(_("Not re-performed"), "question"),
}
DECISIONS = {
    "decline": _bad(_("Declined")),
    "declined": _bad(_("Declined")),
    "refer": _waiting(_("Referred to a person"), "person"),
    "referred": _waiting(_("Referred to a person"), "person"),
    "overridden": _waiting(_("Overridden"), "pencil"),
    "identical": _good(_("Identical")),
    "differs": _bad(_("Differs")),
}
JOBS = {
    "queued": _quiet(_("Queued"), "clock"),
    "running": _waiting(_("Running"), "play"),
    "succeeded": _good(_("Finished")),
    "done": _good(_("Finished")),
    "finished": _good(_("Finished")),
    "failed": _bad(_("Failed")),
    "cancelling": _waiting(_("Being cancelled"), "pause"),
    "cancelled": _quiet(_("Cancelled"), "ban"),
    "dead": _bad(_("Given up"), "ban"),
}
FINDINGS = {
    "open": _waiting(_("Open"), "flag"),
    "answered": _waiting(_("Answered"), "reply"),
    "rebutted": _waiting(_("Rebutted"), "reply"),
    "planned": _waiting(_("Planned"), "clock"),
    "postponed": _waiting(_("Postponed"), "clock"),
    "closed": _good(_("Closed")),
    "resolved": _good(_("Resolved")),
    "overdue": _bad(_("Overdue"), "clock"),
    "critical": _bad(_("Critical"), "warning"),
    "high": _bad(_("High"), "warning"),
    "medium": _waiting(_("Medium"), "warning"),
    "moderate": _waiting(_("Moderate"), "warning"),
    "low": _quiet(_("Low"), "info"),
}
DEPLOYMENTS = {
    "champion": _good(_("Champion"), "star"),
    "challenger": _quiet(_("Challenger"), "flag"),
    "previous_champion": _quiet(_("Previous champion"), "archive"),
    "shadow": _quiet(_("Shadow"), "copy"),
    "canary": _waiting(_("Canary"), "play"),
    "in_force": _good(_("In force")),
    "active": _good(_("In force")),
    "ended": _quiet(_("Ended"), "archive"),
    "rolled_back": _bad(_("Rolled back"), "back"),
}
NOTICES = {
    "delivered": _good(_("Delivered")),
    "undelivered": _bad(_("Not delivered"), "warning"),
    "no_address": _quiet(_("You gave no address")),
    "no_mail": _quiet(_("No mail is set up")),
}
LEDGER = {
    "intact": _good(_("Intact"), "lock"),
    "broken": _bad(_("Broken"), "warning"),
    "unproven": _waiting(_("Nothing wrong, not proven"), "question"),
    "unreadable": _bad(_("Unreadable"), "warning"),
    "unverified": _quiet(_("Not verified yet"), "question"),
    "sealed": _good(_("Sealed"), "lock"),
    "unsealed": _waiting(_("Not sealed yet")),
}
ACCESS = {
    "enabled": _good(_("Enabled")),
    "disabled": _bad(_("Disabled"), "ban"),
    "locked_out": _bad(_("Locked out"), "ban"),
    "in_use": _good(_("Counts")),
    "revoked": _quiet(_("Revoked"), "ban"),
    "invited": _waiting(_("Invited")),
    "this_browser": _good(_("This browser")),
}
ROLES = {
    "granted": _good(_("Granted")),
    "refused": _bad(_("Refused")),
    "revoked": _quiet(_("Revoked"), "ban"),
    "not_begun": _quiet(_("Not begun"), "clock"),
}
PROMISES = {
    "kept": _good(_("Kept")),
    "not_kept": _bad(_("Not kept"), "warning"),
    "well": _good(_("All promises are kept")),
    "not_well": _bad(_("A promise is not kept"), "warning"),
}
SWEEPS = {
    "trial_proposed": _good(_("Proposed"), "star"),
    "trial_kept": _good(_("Baseline, kept")),
    "trial_behind": _quiet(_("Behind"), "back"),
    "trial_not_better": _quiet(_("Not found better")),
    "trial_untrained": _bad(_("Could not be trained")),
}
QUEUE = {
    "waiting_for_you": _waiting(_("Waits for you")),
    "waiting": _waiting(_("Waits")),
    "blocked": _bad(_("Blocked"), "ban"),
    "ready": _good(_("Ready")),
    "missing": _bad(_("Missing")),
    "present": _good(_("Present")),
}
LOOKS: dict[str, Look] = {
    **STAGES,
    **PROMISES,
    **INVENTORY,
    **CHECKS,
    **CERTIFICATES,
    **CHANGES,
    **CONCLUSIONS,
    **RATINGS,
    **SIGNATURES,
    **REPERFORMED,
    **DECISIONS,
    **JOBS,
    **FINDINGS,
    **DEPLOYMENTS,
    **NOTICES,
    **LEDGER,
    **ACCESS,
    **ROLES,
    **SWEEPS,
    **QUEUE,
}


def look_of(state: str) -> Look:
    """A state nobody described is shown as a question with its own name: visible, never taken for good."""
    key = str(state).strip().lower().replace("-", "_").replace(" ", "_")
    return LOOKS.get(key) or _quiet(key.replace("_", " ").capitalize(), "question")
