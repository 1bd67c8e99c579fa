"""Approvals by age band, relative to the declared reference band."""

from __future__ import annotations

from validation.impact import adverse_impact
from validation.marking import gettext_noop
from validation.measuring import Measured
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    return adverse_impact(sample, standard, "age")


CHECK = Check(
    id="adverse_impact_age",
    title=gettext_noop("Adverse impact ratio by age band"),
    section=Section.FAIRNESS,
    question=gettext_noop("Is any age band approved much less often than the declared reference band?"),
    needs="The proposed policy's outcomes and the age, joined for validation only.",
    bad_sign="A ratio below .80 with p below .05 in any band.",
    limits=gettext_noop(
        "A screening metric; bands and reference are the standard's, declared before the run."
    ),
    reference="Interval on the log ratio (Katz 1978); pooled z, or Fisher's exact test for small cells.",
    run=run,
)
