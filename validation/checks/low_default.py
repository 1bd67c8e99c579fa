"""How high the PD of a grade could be all the same, and which shift this sample could have shown."""

from __future__ import annotations

from dataclasses import dataclass

from quant.verdict import reported
from validation.calibration import GradeCounts, grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard


@dataclass(frozen=True)
class _Bounded:
    """One grade: its own counts, the most prudent PD and the pool it rests on, the least rate that would show."""

    number: int
    n: int
    defaults: int
    assigned_pd: float
    upper_pd: float
    pooled: int
    pooled_defaults: int
    detectable: float | None

    @property
    def ratio(self) -> float:
        return self.upper_pd / self.assigned_pd


def run(sample: Sample, standard: Standard) -> Measured:
    rules = required(standard.backtest, "The standard has no section on backtests.")
    bounded = _bounded(grade_counts(sample), rules.low_default_confidence, standard)
    highest = max(bounded, key=lambda each: each.ratio)
    headline = (
        f"With {rules.low_default_confidence:.0%} confidence no PD is above {highest.ratio:.2f} times the assigned one"
        f" (grade {highest.number}), taken grade by grade."
    )
    return Measured(
        headline,
        reported("Reported."),
        tuple(_measured(each, rules.low_default_confidence) for each in bounded),
        {"upper_bounds": _table(bounded)},
    )


def _bounded(counts: GradeCounts, confidence: float, standard: Standard) -> list[_Bounded]:
    from quant.metrics.low_default import upper_pds

    found = upper_pds(counts.sizes, counts.defaults, confidence=confidence)
    rows = zip(counts.pds, found.pds, found.pooled_sizes, found.pooled_defaults, strict=True)
    return [
        _Bounded(
            at + 1,
            int(counts.sizes[at]),
            int(counts.defaults[at]),
            pd,
            upper,
            pooled,
            pooled_defaults,
            _detectable(pd, int(counts.sizes[at]), standard),
        )
        for at, (pd, upper, pooled, pooled_defaults) in enumerate(rows)
        if upper is not None
    ]


def _detectable(pd: float, n: int, standard: Standard) -> float | None:
    """The least rate that the Jeffreys test shows with the required power; None where no count of defaults would."""
    from quant.errors import NotMeasurable
    from quant.metrics.power import smallest_detectable_shift

    if not n:
        return None
    rules = standard.calibration
    try:
        return smallest_detectable_shift(pd, n, alpha=rules.amber_alpha, power=rules.required_power).rate
    except NotMeasurable:
        return None


def _measured(each: _Bounded, confidence: float) -> Measurement:
    shown = "no rate" if each.detectable is None else f"a rate of {each.detectable:.4f} or more"
    return Measurement(
        f"grade_{each.number}",
        f"Grade {each.number}: upper PD at {confidence:.0%}",
        each.upper_pd,
        n=each.n,
        limit=each.assigned_pd,
        note=f"{each.defaults} defaults; {each.pooled_defaults} of {each.pooled} in this and all worse grades. This"
        f" sample would show {shown}.",
    )


def _table(bounded: list[_Bounded]) -> Table:
    columns = (
        "grade",
        "n",
        "defaults",
        "assigned_pd",
        "upper_pd",
        "ratio",
        "pooled_n",
        "pooled_defaults",
        "least_rate_shown",
    )
    rows = tuple(
        (
            each.number,
            each.n,
            each.defaults,
            each.assigned_pd,
            each.upper_pd,
            each.ratio,
            each.pooled,
            each.pooled_defaults,
            each.detectable,
        )
        for each in bounded
    )
    return Table(columns, rows)


CHECK = Check(
    id="low_default",
    title=gettext_noop("Upper PD of grades with few defaults"),
    section=Section.CALIBRATION,
    question=gettext_noop("How high could the PD of a grade be, given how few defaults were seen?"),
    needs="Held-out outcomes, sealed grade bounds and grade PDs.",
    bad_sign="An upper PD, or a smallest detectable rate, that is many times the assigned PD.",
    limits=gettext_noop(
        "Prudent by design: each grade is pooled with all worse ones, so that the best grades are bounded loosely."
        " It takes the order of the grades as right and defaults as independent; each bound holds by itself."
    ),
    reference="Pluto and Tasche 2005, most prudent estimation; smallest shift of the Jeffreys test.",
    run=run,
)
