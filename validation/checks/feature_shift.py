"""Has any input moved since development by more than it may? Effect beside p, adjusted over the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.errors import NotMeasurable, QuantError
from quant.features.inputs import CATEGORIES, InputType
from quant.verdict import Judgement, Severity, Verdict, insufficient
from validation.inputs import input_numbers
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, word_of, worst
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.metrics.feature_shift import AdjustedShift, InputShift


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.feature_shift import ShiftLimits, adjusted_shifts

    rules = required(standard.shift, "The standard has no limits for shifts of inputs.")
    development = required(sample.development, sample.absent.development)
    if not sample.inputs:
        return Measured(sample.absent.inputs, insufficient("There is nothing to compare."))
    before, now = input_numbers(sample, development), input_numbers(sample, sample.frame)
    shifts: list[InputShift] = []
    refused: list[Measurement] = []
    for name, kind in sample.inputs.items():
        try:
            shifts += _shifts(name, kind, before[name], now[name], standard)
        except QuantError as refusal:
            refused.append(Measurement(f"shift:{name}", name, judgement=insufficient(str(refusal))))
    limits = ShiftLimits(rules.alpha, rules.ks_limit, rules.cramers_v_limit)
    found = adjusted_shifts(shifts, limits=limits)
    measured = tuple(_measured(each, standard) for each in found)
    table = _table(found, measured, refused)
    return Measured(
        _headline(sample, found, refused),
        worst((*measured, *refused)),
        (*measured, *refused),
        {"feature_shift": table},
    )


def _shifts(
    name: str,
    kind: InputType,
    before: NDArray[np.float64],
    now: NDArray[np.float64],
    standard: Standard,
) -> list[InputShift]:
    """Codes count a missing one as a code of its own; of a number, how often it is missing is a shift by itself."""
    from quant.metrics.feature_shift import category_shift, missing_shift, number_shift

    if kind in CATEGORIES:
        return [category_shift(name, before, now)]
    moved = [number_shift(name, before, now, bins=standard.stability.bins)]
    try:
        return [*moved, missing_shift(f"{name} missing", before, now)]
    except NotMeasurable:
        return moved


def _measured(found: AdjustedShift, standard: Standard) -> Measurement:
    shift = found.shift
    return Measurement(
        name=f"shift:{shift.name}",
        label=f"{_measure(found)} of {shift.name}",
        value=shift.effect,
        interval=shift.interval(standard.confidence),
        p=shift.found.p_value,
        p_adjusted=found.p_adjusted,
        n=shift.found.n_current,
        power=found.power.value,
        limit=found.limit,
        judgement=_judged(found, standard.calibration.required_power),
    )


def _judged(found: AdjustedShift, required_power: float) -> Judgement:
    """A pass takes a sample that would have shown a shift as large as the limit, at the hardest step."""
    effect, p = found.shift.effect, found.p_adjusted
    if found.has_moved:
        why = f"{effect:.4g} is beyond {found.limit:g}, with adjusted p = {p:.4g}."
        return Judgement(Verdict.FAILED, why, Severity.RED)
    if found.power.value < required_power or effect > found.limit:
        return insufficient(
            f"{effect:.4g} with adjusted p = {p:.4g}; the power to show {found.limit:g} is"
            f" {found.power.value:.3f}, a pass takes {required_power:g}."
        )
    why = f"{effect:.4g} is not beyond {found.limit:g}; the power to show that is {found.power.value:.3f}."
    return Judgement(Verdict.PASSED, why)


def _measure(found: AdjustedShift) -> str:
    from quant.metrics.stability import KsShift

    return "Largest gap of the distributions" if isinstance(found.shift.found, KsShift) else "Cramér's V"


def _headline(sample: Sample, found: tuple[AdjustedShift, ...], refused: list[Measurement]) -> str:
    beside = f" Not compared: {', '.join(each.label for each in refused)}." if refused else ""
    if not found:
        return f"No input could be compared.{beside}"
    moved = [each.shift.name for each in found if each.has_moved]
    told = f": {', '.join(moved)}" if moved else ""
    return f"{len(moved)} of {len(found)} have moved{told}; {sample.n} rows against those of development.{beside}"


def _table(
    found: tuple[AdjustedShift, ...], measured: tuple[Measurement, ...], refused: list[Measurement]
) -> Table:
    columns = (
        "input",
        "measure",
        "effect",
        "low",
        "high",
        "jensen_shannon",
        "p",
        "p_adjusted",
        "power",
        "verdict",
    )
    rows = tuple(
        (
            each.shift.name,
            "KS" if _measure(each).startswith("Largest") else "V",
            each.shift.effect,
            *ends(told.interval),
            each.shift.divergence,
            told.p,
            told.p_adjusted,
            told.power,
            "" if told.judgement is None else word_of(told.judgement),
        )
        for each, told in zip(found, measured, strict=True)
    )
    unknown = tuple((each.label, "", *[None] * 7, "insufficient_data") for each in refused)
    return Table(columns, (*rows, *unknown))


CHECK = Check(
    id="feature_shift",
    title=gettext_noop("Shift of each input"),
    section=Section.STABILITY,
    question=gettext_noop("Has any input moved since development by more than the standard lets it?"),
    needs="The development part as reference, the held-out inputs.",
    bad_sign="An adjusted p at or below its limit together with an effect beyond its own.",
    limits=gettext_noop(
        "One input at a time. KS is cautious where values repeat; chi-square is not exact where codes are rare."
        " A pass says that the sample would have shown a shift as large as the limit with the stated power."
    ),
    reference=(
        "Two-sample Kolmogorov-Smirnov for numbers, chi-square with Cramér's V for codes; Benjamini and Hochberg 1995;"
        " power after Massey 1950 (a lower bound) and Cohen 1988, each at the level over the number of tests."
    ),
    run=run,
)
