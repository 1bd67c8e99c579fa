"""Does this version order clients better than the one it would replace?"""

from __future__ import annotations

from quant.verdict import insufficient, reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.discrimination import auc_difference

    rival = sample.incumbent
    if rival is None:
        why = f"Nothing to compare with: {sample.no_incumbent_because or 'it has no predecessor.'}"
        return Measured(why, insufficient(why))
    found = auc_difference(
        sample.defaulted, sample.probabilities, rival.probabilities, level=standard.confidence
    )
    measured = (
        Measurement(
            "auc_difference",
            f"AUC of this version minus that of {rival.label}",
            found.difference,
            found.interval,
            p=found.p_value,
            n=found.n,
            note="" if found.interval else "Both order every client alike.",
        ),
        Measurement("auc", "AUC of this version", found.first, n=found.n),
        Measurement("incumbent_auc", f"AUC of {rival.label}", found.second, n=found.n),
    )
    headline = f"AUC {found.first:.3f} against {found.second:.3f} of {rival.label}: p = {found.p_value:.3f}."
    return Measured(headline, reported("Reported."), measured)


CHECK = Check(
    id="paired_discrimination",
    title=gettext_noop("AUC against the version it replaces"),
    section=Section.DISCRIMINATION,
    question=gettext_noop("Does this version order the same clients better than the one it would replace?"),
    needs="The predecessor's sealed version on the same held-out rows.",
    bad_sign="A difference whose interval holds 0 at the price of more complexity, or one below 0.",
    limits=gettext_noop("The predecessor may have been trained on some of these rows, which flatters it."),
    reference="Paired test of DeLong et al. 1988, two-sided; ECB Guide to internal models 2025.",
    run=run,
)
