"""Every input by itself: has it moved, by how much, and could this sample have shown it? Adjusted over the inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import numbers
from quant.errors import NotMeasurable
from quant.intervals import Interval
from quant.metrics.bins import Bins, FrozenBins, freeze_bins, freeze_levels
from quant.metrics.effects import ShiftPower, chi_square_power, cramers_v_interval, ks_power
from quant.metrics.multiple import benjamini_hochberg
from quant.metrics.stability import ChiSquare, KsShift, chi_square_shift, jensen_shannon, ks_shift

_ANY_FLOOR = 0.5
"""Neither χ² nor Jensen-Shannon takes a logarithm of a floored share; the bins ask for one all the same."""


@dataclass(frozen=True, slots=True)
class InputShift:
    """One input, or how often it is missing. `divergence` is Jensen-Shannon's, in bits; None in a single bin."""

    name: str
    found: KsShift | ChiSquare
    divergence: float | None

    @property
    def effect(self) -> float:
        """The largest gap of the two distributions, or Cramér's V."""
        return self.found.value if isinstance(self.found, KsShift) else self.found.cramers_v

    def interval(self, level: float) -> Interval | None:
        """Of Cramér's V; the largest gap has none here."""
        return None if isinstance(self.found, KsShift) else cramers_v_interval(self.found, level=level)


@dataclass(frozen=True, slots=True)
class ShiftLimits:
    """`ks` is of the largest gap, `cramers_v` of codes; both are effects that somebody has to look at."""

    alpha: float
    ks: float
    cramers_v: float

    def of(self, shift: InputShift) -> float:
        return self.ks if isinstance(shift.found, KsShift) else self.cramers_v


@dataclass(frozen=True, slots=True)
class AdjustedShift:
    """`p_adjusted` is Benjamini and Hochberg's over the family. `power` is that of a test at α/family against an
    effect of `limit`: the hardest step of the procedure, so the power of any step is at least that."""

    shift: InputShift
    p_adjusted: float
    limit: float
    power: ShiftPower
    has_moved: bool


def number_shift(name: str, reference: npt.ArrayLike, current: npt.ArrayLike, *, bins: int) -> InputShift:
    """KS of the values that are present; Jensen-Shannon over quantile bins of the reference. Arrays (n,) and (m,).

    Raises BadInput for infinite values, NotMeasurable where every value of one sample is missing.
    """
    found = ks_shift(reference, current)
    return InputShift(name, found, _divergence(freeze_bins(reference, bins=bins, floor=_ANY_FLOOR), current))


def missing_shift(name: str, reference: npt.ArrayLike, current: npt.ArrayLike) -> InputShift:
    """How often an input is missing, by χ² of a 2 × 2 table. NotMeasurable where it never is, or always."""
    before, after = (np.isnan(numbers(name, values)) for values in (reference, current))
    counts = (int((~before).sum()), int(before.sum()), 0)
    return _shift_of(name, Bins((0.5,), counts, _ANY_FLOOR), after.astype(np.float64))


def category_shift(name: str, reference: npt.ArrayLike, current: npt.ArrayLike) -> InputShift:
    """χ² of the codes of both samples; a code never seen and a missing one are codes of their own.

    Raises NotMeasurable where both samples hold one and the same code only.
    """
    return _shift_of(name, freeze_levels(reference, floor=_ANY_FLOOR), current)


def adjusted_shifts(shifts: Sequence[InputShift], *, limits: ShiftLimits) -> tuple[AdjustedShift, ...]:
    """An input has moved when its adjusted p is at most α and its effect is beyond its limit. Empty for none."""
    if not shifts:
        return ()
    found = benjamini_hochberg([each.found.p_value for each in shifts], family="inputs, shift")
    powers = _powers(shifts, limits, limits.alpha / len(shifts))
    return tuple(
        AdjustedShift(
            shift,
            p_adjusted,
            limits.of(shift),
            power,
            has_moved=p_adjusted <= limits.alpha and shift.effect > limits.of(shift),
        )
        for shift, p_adjusted, power in zip(shifts, found.adjusted, powers, strict=True)
    )


def _powers(shifts: Sequence[InputShift], limits: ShiftLimits, alpha: float) -> list[ShiftPower]:
    """Of two inputs with as many values the power is the same, and the critical value of a large sample takes time."""
    known: dict[tuple[int, int, int], ShiftPower] = {}
    told = []
    for shift in shifts:
        key = _sizes(shift.found)
        if key not in known:
            known[key] = _power(shift, limits.of(shift), alpha)
        told.append(known[key])
    return told


def _sizes(found: KsShift | ChiSquare) -> tuple[int, int, int]:
    """All that a power depends on; a largest gap has no degrees of freedom."""
    freedom = 0 if isinstance(found, KsShift) else found.degrees_of_freedom
    return found.n_reference, found.n_current, freedom


def _power(shift: InputShift, effect: float, alpha: float) -> ShiftPower:
    if isinstance(shift.found, KsShift):
        return ks_power(shift.found, effect=effect, alpha=alpha)
    return chi_square_power(shift.found, effect=effect, alpha=alpha)


def _shift_of(name: str, reference: FrozenBins, current: npt.ArrayLike) -> InputShift:
    return InputShift(name, chi_square_shift(reference, current), _divergence(reference, current))


def _divergence(reference: FrozenBins, current: npt.ArrayLike) -> float | None:
    try:
        return jensen_shannon(reference, current).divergence
    except NotMeasurable:
        return None
