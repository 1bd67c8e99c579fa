"""The binomial test when defaults come together, beside the one that takes them as independent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.calibration import HeldGrade, correlated_power_of, grade_counts
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, required
from validation.standard import BacktestRules, Standard

if TYPE_CHECKING:
    from quant.metrics.calibration import PdTest
    from quant.metrics.multiple import Adjusted
    from quant.metrics.vasicek import CorrelatedTest


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.calibration import exact_binomial
    from quant.metrics.multiple import holm
    from quant.metrics.vasicek import correlated_binomial

    rules = required(standard.backtest, "The standard has no section on backtests.")
    held = grade_counts(sample).held
    together = [
        correlated_binomial(each.assigned_pd, each.n, each.defaults, correlation=rules.correlation)
        for each in held
    ]
    alone = [exact_binomial(each.assigned_pd, each.n, each.defaults) for each in held]
    adjusted = holm([test.p_value for test in together], family="grades, correlated binomial")
    independent = holm([test.p_value for test in alone], family="grades, exact binomial")
    tests = zip(held, together, alone, adjusted.adjusted, strict=True)
    measured = tuple(_grade(*each, standard) for each in tests)
    return Measured(
        _headline(adjusted, independent, rules, standard),
        reported("Reported."),
        measured,
        {"correlated_binomial": _table(held, alone, independent, together, adjusted)},
    )


def _grade(
    held: HeldGrade, together: CorrelatedTest, alone: PdTest, p_adjusted: float, standard: Standard
) -> Measurement:
    return Measurement(
        f"grade_{held.number}",
        held.label,
        together.observed_rate,
        p=together.p_value,
        p_adjusted=p_adjusted,
        n=held.n,
        power=correlated_power_of(held, standard, alpha=standard.calibration.amber_alpha),
        limit=held.assigned_pd,
        note=f"Taken as independent: p = {alone.p_value:.4f}.",
    )


def _headline(adjusted: Adjusted, independent: Adjusted, rules: BacktestRules, standard: Standard) -> str:
    alpha = standard.calibration.amber_alpha
    with_it, without = (sum(p <= alpha for p in family.adjusted) for family in (adjusted, independent))
    return (
        f"After Holm, {with_it} of {adjusted.n} grades reject at {alpha:g} with an asset correlation of"
        f" {rules.correlation:g}, {without} without any."
    )


def _table(
    held: tuple[HeldGrade, ...],
    alone: list[PdTest],
    independent: Adjusted,
    together: list[CorrelatedTest],
    adjusted: Adjusted,
) -> Table:
    columns = (
        "grade",
        "n",
        "defaults",
        "assigned_pd",
        "p_alone",
        "p_alone_holm",
        "p_correlated",
        "p_correlated_holm",
    )
    rows = zip(held, alone, independent.adjusted, together, adjusted.adjusted, strict=True)
    return Table(
        columns,
        tuple(
            (
                each.number,
                each.n,
                each.defaults,
                each.assigned_pd,
                one.p_value,
                one_adjusted,
                other.p_value,
                p_adjusted,
            )
            for each, one, one_adjusted, other, p_adjusted in rows
        ),
    )


CHECK = Check(
    id="correlated_binomial",
    title="Binomial test with correlated defaults",
    section=Section.CALIBRATION,
    question="How likely are this many defaults if the PDs are right and a bad year hits all obligors at once?",
    needs="Held-out outcomes, sealed grade PDs, the standard's asset correlation.",
    bad_sign="A small adjusted p in a grade: even a bad year does not explain its defaults.",
    limits="One-sided. The correlation is an assumption of the standard; with one year of outcomes the power is low.",
    reference="One-factor model, Vasicek 2002; Basel WP14; Holm 1979.",
    run=run,
)
