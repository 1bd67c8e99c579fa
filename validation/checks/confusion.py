"""What the policy's cut-off gets right and wrong."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, of_rate
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.confusion import confusion

    cut_off = float(sample.policy.approve_below)
    found = confusion(sample.defaulted, sample.probabilities, cut_off=cut_off, level=standard.confidence)
    recall = found.recall
    measured = (
        Measurement("cut_off", "Cut-off: approve below this PD", cut_off, n=found.n),
        of_rate("precision", "Precision (share of alarms that defaulted)", found.precision),
        of_rate("recall", "Recall (share of defaults that were caught)", found.recall),
        Measurement("f1", "F1", found.f1, n=found.n),
        Measurement("accuracy", "Accuracy", found.accuracy, n=found.n),
        Measurement(
            "approval_rate", "Approved under the whole policy", float(sample.approved.mean()), n=sample.n
        ),
        Measurement(
            "referral_rate", "Referred under the whole policy", float(sample.referred.mean()), n=sample.n
        ),
    )
    table = Table(
        ("predicted", "defaulted", "repaid"),
        (
            ("default", found.true_positives, found.false_positives),
            ("repay", found.false_negatives, found.true_negatives),
        ),
    )
    told = "nobody defaulted" if recall is None else f"{recall.value:.1%} of defaults lie at or above it"
    return Measured(f"At a PD of {cut_off:g}, {told}.", reported("Reported."), measured, {"confusion": table})


CHECK = Check(
    id="confusion",
    title=gettext_noop("Confusion at the cut-off"),
    section=Section.DISCRIMINATION,
    question=gettext_noop("What does the proposed cut-off get right and wrong?"),
    needs="Held-out outcomes, PDs, and the policy's approving cut-off.",
    bad_sign="Most defaults below the cut-off, or alarms that hardly ever come true.",
    limits=gettext_noop(
        "By the score alone; hard rules of the policy are counted in the approval rate only."
    ),
    reference="Wilson intervals.",
    run=run,
)
