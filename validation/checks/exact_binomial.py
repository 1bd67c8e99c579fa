"""The exact binomial test beside the Jeffreys test."""

from __future__ import annotations

from quant.verdict import reported
from validation.calibration import grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.calibration import exact_binomial

    mean_pd = float(sample.probabilities.mean())
    whole = exact_binomial(mean_pd, sample.n, int(sample.defaulted.sum()), level=standard.confidence)
    counts = grade_counts(sample)
    measured = [
        Measurement(
            "portfolio",
            "Whole portfolio: observed default rate",
            whole.observed_rate,
            whole.interval,
            p=whole.p_value,
            n=whole.n,
            limit=mean_pd,
        )
    ]
    for number, (pd, n, bads) in enumerate(
        zip(counts.pds, counts.sizes, counts.defaults, strict=True), start=1
    ):
        if n:
            test = exact_binomial(pd, int(n), int(bads), level=standard.confidence)
            measured.append(
                Measurement(
                    f"grade_{number}",
                    f"Grade {number}: observed default rate",
                    test.observed_rate,
                    test.interval,
                    p=test.p_value,
                    n=test.n,
                    limit=pd,
                )
            )
    return Measured(f"Whole portfolio: p = {whole.p_value:.3f}.", reported("Reported."), tuple(measured))


CHECK = Check(
    id="exact_binomial",
    title=gettext_noop("Exact binomial test"),
    section=Section.CALIBRATION,
    question=gettext_noop("How likely are this many defaults, or more, if the PDs are right?"),
    needs="Held-out outcomes, mean PD and sealed grade PDs.",
    bad_sign="A small p in the portfolio or in several grades.",
    limits=gettext_noop("Raw p-values, one-sided; defaults are taken as independent."),
    reference="P(X ≥ D), Basel WP14; Clopper and Pearson 1934.",
    run=run,
)
