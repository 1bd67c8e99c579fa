"""Do the log-odds of default rise one for one with those of the assigned PD?"""

from __future__ import annotations

from quant.verdict import judge_band
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.cox import cox_calibration

    rules = required(standard.backtest, "The standard has no section on backtests.")
    found = cox_calibration(sample.defaulted, sample.probabilities, level=standard.confidence)
    judgement = judge_band(found.slope, found.slope_interval, band=(rules.slope_low, rules.slope_high))
    measured = (
        Measurement("slope", "Slope", found.slope, found.slope_interval, n=found.n, judgement=judgement),
        Measurement("intercept", "Intercept", found.intercept, found.intercept_interval, n=found.n),
        Measurement(
            "likelihood_ratio",
            "Likelihood ratio against intercept 0 and slope 1",
            found.statistic,
            p=found.p_value,
            n=found.n,
            note="2 degrees of freedom. Beside the verdict: with many rows it rejects small misfits too.",
        ),
    )
    headline = (
        f"Slope {found.slope:.3f} ({found.slope_interval.low:.3f} to {found.slope_interval.high:.3f}), intercept"
        f" {found.intercept:.3f}; p = {found.p_value:.3f} against 1 and 0."
    )
    return Measured(headline, judgement, measured)


CHECK = Check(
    id="cox_calibration",
    title=gettext_noop("Cox calibration"),
    section=Section.CALIBRATION,
    question=gettext_noop("Are the PDs too extreme or too even?"),
    needs="Held-out outcomes, both classes, PDs strictly between 0 and 1.",
    bad_sign="A slope outside the standard's band: below it, PDs are too extreme; above it, too even.",
    limits=gettext_noop(
        "A straight line on the log-odds: a bend inside it is not seen. Defaults are taken as independent."
    ),
    reference="Cox 1958; Miller, Hui and Tierney 1991.",
    run=run,
)
