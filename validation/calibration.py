"""What the calibration checks share: frozen grades, the graded rule, the power of a one-sided test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.verdict import GradedRule
from validation.grading import graded_of
from validation.measuring import Measurement
from validation.sample import Sample, required
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.metrics.calibration import PdTest


@dataclass(frozen=True)
class HeldGrade:
    """One grade with an obligor, counted from 1, the best."""

    number: int
    assigned_pd: float
    n: int
    defaults: int

    @property
    def label(self) -> str:
        return f"Grade {self.number}: observed default rate"


@dataclass(frozen=True)
class GradeCounts:
    """Frozen PDs (K,), obligors (K,) and defaults (K,), grade 1 first."""

    pds: tuple[float, ...]
    sizes: NDArray[np.int64]
    defaults: NDArray[np.int64]

    @property
    def held(self) -> tuple[HeldGrade, ...]:
        """The grades that hold anybody; nothing can be tested on the others."""
        rows = zip(self.pds, self.sizes.tolist(), self.defaults.tolist(), strict=True)
        return tuple(HeldGrade(at, pd, n, bads) for at, (pd, n, bads) in enumerate(rows, start=1) if n)


def grade_counts(sample: Sample) -> GradeCounts:
    """Raises NotMeasurable without grades, BadInput for PDs that are missing: they belong to no grade."""
    import numpy as np

    found = graded_of(sample)
    sizes = np.bincount(found.place, minlength=len(found.pds)).astype(np.int64)
    defaults = np.bincount(found.place, weights=sample.defaulted, minlength=len(found.pds)).astype(np.int64)
    return GradeCounts(found.pds, sizes, defaults)


def graded_rule(standard: Standard) -> GradedRule:
    rules = standard.calibration
    return GradedRule(rules.amber_alpha, rules.red_alpha, rules.required_power)


def judged_rate(name: str, label: str, test: PdTest, *, adjusted: float, standard: Standard) -> Measurement:
    """An observed default rate beside its PD, judged by its p after adjustment and by the power of the test."""
    from quant.verdict import judge_graded_test

    power = power_of(test, standard)
    return Measurement(
        name=name,
        label=label,
        value=test.observed_rate,
        interval=test.interval,
        p=test.p_value,
        p_adjusted=adjusted,
        n=test.n,
        power=power,
        limit=test.assigned_pd,
        judgement=judge_graded_test(adjusted, power=power, rule=graded_rule(standard)),
    )


def power_of(test: PdTest, standard: Standard) -> float | None:
    """Power at the amber α against δ times the PD; None where no rate is that high."""
    from quant.errors import NotMeasurable
    from quant.metrics.power import jeffreys_power

    rules = standard.calibration
    try:
        return jeffreys_power(test.assigned_pd, test.n, alpha=rules.amber_alpha, factor=rules.delta).value
    except NotMeasurable:
        return None


def correlated_power_of(held: HeldGrade, standard: Standard, *, alpha: float) -> float | None:
    """Power of the correlated test at α against δ times the PD; None where no rate is that high."""
    from quant.errors import NotMeasurable
    from quant.metrics.vasicek import correlated_binomial_power

    rules = required(standard.backtest, "The standard has no section on backtests.")
    try:
        return correlated_binomial_power(
            held.assigned_pd,
            held.n,
            correlation=rules.correlation,
            alpha=alpha,
            factor=standard.calibration.delta,
        ).value
    except NotMeasurable:
        return None
