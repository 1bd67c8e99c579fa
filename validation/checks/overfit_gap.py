"""How much better does the version order the loans it has learned from?"""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.intervals import normal
    from quant.metrics.discrimination import auc

    learned = required(sample.development, sample.absent.development)
    target = required(sample.development_defaulted, "The outcomes of development are not given.")
    pds = sample.served.score_frame(learned).probabilities
    before = auc(target, pds, level=standard.confidence)
    now = auc(sample.defaulted, sample.probabilities, level=standard.confidence)
    gap = before.value - now.value
    error = ((before.standard_error or 0.0) ** 2 + (now.standard_error or 0.0) ** 2) ** 0.5
    band = normal(gap, error, standard.confidence) if error else None
    measured = (
        Measurement("auc_learned", "AUC on the rows learned from", before.value, before.interval, n=before.n),
        Measurement("auc_held_out", "AUC on the held-out rows", now.value, now.interval, n=now.n),
        Measurement("gap", "Overfit gap of the AUC", gap, band, n=before.n + now.n),
    )
    headline = f"AUC {before.value:.3f} on the rows learned from, {now.value:.3f} on held-out rows."
    return Measured(headline, reported("Reported."), measured)


CHECK = Check(
    id="overfit_gap",
    title=gettext_noop("Overfit gap"),
    section=Section.ROBUSTNESS,
    question=gettext_noop("How much better does the version order the loans it has learned from?"),
    needs="The development part with outcomes, the sealed version, held-out outcomes and PDs.",
    bad_sign="A gap whose whole interval lies far above zero.",
    limits=gettext_noop(
        "Every flexible model orders what it has learned from better; what counts is the held-out figure. Parts drawn"
        " at random say nothing of time."
    ),
    reference="DeLong intervals of two samples that share no loan.",
    run=run,
)
