"""Approvals by sex, relative to the declared reference group."""

from __future__ import annotations

from validation.impact import adverse_impact
from validation.marking import gettext_noop
from validation.measuring import Measured
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    return adverse_impact(sample, standard, "sex")


CHECK = Check(
    id="adverse_impact_sex",
    title=gettext_noop("Adverse impact ratio by sex"),
    section=Section.FAIRNESS,
    question=gettext_noop("Is either sex approved much less often than the declared reference?"),
    needs="The proposed policy's outcomes and the protected column, joined for validation only.",
    bad_sign="A ratio below .80 with p below .05.",
    limits=gettext_noop("A screening metric: it is neither a finding of law nor a statement about cause."),
    reference="Interval on the log ratio (Katz 1978); pooled z, or Fisher's exact test for small cells.",
    run=run,
)
