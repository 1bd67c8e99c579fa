"""Observed default rate against assigned PD, bin by bin."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from quant import intervals
from quant.arrays import binary, finite, probabilities, require_same_length
from quant.intervals import Interval
from quant.metrics.bins import assign, quantile_edges


class RateInterval(StrEnum):
    WILSON = "wilson"
    JEFFREYS = "jeffreys"


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Obligors with low < PD ≤ high (the first bin holds 0 too), their mean PD and what happened to them."""

    low: float
    high: float
    n: int
    mean_pd: float
    defaults: int
    interval: Interval

    @property
    def observed_rate(self) -> float:
        return self.defaults / self.n


@dataclass(frozen=True, slots=True)
class CalibrationCurve:
    """Non-empty bins from the lowest PD to the highest,
    with expected and maximum calibration error over them.
    """

    bins: tuple[CalibrationBin, ...]
    expected_error: float
    maximum_error: float
    n: int


_INTERVALS: dict[RateInterval, Callable[[int, int, float], Interval]] = {
    RateInterval.WILSON: intervals.wilson,
    RateInterval.JEFFREYS: intervals.jeffreys_interval,
}


def calibration_curve(
    defaulted: npt.ArrayLike,
    assigned_pd: npt.ArrayLike,
    *,
    edges: npt.ArrayLike,
    method: RateInterval = RateInterval.WILSON,
    level: float = 0.95,
) -> CalibrationCurve:
    """Curve over bins with the given inner edges (increasing,
    as of `quantile_edges`, or the frozen grade limits).

    defaulted, assigned_pd: (n,). Raises BadInput for malformed arrays.
    """
    outcome, p = binary("defaulted", defaulted), probabilities("assigned_pd", assigned_pd)
    require_same_length(defaulted=outcome, assigned_pd=p)
    inner = np.unique(finite("edges", edges))
    group = assign(p, inner)
    size, bads = np.bincount(group), np.bincount(group, outcome).astype(np.int64)
    totals, ends = np.bincount(group, p), np.concatenate([[0.0], inner, [1.0]])
    bins = tuple(
        CalibrationBin(
            low=float(ends[k]),
            high=float(ends[k + 1]),
            n=int(size[k]),
            mean_pd=float(totals[k] / size[k]),
            defaults=int(bads[k]),
            interval=_INTERVALS[method](int(bads[k]), int(size[k]), level),
        )
        for k in np.flatnonzero(size).tolist()
    )
    errors = [abs(held.mean_pd - held.observed_rate) for held in bins]
    expected = float(np.average(errors, weights=[held.n for held in bins]))
    return CalibrationCurve(bins, expected, max(errors), outcome.size)


def calibration_curve_by_quantile(
    defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, bins: int, level: float = 0.95
) -> CalibrationCurve:
    """Curve over at most `bins` quantile bins of the PD, Wilson intervals. A constant PD makes one bin."""
    inner = quantile_edges(probabilities("assigned_pd", assigned_pd), bins)
    return calibration_curve(defaulted, assigned_pd, edges=inner if inner.size else [1.0], level=level)
