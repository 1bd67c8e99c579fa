"""What each input says of default by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.features.inputs import CATEGORIES, InputType
from quant.verdict import insufficient, reported
from validation.inputs import input_numbers
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.metrics.information_value import EvidenceBin, InformationValue


def run(sample: Sample, standard: Standard) -> Measured:
    required(standard.ranking, "The standard has no section on ranking.")
    if not sample.inputs:
        return Measured(sample.absent.inputs, insufficient("There is nothing to measure."))
    columns = input_numbers(sample, sample.frame)
    found: dict[str, InformationValue] = {}
    refused: list[Measurement] = []
    for name, kind in sample.inputs.items():
        try:
            found[name] = _value(kind, sample, columns[name], standard)
        except NotMeasurable as refusal:
            refused.append(Measurement(name, f"Information value of {name}", n=sample.n, note=str(refusal)))
    if not found:
        return Measured(
            "No input tells anybody apart.", insufficient("Nothing was measurable."), tuple(refused)
        )
    strongest = max(found, key=lambda name: found[name].value)
    headline = f"{len(found)} inputs; the strongest is {strongest} ({found[strongest].value:.4f})."
    return Measured(
        headline,
        reported("Reported."),
        (*_measured(found), *refused),
        {"weight_of_evidence": _table(strongest, found[strongest], standard.fairness.minimum_n)},
    )


def _value(
    kind: InputType, sample: Sample, values: NDArray[np.float64], standard: Standard
) -> InformationValue:
    from quant.metrics.bins import freeze_bins, freeze_levels
    from quant.metrics.information_value import information_value

    rules, floor = required(standard.ranking, ""), standard.stability.floor
    bins = (
        freeze_levels(values, floor=floor)
        if kind in CATEGORIES
        else freeze_bins(values, bins=rules.bins, floor=floor)
    )
    return information_value(sample.defaulted, values, bins=bins)


def _measured(found: dict[str, InformationValue]) -> tuple[Measurement, ...]:
    from quant.metrics.multiple import benjamini_hochberg

    adjusted = benjamini_hochberg([each.p_value for each in found.values()], family="inputs").adjusted
    return tuple(
        Measurement(
            name,
            f"Information value of {name}",
            each.value,
            p=each.p_value,
            p_adjusted=p_adjusted,
            n=each.n,
            note=_floored(each),
        )
        for (name, each), p_adjusted in zip(found.items(), adjusted, strict=True)
    )


def _floored(found: InformationValue) -> str:
    told = f"{found.floored} shares below {found.floor:g} were raised to it." if found.floored else ""
    return f"{len(found.bins)} bins. {told}".strip()


def _table(name: str, found: InformationValue, minimum_n: int) -> Table:
    """Of a bin with few clients no outcome is told: it would be that of persons."""
    columns = ("bin", "n", "defaults", "observed_rate", "weight_of_evidence", "contribution")
    return Table(columns, tuple((f"{name}: {each.name}", *_told(each, minimum_n)) for each in found.bins))


def _told(each: EvidenceBin, minimum_n: int) -> tuple[float | None, ...]:
    if each.n < minimum_n:
        return (each.n, None, None, None, None)
    return (each.n, each.defaults, each.observed_rate, each.weight, each.contribution)


CHECK = Check(
    id="information_value",
    title=gettext_noop("Information value of the inputs"),
    section=Section.DISCRIMINATION,
    question=gettext_noop("Which inputs tell defaults from others by themselves?"),
    needs="Held-out outcomes, declared inputs.",
    bad_sign="One input far above all others, as a field that was filled after the decision is; inputs near 0.",
    limits=gettext_noop(
        "One input at a time, on quantile bins of this sample; few defaults in a bin make the value too high. The"
        " table leaves out the outcomes of bins below the smallest group that the standard tells of."
    ),
    reference="Siddiqi 2006; p as of a stability index of defaults against others, Yurdakul 2018; adjusted by Benjamini"
    " and Hochberg 1995 over the inputs.",
    run=run,
)
