"""The words and the steps of a version's page, from where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.asked import cut_off_words
from approvals.models import ApprovalRequest
from approvals.policy import APPROVE_VERSION, quorum_of
from approvals.selectors import missing_signoffs, open_request_of
from registry.lifecycle import Stage
from registry.models import LabDifference, LabKind, ModelVersion
from scoring.models import Deployment
from validation.models import CheckResult

DIFFERENT = {
    LabKind.RUN: gettext_lazy("its run"),
    LabKind.FILE: gettext_lazy("its file"),
    LabKind.NATIVE: gettext_lazy("the copy for MLflow's own tools"),
    LabKind.RECORD: gettext_lazy("what its training noted"),
    LabKind.ALIAS: gettext_lazy("an alias"),
    LabKind.TAG: gettext_lazy("a governed tag"),
}
_ENDED = {Stage.REJECTED, Stage.SUSPENDED, Stage.RETIRED}


@dataclass(frozen=True)
class Standing:
    """Where a version stands: its stage, its evidence, its open request, whether it is the champion."""

    version: ModelVersion
    stage: Stage
    failed: int
    has_evidence: bool
    request: ApprovalRequest | None
    is_champion: bool
    replaces: int | None

    @classmethod
    def of(cls, version: ModelVersion, results: list[CheckResult], champion: Deployment | None) -> Standing:
        holds = champion is not None and champion.version_id == version.pk
        return cls(
            version=version,
            stage=Stage(version.stage),
            failed=sum(result.verdict in {"failed", "error"} for result in results),
            has_evidence=bool(results),
            request=open_request_of(version),
            is_champion=holds,
            replaces=champion.version.number if champion is not None and not holds else None,
        )

    @property
    def signed(self) -> int:
        return 0 if self.request is None else self.request.owed - missing_signoffs(self.request)

    @property
    def quorum(self) -> int:
        return quorum_of(self.version.risk_model.tier) if self.request is None else self.request.owed


def title_of(standing: Standing) -> str:
    """What follows from this page, not only what it is about."""
    label = standing.version.label
    words = {
        Stage.DRAFT: _("%(label)s is a draft: submit it to validation"),
        Stage.IN_VALIDATION: _("Is %(label)s fit to be approved?"),
        Stage.VALIDATED: _("%(label)s was found fit: ask for its approval"),
        Stage.IN_REVIEW: _("Approve %(label)s to decide requests?"),
        Stage.APPROVED: _("%(label)s is approved and decides nothing yet"),
        Stage.REJECTED: _("%(label)s is rejected and decides nothing"),
        Stage.SUSPENDED: _("%(label)s is suspended and decides nothing"),
        Stage.RETIRED: _("%(label)s is retired"),
    }
    if standing.is_champion and standing.stage is Stage.APPROVED:
        return _("%(label)s decides every request") % {"label": label}
    return words[standing.stage] % {"label": label}


def lede_of(standing: Standing) -> str:
    """What it would do, and who has it now."""
    rules = standing.version.policy.rules
    does = _("It approves requests with a PD below %(cut_off)s.") % {"cut_off": cut_off_words(rules)}
    if standing.replaces is not None and standing.stage not in _ENDED:
        does += " " + _("In force now: version %(number)s.") % {"number": standing.replaces}
    return f"{does} {_next(standing)}".strip()


def _next(standing: Standing) -> str:
    missing = standing.quorum - standing.signed
    waiting = ngettext(
        "Next: %(count)s independent approver signs.", "Next: %(count)s independent approvers sign.", missing
    )
    validation = _("Next: a validator reads the checks and concludes.")
    if not standing.has_evidence:
        validation = _("Next: a validator starts a validation run.")
    deployed = "" if standing.is_champion else _("Next: an operator deploys it.")
    words = {
        Stage.DRAFT: _("Next: a developer submits it."),
        Stage.IN_VALIDATION: validation,
        Stage.VALIDATED: _("Next: a developer or a validator asks for its approval."),
        Stage.IN_REVIEW: waiting % {"count": missing},
        Stage.APPROVED: deployed,
        Stage.REJECTED: _("Next: the developer registers another version."),
    }
    return words.get(standing.stage, "")


def difference_words(row: LabDifference) -> str:
    """What is not in MLflow as it stands here. `what` is a name that no language changes."""
    said = _(
        "In MLflow %(kind)s is not as it was: %(what)s. Its scores are made of the sealed bytes, as before."
    )
    return said % {"kind": DIFFERENT[LabKind(row.kind)], "what": row.what}


def steps_of(standing: Standing) -> list[dict[str, str]]:
    """Submitted, checks, independent validation, approvers, champion."""
    approvers = _("%(signed)s of %(quorum)s") % {"signed": standing.signed, "quorum": standing.quorum}
    at = _place(standing)
    labels = (
        (_("Submitted"), ""),
        (_("Checks"), ""),
        (_("Independent validation"), ""),
        (_("Approvers"), approvers if standing.quorum else ""),
        (_("Champion"), ""),
    )
    return [
        {"label": label, "note": note, "state": _state(place, at, standing)}
        for place, (label, note) in enumerate(labels)
    ]


def _place(standing: Standing) -> int:
    """The step that is being done; beyond the last one when all are."""
    places = {
        Stage.DRAFT: 0,
        Stage.IN_VALIDATION: 2 if standing.has_evidence else 1,
        Stage.VALIDATED: 3,
        Stage.IN_REVIEW: 3,
        Stage.APPROVED: 5 if standing.is_champion else 4,
        Stage.REJECTED: 3 if standing.version.requests.filter(act=APPROVE_VERSION).exists() else 2,
    }
    return places.get(standing.stage, 4)


def _state(place: int, at: int, standing: Standing) -> str:
    if place == 1 and at > 1 and standing.failed:
        return "failed"
    if place < at:
        return "done"
    if place > at:
        return "ahead"
    return "failed" if standing.stage in _ENDED else "current"
