"""Is there a declared cut-off that is less discriminatory, and what would it cost?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.economy import book_of, costs_of
from validation.groupings import grouping_of, refused_in_words, with_what_is_missing, without_group
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, of_rate, worst
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.fairness.cut_offs import CutOffSearch, Money, WayToApprove


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.fairness.cut_offs import search_cut_offs

    rules = required(standard.errors, "The standard declares no cut-offs to search.")
    approved = sample.approved
    attributes = standard.fairness.attributes
    groupings = [grouping_of(sample, standard, each) for each in attributes]
    with refused_in_words():
        found = search_cut_offs(
            sample.defaulted,
            sample.probabilities,
            approved,
            groupings=groupings,
            cut_offs=rules.cut_offs,
            profit_cost=rules.profit_cost,
            money=_money(sample, standard),
        )
    outside = [each for pair in zip(attributes, groupings, strict=True) for each in without_group(*pair)]
    told = Measurement(
        "searched",
        "Cut-offs searched",
        float(len(found.declared)),
        judgement=reported("Chosen on this very sample."),
    )
    measured = (
        *_way("policy", "Proposed policy", found.policy, standard),
        *_chosen(found, standard),
        told,
        *outside,
    )
    headline = with_what_is_missing(_told(found), measured)
    return Measured(headline, worst(measured), measured, {"cut_offs": _table(found)})


def _money(sample: Sample, standard: Standard) -> Money | None:
    from quant.fairness.cut_offs import Money

    if sample.exposure is None:
        return None
    return Money(book_of(sample), costs_of(standard.economics))


def _chosen(found: CutOffSearch, standard: Standard) -> tuple[Measurement, ...]:
    way = found.fairer
    return () if way is None else _way("fairer", f"Cut-off {way.cut_off:g}", way, standard)


def _way(name: str, label: str, way: WayToApprove, standard: Standard) -> tuple[Measurement, ...]:
    rules, worst_of = standard.economics, way.worst
    group = "" if worst_of is None else f" ({worst_of.group.group} against {worst_of.reference.group})"
    interval = None if worst_of is None else worst_of.interval
    return (
        Measurement(
            f"{name}_ratio",
            f"{label}: worst adverse impact ratio{group}",
            way.ratio,
            interval,
            n=None if worst_of is None else worst_of.group.n,
            limit=standard.fairness.air_limit,
        ),
        of_rate(f"{name}_approval", f"{label}: approval rate", way.approval),
        of_rate(f"{name}_bad_rate", f"{label}: default rate of the approved", way.bad_rate),
        Measurement(
            f"{name}_profit",
            f"{label}: scenario profit ({rules.basis}, {rules.unit})",
            way.profit,
            note=""
            if way.profit is not None
            else "No exposure is declared, and P&L without money is refused.",
        ),
    )


def _told(found: CutOffSearch) -> str:
    own = f"The policy's worst ratio is {found.policy.ratio:.3f}"
    if found.policy.profit is None:
        return f"{own}. No cut-off is named: what it would cost is not known without money."
    if found.fairer is None:
        return (
            f"{own}; no declared cut-off is better and costs at most {found.profit_cost:.0%} of its profit."
        )
    change = (found.fairer.profit or 0.0) - found.policy.profit
    return f"{own}; approving below {found.fairer.cut_off:g} it is {found.fairer.ratio:.3f}, profit {change:+,.0f}."


def _table(found: CutOffSearch) -> Table:
    columns = ("cut_off", "approval_rate", "worst_ratio", "low", "high", "group", "bad_rate", "profit")
    return Table(columns, tuple(_row(way) for way in found.declared))


def _row(way: WayToApprove) -> tuple[str | float | None, ...]:
    interval = None if way.worst is None else way.worst.interval
    return (
        way.cut_off,
        way.approval.value,
        way.ratio,
        *ends(interval),
        "" if way.worst is None else way.worst.group.group,
        None if way.bad_rate is None else way.bad_rate.value,
        way.profit,
    )


CHECK = Check(
    id="fairer_cut_off",
    title=gettext_noop("Search of a less discriminatory cut-off"),
    section=Section.FAIRNESS,
    question=gettext_noop("Would another declared cut-off hit the worst-off group less, and at what cost?"),
    needs="Held-out outcomes, PDs, the protected columns, the standard's cut-offs; exposure to tell the cost.",
    bad_sign="A declared cut-off with a better worst ratio that costs next to nothing.",
    limits=gettext_noop(
        "Chosen on this very sample, so its ratio and profit are optimistic. One cut-off for everyone: the order of the"
        " score, and its AUC, stay as they are. Referred count as not approved. A screening metric."
    ),
    reference="Adverse impact ratio and assumed cost matrix as in their own checks; the search is exhaustive.",
    run=run,
)
