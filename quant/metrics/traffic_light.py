"""The traffic light of a PD: from how many defaults on does the count stop being ordinary."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from quant.errors import BadInput
from quant.metrics.vasicek import critical_count
from quant.scalars import share


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Green lies below the `yellow` quantile of the count of defaults, yellow below the `red` one."""

    yellow: float
    red: float

    def __post_init__(self) -> None:
        if not share("yellow", self.yellow) < share("red", self.red):
            raise BadInput("Cannot light: yellow needs a smaller quantile than red.")


@dataclass(frozen=True, slots=True)
class TrafficLight:
    """Yellow and red shine from these counts of defaults on; None where no count of this sample reaches it."""

    assigned_pd: float
    n: int
    defaults: int
    yellow_from: int | None
    red_from: int | None

    @property
    def light(self) -> Light:
        if self.red_from is not None and self.defaults >= self.red_from:
            return Light.RED
        if self.yellow_from is not None and self.defaults >= self.yellow_from:
            return Light.YELLOW
        return Light.GREEN


def independent_light(assigned_pd: float, n: int, defaults: int, *, quantiles: Quantiles) -> TrafficLight:
    """Yellow from the least D with P(X ≥ D) ≤ 1 − `yellow`, red likewise; X binomial(N, PD).

    So a right PD shows yellow or red with a chance of at most 1 − `yellow`. Raises BadInput for impossible counts or
    PDs. Source: the critical value of Basel WP14; OeNB and FMA guideline on validation 2004.
    """
    _require_sample(n, defaults)
    pd = share("assigned_pd", assigned_pd)
    first, last = (_independent(pd, n, 1 - quantile) for quantile in (quantiles.yellow, quantiles.red))
    return TrafficLight(pd, n, defaults, first, last)


def correlated_light(
    assigned_pd: float, n: int, defaults: int, *, quantiles: Quantiles, correlation: float
) -> TrafficLight:
    """The same with the correlated binomial: X as in `vasicek.correlated_binomial`. Source: Tasche 2003."""
    _require_sample(n, defaults)
    first, last = (
        critical_count(assigned_pd, n, correlation=correlation, alpha=1 - quantile)
        for quantile in (quantiles.yellow, quantiles.red)
    )
    return TrafficLight(assigned_pd, n, defaults, first, last)


def _independent(pd: float, n: int, alpha: float) -> int | None:
    first = int(stats.binom.ppf(1 - alpha, n, pd))
    # ppf may miss by one where the quantile is met exactly; the definition decides.
    near = np.arange(max(0, first - 1), min(n, first + 2) + 1)
    rejecting = near[stats.binom.sf(near - 1, n, pd) <= alpha]
    return int(rejecting[0]) if rejecting.size else None


def _require_sample(n: int, defaults: int) -> None:
    if not 0 <= defaults <= n or n < 1:
        raise BadInput(
            f"Cannot light {defaults} defaults of {n}: pass at least one obligor and a part of them."
        )
