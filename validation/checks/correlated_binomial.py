"""The binomial test when defaults come together, beside the one that takes them as independent."""

from __future__ import annotations

from dataclasses import dataclass

from quant.verdict import reported
from validation.calibration import HeldGrade, correlated_power_of, grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, required
from validation.standard import BacktestRules, Standard

_COLUMNS = (
    "grade",
    "n",
    "defaults",
    "assigned_pd",
    "p_alone",
    "p_alone_holm",
    "p_correlated",
    "p_correlated_holm",
    "power",
)


@dataclass(frozen=True)
class _Tested:
    """One grade: p and adjusted p with independent and with correlated defaults, and the power of the latter."""

    held: HeldGrade
    alone: float
    alone_holm: float
    correlated: float
    correlated_holm: float
    power: float | None


def run(sample: Sample, standard: Standard) -> Measured:
    rules = required(standard.backtest, "The standard has no section on backtests.")
    tested = _tested(grade_counts(sample).held, rules, standard)
    alpha = standard.calibration.amber_alpha
    together = sum(each.correlated_holm <= alpha for each in tested)
    alone = sum(each.alone_holm <= alpha for each in tested)
    headline = (
        f"After Holm, {together} of {len(tested)} grades reject at {alpha:g} with an asset correlation of"
        f" {rules.correlation:g}, {alone} without any."
    )
    return Measured(
        headline,
        reported("Reported."),
        tuple(_measured(each) for each in tested),
        {"correlated_binomial": Table(_COLUMNS, tuple(_row(each) for each in tested))},
    )


def _tested(held: tuple[HeldGrade, ...], rules: BacktestRules, standard: Standard) -> list[_Tested]:
    from quant.metrics.calibration import exact_binomial
    from quant.metrics.multiple import holm
    from quant.metrics.vasicek import correlated_binomial

    counts = [(each.assigned_pd, each.n, each.defaults) for each in held]
    alone = [exact_binomial(*each).p_value for each in counts]
    together = [correlated_binomial(*each, correlation=rules.correlation).p_value for each in counts]
    adjusted = (
        holm(alone, family="grades, exact binomial").adjusted,
        holm(together, family="grades, correlated binomial").adjusted,
    )
    alpha = standard.calibration.amber_alpha
    powers = [correlated_power_of(each, standard, alpha=alpha) for each in held]
    rows = zip(held, alone, adjusted[0], together, adjusted[1], powers, strict=True)
    return [_Tested(*row) for row in rows]


def _measured(each: _Tested) -> Measurement:
    return Measurement(
        f"grade_{each.held.number}",
        each.held.label,
        each.held.defaults / each.held.n,
        p=each.correlated,
        p_adjusted=each.correlated_holm,
        n=each.held.n,
        power=each.power,
        limit=each.held.assigned_pd,
        note=f"Taken as independent: p = {each.alone:.4f}.",
    )


def _row(each: _Tested) -> tuple[float | None, ...]:
    held = each.held
    found = (each.alone, each.alone_holm, each.correlated, each.correlated_holm, each.power)
    return (held.number, held.n, held.defaults, held.assigned_pd, *found)


CHECK = Check(
    id="correlated_binomial",
    title=gettext_noop("Binomial test with correlated defaults"),
    section=Section.CALIBRATION,
    question=gettext_noop(
        "How likely are so many defaults if PDs are right and a bad year hits everybody at once?"
    ),
    needs="Held-out outcomes, sealed grade PDs, the standard's asset correlation.",
    bad_sign="A small adjusted p in a grade: even a bad year does not explain its defaults.",
    limits=gettext_noop(
        "One-sided. The correlation is an assumption of the standard; with one year of outcomes the power is low."
    ),
    reference="One-factor model, Vasicek 2002; Basel WP14; Holm 1979.",
    run=run,
)
