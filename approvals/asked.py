"""What an approver is asked, in the words of its consequence: by whom, what fails, what flips, who has signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from approvals import selectors, words
from approvals.models import ApprovalRequest, SignOff
from approvals.policy import APPROVE_VERSION
from mrm.lib.charts import numerals
from registry.use_page import tables_of_version
from validation import selectors as validation
from validation.certificate import Certificate
from validation.charts import Row, table_rows
from validation.models import CheckResult, Conclusion, Finding
from validation.plan_answers import AnsweredPlan


@dataclass(frozen=True)
class Asked:
    title: str
    lede: str
    next_words: str
    facts: list[dict[str, str]]
    results: list[CheckResult]
    failed: list[CheckResult]
    wanting: list[CheckResult]
    flips: str
    findings: list[Finding]
    conclusion: Conclusion | None
    signoffs: list[SignOff]
    # What the plan of the tier asks for, and what of it is not tested.
    plan: AnsweredPlan | None
    # The uses and limitations that the version was submitted for.
    tables: dict[str, Any] | None
    certificate: Certificate | None


def asked_of(*, actor: User, request: ApprovalRequest) -> Asked:
    version = request.version
    results = [] if version is None else validation.latest_results(actor=actor, version=version)
    findings = [] if version is None else list(validation.open_findings(actor=actor, version=version))
    return Asked(
        title=words.question(request),
        lede=_lede(request),
        next_words=_next_words(request),
        facts=words.facts_of(request),
        results=results,
        failed=[each for each in results if each.verdict in {"failed", "error"}],
        wanting=[each for each in results if each.verdict not in {"passed", "reported"}],
        flips=flips_of(results),
        findings=findings,
        conclusion=request.conclusion,
        signoffs=list(request.signoffs.all()),
        plan=None if version is None else validation.answered_plan(actor=actor, version=version),
        tables=None if version is None else tables_of_version(version.use),
        certificate=None if version is None else validation.reason_certificate(actor=actor, version=version),
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
    said = _(
        "%(flips)s of %(total)s decisions flip (%(share)s): %(gained)s become approved, %(lost)s no longer."
    )
    return said % {
        "flips": numerals.fixed(gained + lost),
        "total": numerals.fixed(total),
        "share": numerals.percent((gained + lost) / total if total else 0),
        "gained": numerals.fixed(gained),
        "lost": numerals.fixed(lost),
    }


def _clients(row: Row) -> int:
    return int(row["clients"] or 0)


def _lede(request: ApprovalRequest) -> str:
    if request.act != APPROVE_VERSION or request.version is None:
        return _("Asked by %(name)s.") % {"name": request.opened_by.name}
    cut_off = cut_off_words(request.version.policy.rules)
    said = _("Asked by %(name)s. It would approve a request with a PD below %(cut_off)s.")
    return said % {"name": request.opened_by.name, "cut_off": cut_off}


def _next_words(request: ApprovalRequest) -> str:
    missing = selectors.missing_signoffs(request)
    if missing <= 1:
        return words.consequence(request)
    said = ngettext(
        "After your approval %(count)s more is needed. Nothing is deployed by this.",
        "After your approval %(count)s more are needed. Nothing is deployed by this.",
        missing - 1,
    )
    return said % {"count": missing - 1}
