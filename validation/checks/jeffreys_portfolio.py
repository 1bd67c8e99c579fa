"""Is the mean PD of the whole portfolio too low?"""

from __future__ import annotations

from validation.calibration import graded_rule, power_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.calibration import jeffreys
    from quant.verdict import judge_graded_test

    mean_pd = float(sample.probabilities.mean())
    test = jeffreys(mean_pd, sample.n, int(sample.defaulted.sum()), level=standard.confidence)
    power = power_of(test, standard)
    judgement = judge_graded_test(test.p_value, power=power, rule=graded_rule(standard))
    measured = (
        Measurement(
            "jeffreys_portfolio",
            "Jeffreys, whole portfolio",
            test.p_value,
            p=test.p_value,
            n=test.n,
            power=power,
            limit=standard.calibration.red_alpha,
            judgement=judgement,
        ),
        Measurement("mean_pd", "Mean assigned PD", mean_pd, n=test.n),
        Measurement("observed_rate", "Observed default rate", test.observed_rate, test.interval, n=test.n),
    )
    headline = f"Assigned {mean_pd:.2%}, observed {test.observed_rate:.2%}: p = {test.p_value:.3f}."
    return Measured(headline, judgement, measured)


CHECK = Check(
    id="jeffreys_portfolio",
    title=gettext_noop("Jeffreys test of the portfolio"),
    section=Section.CALIBRATION,
    question=gettext_noop("Is the portfolio's mean PD too low for the defaults that were seen?"),
    needs="Held-out outcomes and PDs.",
    bad_sign="A small p: amber at or below .05, red at or below .01 under the demonstration's standard.",
    limits=gettext_noop("One-sided: PDs that are too high are not found. Defaults are taken as independent."),
    reference="p = BetaCDF(PD; D+½, N−D+½); ECB instructions for validation reporting 2019.",
    run=run,
)
