"""Brier score with Murphy's parts, its skill, and log loss."""

from __future__ import annotations

from quant.errors import NotMeasurable
from quant.verdict import insufficient, reported
from validation.grading import graded_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics import brier as metric

    pds, level = sample.probabilities, standard.confidence
    found = metric.brier_binned(sample.defaulted, pds, bins=standard.calibration.curve_bins, level=level)
    rate = _reference_rate(sample)
    if not 0.0 < rate < 1.0:
        raise NotMeasurable(f"The default rate of development is {rate:g}: no skill is measured against it.")
    skill = metric.brier_skill(sample.defaulted, pds, reference_rate=rate, level=level)
    measured = (
        Measurement("brier", "Brier score", found.value, found.interval, n=found.n),
        Measurement("reliability", "Reliability (lower is better)", found.reliability, n=found.n),
        Measurement("resolution", "Resolution (higher is better)", found.resolution, n=found.n),
        Measurement("uncertainty", "Uncertainty of the outcome itself", found.uncertainty, n=found.n),
        Measurement("within_variance", "Variance of PDs within bins", found.within_variance, n=found.n),
        Measurement("within_covariance", "Covariance within bins", found.within_covariance, n=found.n),
        Measurement(
            "brier_skill",
            "Brier skill",
            skill.value,
            skill.interval,
            n=skill.n,
            limit=0.0,
            note=f"Against a constant rate of {rate:.4f}.",
        ),
        _log_loss(sample, level),
    )
    headline = f"Brier {found.value:.4f}, skill {skill.value:.1%} over the constant rate."
    return Measured(headline, reported("Reported."), measured)


def _log_loss(sample: Sample, level: float) -> Measurement:
    """One PD of 0 with a default behind it makes it infinite; that hides no other figure."""
    from quant.metrics.brier import log_loss

    try:
        loss = log_loss(sample.defaulted, sample.probabilities, level=level)
    except NotMeasurable as refusal:
        return Measurement("log_loss", "Log loss", n=sample.n, judgement=insufficient(str(refusal)))
    return Measurement("log_loss", "Log loss", loss.value, loss.interval, n=loss.n)


def _reference_rate(sample: Sample) -> float:
    """The developer's own rate where it was written down, else the rate of the frozen grades."""
    stated = sample.registered.metrics.get("development_default_rate")
    if stated is None:
        stated = sample.registered.quality.get("target_rate")
    if stated is None:
        pds = graded_of(sample, "No default rate of development is given, and no grades.").pds
        return sum(pds) / len(pds)
    return float(str(stated))


CHECK = Check(
    id="brier",
    title=gettext_noop("Brier score and its parts"),
    section=Section.CALIBRATION,
    question=gettext_noop("How good are the PDs as probabilities, and which part of the error is whose?"),
    needs="Held-out outcomes and PDs, the development default rate.",
    bad_sign="A skill whose interval reaches 0; a reliability that is large beside the resolution.",
    limits=gettext_noop(
        "The parts are those of quantile bins; within-bin terms are stated so that they add up."
    ),
    reference="Murphy 1973; Stephenson et al. 2008.",
    run=run,
)
