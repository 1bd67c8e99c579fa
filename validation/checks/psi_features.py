"""Has any input moved since development? Bins frozen on the development part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.features.inputs import CATEGORIES, InputType
from quant.verdict import insufficient
from validation.inputs import input_numbers
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, worst
from validation.sample import Check, Sample, Section
from validation.stability import measured_shift
from validation.standard import StabilityRules, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.metrics.stability import Psi


def run(sample: Sample, standard: Standard) -> Measured:
    if sample.development is None:
        return Measured(sample.absent.development, insufficient("There is no reference sample."))
    if not sample.inputs:
        return Measured(sample.absent.inputs, insufficient("There is nothing to compare."))
    rules = standard.stability
    measured: list[Measurement] = []
    rows: list[tuple[str | float, ...]] = []
    before, now = input_numbers(sample, sample.development), input_numbers(sample, sample.frame)
    for name, kind in sample.inputs.items():
        found = _shift(kind, before[name], now[name], rules)
        if found is None:
            measured.append(_one_bin(name))
            continue
        measured.append(measured_shift(name, f"PSI of {name}", found, rules))
        rows.append((name, found.value, found.critical, found.p_value, len(found.bins)))
    judgement = worst(measured)
    largest = max(rows, key=lambda row: row[1], default=("no input", 0.0))
    headline = f"{len(measured)} inputs; the largest PSI is {largest[1]:.4f} ({largest[0]})."
    table = Table(("input", "psi", "critical", "p", "bins"), tuple(rows))
    return Measured(headline, judgement, tuple(measured), {"psi_features": table})


def _shift(
    kind: InputType, first: NDArray[np.float64], second: NDArray[np.float64], rules: StabilityRules
) -> Psi | None:
    """None where every value of both samples lies in one bin: a constant has nowhere to move."""
    from quant.errors import NotMeasurable
    from quant.metrics.bins import freeze_bins, freeze_levels
    from quant.metrics.stability import psi

    try:
        reference = (
            freeze_levels(first, floor=rules.floor)
            if kind in CATEGORIES
            else freeze_bins(first, bins=rules.bins, floor=rules.floor)
        )
        return psi(reference, second, confidence=rules.confidence)
    except NotMeasurable:
        return None


def _one_bin(name: str) -> Measurement:
    return Measurement(name, f"PSI of {name}", judgement=insufficient("All values lie in one bin."))


CHECK = Check(
    id="psi_features",
    title=gettext_noop("Stability of the inputs"),
    section=Section.STABILITY,
    question=gettext_noop("Is any input spread otherwise than at development?"),
    needs="The development part as reference, the held-out inputs.",
    bad_sign="A PSI above its limit and above its critical value.",
    limits=gettext_noop(
        "One input at a time, so a change of their relation stays unseen. One snapshot: no drift over time."
    ),
    reference="Yurdakul 2018; missing values are a bin of their own.",
    run=run,
)
