"""Observed default rate against assigned PD."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.calibration_curve import calibration_curve_by_quantile

    curve = calibration_curve_by_quantile(
        sample.defaulted,
        sample.probabilities,
        bins=standard.calibration.curve_bins,
        level=standard.confidence,
    )
    outside = sum(not held.interval.low <= held.mean_pd <= held.interval.high for held in curve.bins)
    measured = (
        Measurement("expected_error", "Expected calibration error", curve.expected_error, n=curve.n),
        Measurement("maximum_error", "Maximum calibration error", curve.maximum_error, n=curve.n),
        Measurement(
            "bins_outside", "Bins whose interval misses the mean PD", float(outside), n=len(curve.bins)
        ),
    )
    rows = tuple(
        (held.mean_pd, held.observed_rate, held.interval.low, held.interval.high, held.n, held.defaults)
        for held in curve.bins
    )
    table = Table(("mean_pd", "observed_rate", "low", "high", "n", "defaults"), rows)
    inside = len(curve.bins) - outside
    headline = f"{inside} of {len(curve.bins)} bins hold their mean PD; ECE {curve.expected_error:.4f}."
    return Measured(headline, reported("Reported."), measured, {"calibration_curve": table})


CHECK = Check(
    id="calibration_curve",
    title=gettext_noop("Calibration curve"),
    section=Section.CALIBRATION,
    question=gettext_noop("Does a PD of x mean that x in a hundred default, all along the scale?"),
    needs="Held-out outcomes and PDs.",
    bad_sign="A run of bins on one side of the diagonal.",
    limits=gettext_noop("Bins are quantiles of this sample; single intervals, not a band."),
    reference="Wilson intervals.",
    run=run,
)
