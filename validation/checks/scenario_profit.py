"""Scenario P&L under the standard's assumed cost matrix, with the profit curve."""

from __future__ import annotations

from quant.verdict import reported
from validation.economy import book_of, bootstrap_of, costs_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, of_rate
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.economics import profit_curve, scenario

    rules, book = standard.economics, book_of(sample)
    costs = costs_of(rules)
    proposed = scenario(book, sample.approved, costs=costs)
    cut_offs = sorted({*rules.cut_offs, float(sample.policy.approve_below)})
    curve = profit_curve(
        book, sample.probabilities, cut_offs=cut_offs, costs=costs, bootstrap=bootstrap_of(standard)
    )
    basis, unit = f"{rules.basis}, {rules.unit}", rules.unit
    measured = (
        Measurement(
            "profit",
            f"Scenario profit of the policy ({basis})",
            proposed.profit,
            n=proposed.n,
            note=rules.why,
        ),
        Measurement("income", f"Scenario income ({basis})", proposed.income, n=proposed.approved),
        Measurement("loss", f"Scenario loss ({basis})", proposed.loss, n=proposed.defaults),
        Measurement("approval_rate", "Approval rate", proposed.approval_rate, n=proposed.n),
        of_rate("bad_rate", "Default rate of the approved", proposed.bad_rate),
        Measurement(
            "best_cut_off",
            f"Best cut-off of the curve on this very sample ({basis})",
            curve.best.cut_off,
            n=curve.n,
        ),
        Measurement("margin", "Assumed margin, share of exposure", rules.margin),
        Measurement(
            "loss_given_default",
            "Assumed loss given the default flag, share of exposure",
            rules.loss_given_default,
        ),
    )
    rows = tuple(
        (
            point.cut_off,
            point.scenario.profit,
            point.interval.low,
            point.interval.high,
            point.scenario.approval_rate,
            point.scenario.bad_rate.value if point.scenario.bad_rate else None,
        )
        for point in curve.points
    )
    table = Table(("cut_off", "profit", "low", "high", "approval_rate", "bad_rate"), rows)
    headline = (
        f"Scenario profit {proposed.profit:,.0f} {unit} on {proposed.approved} approvals ({rules.basis})."
    )
    return Measured(
        headline, reported(f"A simulation under an {rules.basis}."), measured, {"profit_curve": table}
    )


CHECK = Check(
    id="scenario_profit",
    title=gettext_noop("Scenario profit (assumed cost matrix)"),
    section=Section.ECONOMICS,
    question=gettext_noop("What would the proposed policy earn under the stated, assumed cost matrix?"),
    needs="Held-out outcomes, exposure, the policy, and the standard's cost matrix.",
    bad_sign="A profit well below that of another cut-off, or one that is negative.",
    limits=gettext_noop(
        "No cash flow of these data: every amount is a simulation. The best cut-off is chosen on this sample."
    ),
    reference=(
        "Margin and loss as shares of exposure, stated in the standard; percentile bootstrap over clients."
    ),
    run=run,
)
