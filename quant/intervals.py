"""Confidence intervals of rates, differences of rates and means. scipy is imported only where it is used."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from quant.errors import BadInput, NotMeasurable
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval; `level` is its nominal coverage."""

    low: float
    high: float
    level: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise BadInput(
                f"Cannot use the interval [{self.low}, {self.high}]: its ends are out of order or missing."
            )


@dataclass(frozen=True, slots=True)
class Proportion:
    """A rate: `successes` of `n`, with its interval."""

    successes: int
    n: int
    interval: Interval

    @property
    def value(self) -> float:
        return self.successes / self.n


def normal_quantile(level: float) -> float:
    """z such that a standard normal lies within ±z with probability `level`."""
    return NormalDist().inv_cdf(0.5 + share("level", level) / 2)


def normal(estimate: float, standard_error: float, level: float) -> Interval:
    """Wald interval; unbounded, so the caller clips where the quantity is."""
    margin = normal_quantile(level) * standard_error
    return Interval(estimate - margin, estimate + margin, level)


def wilson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Score interval of a rate (Wilson 1927). Refuses n = 0."""
    _require_rate(successes, n)
    z2 = normal_quantile(level) ** 2
    rate = successes / n
    centre = (rate + z2 / (2 * n)) / (1 + z2 / n)
    margin = math.sqrt(z2) / (1 + z2 / n) * math.sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    # The ends are exact at 0 and n; rounding must not push them past the rate itself.
    low = 0.0 if successes == 0 else min(centre - margin, rate)
    high = 1.0 if successes == n else max(centre + margin, rate)
    return Interval(low, high, level)


def jeffreys_interval(successes: int, n: int, level: float = 0.95) -> Interval:
    """Equal-tailed interval of Beta(k+½, n−k+½); 0 and 1 are
    kept as ends at k = 0 and k = n (Brown, Cai, DasGupta 2001).
    """
    from scipy import special

    _require_rate(successes, n)
    tail = (1 - share("level", level)) / 2
    a, b = successes + 0.5, n - successes + 0.5
    low = 0.0 if successes == 0 else float(special.betaincinv(a, b, tail))
    high = 1.0 if successes == n else float(special.betaincinv(a, b, 1 - tail))
    return Interval(low, high, level)


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> Interval:
    """Exact interval of a rate: it inverts the binomial test and never covers less than `level`."""
    from scipy import special

    _require_rate(successes, n)
    tail = (1 - share("level", level)) / 2
    low = 0.0 if successes == 0 else float(special.betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(special.betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high, level)


def proportion(successes: int, n: int, level: float = 0.95) -> Proportion:
    """A rate with its Wilson interval. Refuses n = 0."""
    return Proportion(successes, n, wilson(successes, n, level))


def newcombe(first: Proportion, second: Proportion) -> Interval:
    """Interval of first − second from the two Wilson intervals
    (Newcombe 1998, method 10). Both need the same level.
    """
    if first.interval.level != second.interval.level:
        raise BadInput("Cannot combine two intervals of different level. Compute both at the same level.")
    gap = first.value - second.value
    down = math.hypot(first.value - first.interval.low, second.interval.high - second.value)
    up = math.hypot(first.interval.high - first.value, second.value - second.interval.low)
    return Interval(gap - down, gap + up, first.interval.level)


def _require_rate(successes: int, n: int) -> None:
    if n == 0:
        raise NotMeasurable("Cannot take a rate of nobody: n is 0.")
    if not 0 <= successes <= n:
        raise BadInput(f"Cannot take the rate {successes} of {n}: the part exceeds the whole or is negative.")
