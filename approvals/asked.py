"""What an approver is asked, in the words of its consequence: by whom, what fails, what flips, who has signed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from approvals import selectors
from approvals.models import ApprovalRequest, SignOff
from mrm.lib.charts import numerals
from validation import selectors as validation
from validation.charts import Row, table_rows
from validation.models import CheckResult, Conclusion, Finding


@dataclass(frozen=True)
class Asked:
    title: str
    lede: str
    next_words: str
    results: list[CheckResult]
    failed: list[CheckResult]
    wanting: list[CheckResult]
    flips: str
    findings: list[Finding]
    conclusion: Conclusion
    signoffs: list[SignOff]


def asked_of(*, actor: User, request: ApprovalRequest) -> Asked:
    version = request.version
    results = validation.latest_results(actor=actor, version=version)
    return Asked(
        title=_("Approve %(label)s to decide requests for %(name)s?")
        % {"label": version.label, "name": version.risk_model.name},
        lede=_("Asked by %(name)s. It would approve a request with a PD below %(cut_off)s.")
        % {"name": request.opened_by.name, "cut_off": cut_off_words(version.policy.rules)},
        next_words=_next_words(request),
        results=results,
        failed=[each for each in results if each.verdict in {"failed", "error"}],
        wanting=[each for each in results if each.verdict not in {"passed", "reported"}],
        flips=flips_of(results),
        findings=list(validation.open_findings(actor=actor, version=version)),
        conclusion=request.conclusion,
        signoffs=list(request.signoffs.all()),
    )


def cut_off_words(rules: dict[str, str]) -> str:
    return numerals.percent(float(rules["approve_below"]), 0)


def flips_of(results: list[CheckResult]) -> str:
    """How many decisions flip against the predecessor; the check's own words where nothing was compared."""
    swap = next((each for each in results if each.check_id == "swap_set"), None)
    if swap is None:
        return ""
    sides = {str(row["set"]): row for row in table_rows(swap, "swap_set")}
    if not sides:
        return swap.headline
    gained, lost = (_clients(sides[name]) for name in ("swap_in", "swap_out"))
    total = sum(_clients(row) for row in sides.values())
    words = _(
        "%(flips)s of %(total)s decisions flip (%(share)s): %(gained)s become approved, %(lost)s no longer."
    )
    return words % {
        "flips": numerals.fixed(gained + lost),
        "total": numerals.fixed(total),
        "share": numerals.percent((gained + lost) / total if total else 0),
        "gained": numerals.fixed(gained),
        "lost": numerals.fixed(lost),
    }


def _clients(row: Row) -> int:
    return int(row["clients"] or 0)


def _next_words(request: ApprovalRequest) -> str:
    missing = selectors.missing_signoffs(request)
    if missing <= 1:
        return _("Your approval completes the quorum: the version is approved. Nothing is deployed by this.")
    words = ngettext(
        "After your approval %(count)s more is needed. Nothing is deployed by this.",
        "After your approval %(count)s more are needed. Nothing is deployed by this.",
        missing - 1,
    )
    return words % {"count": missing - 1}
