"""Where the model is weakest: discrimination and calibration segment by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, groups_of
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.discrimination import auc

    whole = auc(sample.defaulted, sample.probabilities, level=standard.confidence)
    cuts = (*standard.robustness.segments, *standard.fairness.attributes)
    found = [row for cut in cuts for row in _segments(sample, cut, standard)]
    measured = tuple(each for each, _ in found)
    weak = [each.label for each in measured if each.interval is not None and each.interval.high < whole.value]
    told = f"{len(weak)} of {len(measured)} segments lie below the whole (AUC {whole.value:.3f})"
    headline = f"{told}: {'; '.join(weak)}." if weak else f"{told}."
    columns = ("segment", "n", "defaults", "auc", "low", "high", "mean_pd", "observed_rate")
    table = Table(columns, tuple(row for _, row in found))
    return Measured(headline[:300], reported("Reported."), measured, {"segments": table})


def _segments(
    sample: Sample, cut: Attribute, standard: Standard
) -> list[tuple[Measurement, tuple[str | int | float | None, ...]]]:
    from quant.errors import NotMeasurable

    try:
        names = groups_of(sample, cut)
    except NotMeasurable:
        return []
    inside = ((f"{cut.label}: {group.name}", names.are(group.name)) for group in cut.groups)
    return [_segment(sample, label, mask, standard) for label, mask in inside if mask.any()]


def _segment(
    sample: Sample, label: str, mask: NDArray[np.bool_], standard: Standard
) -> tuple[Measurement, tuple[str | int | float | None, ...]]:
    from quant.metrics.discrimination import auc

    outcome, pds = sample.defaulted[mask], sample.probabilities[mask]
    n, bads = len(outcome), int(outcome.sum())
    facts = (float(pds.mean()), float(outcome.mean()))
    if n < standard.robustness.minimum_n or not 1 < bads < n - 1:
        note = f"Fewer than {standard.robustness.minimum_n} clients, or one outcome only."
        return Measurement(f"auc:{label}", label, n=n, note=note), (label, n, bads, None, None, None, *facts)
    area = auc(outcome, pds, level=standard.confidence)
    ends = (None, None) if area.interval is None else (area.interval.low, area.interval.high)
    return (
        Measurement(f"auc:{label}", label, area.value, area.interval, n=n),
        (label, n, bads, area.value, *ends, *facts),
    )


CHECK = Check(
    id="weak_segments",
    title=gettext_noop("Weak segments"),
    section=Section.ROBUSTNESS,
    question=gettext_noop("In which declared segments does the model order or rate clients worst?"),
    needs="Segments declared in the standard, held-out outcomes and PDs.",
    bad_sign="A segment whose whole interval lies below the AUC of all.",
    limits=gettext_noop(
        "Within a segment that a strong input defines, a lower AUC is expected. Accepted clients only."
    ),
    reference="DeLong intervals per segment.",
    run=run,
)
