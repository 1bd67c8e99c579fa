"""Historical loans replayed under the proposed policy: what they have really earned, by cut-off and by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.verdict import reported
from validation.history import quarters_of, realised_book, realised_rules
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section
from validation.standard import RealisedRules, Standard

if TYPE_CHECKING:
    from quant.realised import Book, RealisedCurve

HALF = 0.5


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.economics import Bootstrap
    from quant.realised import realised_curve

    rules = realised_rules(standard)
    loans = realised_book(sample, rules)
    proposed = float(sample.policy.approve_below)
    curve = realised_curve(
        loans,
        cut_offs=sorted({*rules.cut_offs, proposed, HALF}),
        bootstrap=Bootstrap(rules.resamples, standard.seed, standard.confidence),
    )
    taken = sample.approved & loans.resolved
    earned = float(loans.profit[taken].sum())
    measured = (
        Measurement("profit", f"Realised profit of the policy ({rules.unit})", earned, n=int(taken.sum())),
        *_points(curve, proposed, rules),
        *_of_incumbent(sample, loans, rules),
        Measurement("approval_rate", "Approval rate", float(sample.approved.mean()), n=sample.n),
        Measurement(
            "unresolved",
            "Loans approved whose result is not known",
            float((sample.approved & ~loans.resolved).sum()),
            n=sample.n,
        ),
    )
    headline = (
        f"The policy's {int(taken.sum())} resolved approvals have earned {earned:,.0f} {rules.unit};"
        f" {loans.unresolved} loans are unresolved."
    )
    return Measured(
        headline,
        reported("Reported."),
        measured,
        {"realised_curve": _curve(curve), **_quarters(sample, loans)},
    )


def _points(curve: RealisedCurve, proposed: float, rules: RealisedRules) -> tuple[Measurement, ...]:
    """The proposed cut-off alone, one half, and the best of those tried."""
    told = {"at_policy": ("the proposed cut-off", proposed), "at_half": ("a cut-off of .5", HALF)}
    best = Measurement("best_cut_off", "Best cut-off on these very loans", curve.best.cut_off, n=curve.n)
    found = {point.cut_off: point for point in curve.points}
    return (
        *(
            Measurement(
                name,
                f"Realised profit at {words} ({rules.unit})",
                found[at].profit,
                found[at].interval,
                n=found[at].approved,
            )
            for name, (words, at) in told.items()
        ),
        Measurement(
            "at_best",
            f"Realised profit there ({rules.unit})",
            curve.best.profit,
            curve.best.interval,
            n=curve.best.approved,
        ),
        best,
    )


def _of_incumbent(sample: Sample, loans: Book, rules: RealisedRules) -> tuple[Measurement, ...]:
    if sample.incumbent is None:
        return ()
    taken = sample.incumbent.approved & loans.resolved
    label = f"Realised profit of {sample.incumbent.label} ({rules.unit})"
    return (Measurement("of_incumbent", label, float(loans.profit[taken].sum()), n=int(taken.sum())),)


def _curve(curve: RealisedCurve) -> Table:
    rows = tuple(
        (point.cut_off, point.profit, point.interval.low, point.interval.high, point.approved, unresolved)
        for point, unresolved in zip(curve.points, curve.unresolved_approved, strict=True)
    )
    return Table(("cut_off", "profit", "low", "high", "approved", "unresolved"), rows)


def _quarters(sample: Sample, loans: Book) -> dict[str, Table]:
    """Nothing where no day of the decision is declared."""
    try:
        found = quarters_of(sample)
    except NotMeasurable:
        return {}
    rows = []
    for at, name in enumerate(found.names):
        inside = found.place == at
        taken = inside & sample.approved
        resolved = taken & loans.resolved
        profit = float(loans.profit[resolved].sum())
        rows.append((name, int(inside.sum()), int(taken.sum()), int((taken & ~loans.resolved).sum()), profit))
    return {"profit_by_quarter": Table(("quarter", "n", "approved", "unresolved", "profit"), tuple(rows))}


CHECK = Check(
    id="realised_profit",
    title=gettext_noop("Realised profit"),
    section=Section.ECONOMICS,
    question=gettext_noop("What have the loans that the proposed policy approves really earned?"),
    needs="What each held-out loan has earned, in money; the day of the decision for the view by quarter.",
    bad_sign="Less than the version in force, than a cut-off of .5, or a loss in the newest quarters.",
    limits=gettext_noop(
        "Loans that were made: nothing is known of those refused at the time. The best cut-off is chosen on these very"
        " loans. Unresolved loans are counted, never added."
    ),
    reference="Percentile bootstrap over resolved loans.",
    run=run,
)
