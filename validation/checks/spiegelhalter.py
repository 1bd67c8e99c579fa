"""Spiegelhalter's z over single PDs."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:  # noqa: ARG001
    from quant.metrics.calibration import spiegelhalter

    found = spiegelhalter(sample.defaulted, sample.probabilities)
    measured = Measurement("spiegelhalter", "Spiegelhalter z", found.z, p=found.p_value, n=found.n)
    return Measured(
        f"z = {found.z:.2f}, two-sided p = {found.p_value:.3f}.", reported("Reported."), (measured,)
    )


CHECK = Check(
    id="spiegelhalter",
    title=gettext_noop("Spiegelhalter test"),
    section=Section.CALIBRATION,
    question=gettext_noop("Are the single PDs, without any grouping, in line with the outcomes?"),
    needs="Held-out outcomes and PDs.",
    bad_sign="A small two-sided p; z above 0 says that outcomes are worse than the PDs.",
    limits=gettext_noop("Misfits of opposite direction can cancel out."),
    reference="Spiegelhalter 1986; Basel WP14.",
    run=run,
)
