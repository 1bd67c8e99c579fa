"""Proper scores of probabilities: Brier with Murphy's parts, its skill, and log loss."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from quant import intervals
from quant.arrays import Bools, Floats, Ints, binary, probabilities, require_same_length
from quant.errors import NotMeasurable
from quant.intervals import Interval
from quant.metrics.bins import assign, quantile_edges
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class Brier:
    """value = reliability − resolution + uncertainty + within_variance − within_covariance, exactly.

    The two within-group terms (Stephenson et al. 2008) vanish where every group holds one distinct PD.
    """

    value: float
    interval: Interval | None
    reliability: float
    resolution: float
    uncertainty: float
    within_variance: float
    within_covariance: float
    groups: int
    n: int


@dataclass(frozen=True, slots=True)
class MeanScore:
    """A mean over obligors with its normal interval (none for a single obligor)."""

    value: float
    interval: Interval | None
    n: int


@dataclass(frozen=True, slots=True)
class BrierSkill:
    """1 − Brier/Brier of a constant `reference_rate`; above 0 the PDs say more than that rate."""

    value: float
    interval: Interval | None
    reference_rate: float
    n: int


def brier(defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, level: float = 0.95) -> Brier:
    """Brier score with Murphy's parts over the distinct PDs. Arrays are (n,). Source: Murphy 1973."""
    outcome, p = _checked(defaulted, assigned_pd)
    return _parts(outcome, p, np.unique(p, return_inverse=True)[1], level)


def brier_binned(
    defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, bins: int, level: float = 0.95
) -> Brier:
    """As `brier`, with the parts over at most `bins` quantile bins of the PD, the within-bin terms stated."""
    outcome, p = _checked(defaulted, assigned_pd)
    return _parts(outcome, p, assign(p, quantile_edges(p, bins)), level)


def brier_skill(
    defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, reference_rate: float, level: float = 0.95
) -> BrierSkill:
    """Skill against a rate known beforehand, such as development's; delta-method interval of the ratio."""
    outcome, p = _checked(defaulted, assigned_pd)
    loss = (p - outcome) ** 2
    base = (share("reference_rate", reference_rate) - outcome) ** 2
    ratio = float(loss.mean() / base.mean())
    spread = _mean(loss / base.mean() - ratio * base / base.mean(), level).interval
    moved = None if spread is None else Interval(1 - ratio + spread.low, 1 - ratio + spread.high, level)
    return BrierSkill(1 - ratio, moved, reference_rate, outcome.size)


def log_loss(defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, *, level: float = 0.95) -> MeanScore:
    """Mean of −ln(probability given to what happened), in nats. Nothing is clipped.

    Raises NotMeasurable where an outcome had been given probability 0: the loss is infinite.
    """
    outcome, p = _checked(defaulted, assigned_pd)
    given = np.where(outcome, p, 1 - p)
    impossible = int((given == 0).sum())
    if impossible:
        raise NotMeasurable(
            f"The log loss is infinite: {impossible} outcomes had been given probability 0. Cap the PDs."
        )
    return _mean(-np.log(given), level)


def _checked(defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike) -> tuple[Bools, Floats]:
    outcome, p = binary("defaulted", defaulted), probabilities("assigned_pd", assigned_pd)
    require_same_length(defaulted=outcome, assigned_pd=p)
    return outcome, p


def _parts(outcome: Bools, p: Floats, group: Ints | npt.NDArray[np.intp], level: float) -> Brier:
    size = np.bincount(group)
    held = size > 0
    # An empty bin has no mean; dividing by 1 keeps it out without a warning, its weight is zero anyway.
    rate = np.bincount(group, outcome) / np.maximum(size, 1)
    mean = np.bincount(group, p) / np.maximum(size, 1)
    base = float(outcome.mean())
    score = _mean((p - outcome) ** 2, level)
    return Brier(
        value=score.value,
        interval=score.interval,
        reliability=float(np.average((mean - rate) ** 2, weights=size)),
        resolution=float(np.average((rate - base) ** 2, weights=size)),
        uncertainty=base * (1 - base),
        within_variance=float(np.mean((p - mean[group]) ** 2)),
        within_covariance=float(2 * np.mean((outcome - rate[group]) * (p - mean[group]))),
        groups=int(held.sum()),
        n=outcome.size,
    )


def _mean(values: Floats, level: float) -> MeanScore:
    value = float(values.mean())
    if values.size < 2:
        return MeanScore(value, None, values.size)
    return MeanScore(
        value, intervals.normal(value, float(values.std(ddof=1)) / sqrt(values.size), level), values.size
    )
