"""Green, yellow or red for each grade: does its count of defaults lie beyond what its PD explains?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.verdict import GradedRule, Judgement, Verdict
from validation.calibration import HeldGrade, correlated_power_of, grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, worst
from validation.sample import Check, Sample, Section, required
from validation.standard import BacktestRules, Standard

if TYPE_CHECKING:
    from quant.metrics.traffic_light import TrafficLight


@dataclass(frozen=True)
class _Lit:
    """One grade with both of its lights and the p behind the correlated one."""

    held: HeldGrade
    independent: TrafficLight
    correlated: TrafficLight
    p_value: float


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.multiple import holm

    rules = required(standard.backtest, "The standard has no section on backtests.")
    lit = [_lit(held, rules) for held in grade_counts(sample).held]
    adjusted = holm([each.p_value for each in lit], family="grades, traffic light").adjusted
    measured = tuple(
        _grade(each, p_adjusted, rules, standard) for each, p_adjusted in zip(lit, adjusted, strict=True)
    )
    headline = (
        f"Of {len(lit)} grades {_told([each.correlated for each in lit])} with an asset correlation of"
        f" {rules.correlation:g}; {_told([each.independent for each in lit])} without."
    )
    return Measured(headline, worst(measured), measured, {"lights": _table(lit)})


def _lit(held: HeldGrade, rules: BacktestRules) -> _Lit:
    from quant.metrics.traffic_light import Quantiles, correlated_light, independent_light
    from quant.metrics.vasicek import correlated_binomial

    sample, quantiles = (held.assigned_pd, held.n, held.defaults), Quantiles(rules.yellow, rules.red)
    return _Lit(
        held,
        independent_light(*sample, quantiles=quantiles),
        correlated_light(*sample, quantiles=quantiles, correlation=rules.correlation),
        correlated_binomial(*sample, correlation=rules.correlation).p_value,
    )


def _grade(lit: _Lit, p_adjusted: float, rules: BacktestRules, standard: Standard) -> Measurement:
    power = correlated_power_of(lit.held, standard, alpha=1 - rules.yellow)
    judgement = _judged(lit, p_adjusted, power, rules, standard)
    lights = f"{lit.correlated.light.capitalize()}; taken as independent, {lit.independent.light}."
    return Measurement(
        f"grade_{lit.held.number}",
        lit.held.label,
        lit.held.defaults / lit.held.n,
        p=lit.p_value,
        p_adjusted=p_adjusted,
        n=lit.held.n,
        power=power,
        limit=lit.held.assigned_pd,
        judgement=judgement,
        note=f"{lights} {judgement.why}",
    )


def _judged(
    lit: _Lit, p_adjusted: float, power: float | None, rules: BacktestRules, standard: Standard
) -> Judgement:
    """By the correlated light after Holm. A light that is on by itself only is no pass either."""
    from quant.metrics.traffic_light import Light
    from quant.verdict import judge_graded_test

    rule = GradedRule(1 - rules.yellow, 1 - rules.red, standard.calibration.required_power)
    judgement = judge_graded_test(p_adjusted, power=power, rule=rule)
    if judgement.verdict is Verdict.PASSED and lit.correlated.light is not Light.GREEN:
        return Judgement(Verdict.INCONCLUSIVE, "The light is on, but not after Holm over the grades.")
    return judgement


def _told(lights: list[TrafficLight]) -> str:
    shown = [str(each.light) for each in lights]
    return f"{shown.count('green')} are green, {shown.count('yellow')} yellow, {shown.count('red')} red"


def _table(lit: list[_Lit]) -> Table:
    columns = ("grade", "n", "defaults", "assigned_pd", "defaults_come", "light", "yellow_from", "red_from")
    rows = tuple(
        (
            each.held.number,
            each.held.n,
            each.held.defaults,
            each.held.assigned_pd,
            how,
            str(light.light),
            light.yellow_from,
            light.red_from,
        )
        for each in lit
        for how, light in (("together", each.correlated), ("alone", each.independent))
    )
    return Table(columns, rows)


CHECK = Check(
    id="traffic_light",
    title=gettext_noop("Traffic light of the grades"),
    section=Section.CALIBRATION,
    question=gettext_noop(
        "Does the count of defaults of any grade lie beyond the quantiles that its PD allows?"
    ),
    needs="Held-out outcomes, sealed grade PDs, the standard's quantiles and asset correlation.",
    bad_sign="Yellow or red with correlated defaults, after Holm. Red with independent ones alone asks for a look.",
    limits=gettext_noop(
        "One-sided. Correlated defaults leave little power in one year, so that green rarely is a pass; the"
        " correlation is an assumption of the standard."
    ),
    reference="Critical values of Basel WP14; OeNB and FMA guideline on validation 2004; Tasche 2003; Holm 1979.",
    run=run,
)
