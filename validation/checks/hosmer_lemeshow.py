"""Hosmer and Lemeshow over the frozen grades."""

from __future__ import annotations

from quant.verdict import reported
from validation.calibration import grade_counts
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:  # noqa: ARG001
    from quant.metrics.calibration import PdOrigin, hosmer_lemeshow

    counts = grade_counts(sample)
    found = hosmer_lemeshow(counts.pds, counts.sizes, counts.defaults, origin=PdOrigin.FIXED_BEFOREHAND)
    measured = Measurement(
        "hosmer_lemeshow",
        "Hosmer-Lemeshow C",
        found.statistic,
        p=found.p_value,
        n=found.n,
        note=f"{found.degrees_of_freedom} degrees of freedom: the PDs were fixed beforehand.",
    )
    return Measured(
        f"C = {found.statistic:.2f} on {found.degrees_of_freedom} degrees of freedom, p ="
        f" {found.p_value:.3f}.",
        reported("Reported, never a reason to choose a model."),
        (measured,),
    )


CHECK = Check(
    id="hosmer_lemeshow",
    title=gettext_noop("Hosmer-Lemeshow"),
    section=Section.CALIBRATION,
    question=gettext_noop("Do the grade PDs fit the observed defaults as a whole?"),
    needs="Held-out outcomes, sealed grade PDs.",
    bad_sign="A small p; with many rows it rejects small misfits too.",
    limits=gettext_noop("Depends on the grouping and on the size of the sample."),
    reference="Basel WP14; as many degrees of freedom as groups, because the PDs are out of sample.",
    run=run,
)
