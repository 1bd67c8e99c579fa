"""Differences between groups: approval rates, error rates, and the mean of the score itself."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from quant import intervals
from quant.arrays import Bools, Floats, binary, finite, require_same_length
from quant.coded import Coded, coded
from quant.errors import NotMeasurable
from quant.fairness.groups import Cells, Comparison, cells, checked, count_approved, require_reference
from quant.intervals import Interval, Proportion, proportion


@dataclass(frozen=True, slots=True)
class RateGap:
    """Group − reference, with Newcombe's interval."""

    group: str
    rate: Proportion
    reference_rate: Proportion
    interval: Interval
    is_sufficient: bool

    @property
    def gap(self) -> float:
        return self.rate.value - self.reference_rate.value


@dataclass(frozen=True, slots=True)
class ParityGaps:
    """Gaps of the approval rate to the reference, and fairlearn's spread (largest − smallest rate).

    The spread is over the groups that reach the minimum; None where fewer than two do.
    """

    comparison: Comparison
    gaps: tuple[RateGap, ...]
    spread: float | None


@dataclass(frozen=True, slots=True)
class OddsGap:
    """Gaps in approving those who repaid (true positives) and those who defaulted (false positives).

    None where the group or the reference lacks that kind of
    obligor. `is_sufficient` needs the minimum and both kinds.
    """

    group: str
    true_positive: RateGap | None
    false_positive: RateGap | None
    n: int
    is_sufficient: bool


@dataclass(frozen=True, slots=True)
class OddsGaps:
    """`equalized_odds_difference` is fairlearn's, over groups that reach the minimum and hold both."""

    comparison: Comparison
    gaps: tuple[OddsGap, ...]
    equalized_odds_difference: float | None


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """(mean of the group − that of the reference) / pooled standard deviation, large-sample interval."""

    group: str
    value: float
    interval: Interval
    n: int
    n_reference: int
    is_sufficient: bool


def parity_gaps(approved: npt.ArrayLike, groups: npt.ArrayLike, *, comparison: Comparison) -> ParityGaps:
    """Demographic parity. approved: (n,), 1 = approved; groups: (n,) names. Refuses as the impact ratio."""
    favourable, named = checked(approved, groups)
    rates = {
        count.group: proportion(count.approved, count.n, comparison.level)
        for count in count_approved(favourable, named)
    }
    require_reference(tuple(rates), comparison.reference)
    base = rates.pop(comparison.reference)
    gaps = tuple(_gap(group, rate, base, comparison) for group, rate in rates.items())
    return ParityGaps(comparison, gaps, _spread(favourable, named, comparison.minimum_n))


def odds_gaps(
    defaulted: npt.ArrayLike, approved: npt.ArrayLike, groups: npt.ArrayLike, *, comparison: Comparison
) -> OddsGaps:
    """Equalised odds: the positive class is "repaid", its prediction is "approved". All arrays are (n,)."""
    favourable, named = checked(approved, groups)
    repaid = ~binary("defaulted", defaulted)
    require_same_length(defaulted=repaid, approved=favourable)
    require_reference(named.names, comparison.reference)
    good, bad = (
        _rates(favourable, named, repaid, comparison),
        _rates(favourable, named, ~repaid, comparison),
    )
    gaps = tuple(
        _odds_gap(group, n, good, bad, comparison)
        for group, n in zip(named.names, named.sizes.tolist(), strict=True)
        if group != comparison.reference
    )
    return OddsGaps(comparison, gaps, _equalized_odds(repaid, favourable, named, comparison.minimum_n))


def standardised_mean_differences(
    score: npt.ArrayLike, groups: npt.ArrayLike, *, comparison: Comparison
) -> tuple[MeanDifference, ...]:
    """Cohen's d of every group against the reference (ddof 1; interval of Hedges and Olkin 1985).

    score: (n,), any unit; groups: (n,) names. Groups of one obligor are left out: they have no spread. Raises
    NotMeasurable where the reference has fewer than two or the score does not vary.
    """
    values, named = finite("score", score), coded("groups", groups)
    require_same_length(score=values, groups=named.place)
    require_reference(named.names, comparison.reference)
    base = values[named.are(comparison.reference)]
    if base.size < 2:
        raise NotMeasurable("Cannot standardise a difference: the reference has fewer than two members.")
    others = [group for group in _large(named, 2) if group != comparison.reference]
    return tuple(_mean_difference(group, values[named.are(group)], base, comparison) for group in others)


def _large(named: Coded, minimum_n: int) -> list[str]:
    sizes = zip(named.names, named.sizes.tolist(), strict=True)
    return [name for name, n in sizes if n >= minimum_n]


def _spread(approved: Bools, named: Coded, minimum_n: int) -> float | None:
    from fairlearn.metrics import demographic_parity_difference

    usable = _large(named, minimum_n)
    if len(usable) < 2:
        return None
    found = _among(usable, approved, approved, named)
    told = demographic_parity_difference(
        found.outcome, found.decision, sensitive_features=found.names, sample_weight=found.sizes
    )
    return float(told)


def _gap(group: str, rate: Proportion, base: Proportion, comparison: Comparison) -> RateGap:
    is_sufficient = min(rate.n, base.n) >= comparison.minimum_n
    return RateGap(group, rate, base, intervals.newcombe(rate, base), is_sufficient)


def _rates(approved: Bools, named: Coded, kind: Bools, comparison: Comparison) -> dict[str, Proportion]:
    if not kind.any():
        return {}
    counted = count_approved(approved[kind], named.only(kind))
    return {count.group: proportion(count.approved, count.n, comparison.level) for count in counted}


def _odds_gap(
    group: str, n: int, good: dict[str, Proportion], bad: dict[str, Proportion], comparison: Comparison
) -> OddsGap:
    base = comparison.reference
    found = [
        _gap(group, rates[group], rates[base], comparison) if group in rates and base in rates else None
        for rates in (good, bad)
    ]
    n_base = sum(rates[base].n for rates in (good, bad) if base in rates)
    is_sufficient = None not in found and min(n, n_base) >= comparison.minimum_n
    return OddsGap(group, found[0], found[1], n, is_sufficient)


def _equalized_odds(repaid: Bools, approved: Bools, named: Coded, minimum_n: int) -> float | None:
    from fairlearn.metrics import equalized_odds_difference

    both = set(named.only(repaid).names) & set(named.only(~repaid).names)
    usable = [group for group in _large(named, minimum_n) if group in both]
    if len(usable) < 2:
        return None
    found = _among(usable, repaid, approved, named)
    told = equalized_odds_difference(
        found.outcome, found.decision, sensitive_features=found.names, sample_weight=found.sizes
    )
    return float(told)


def _among(usable: list[str], outcome: Bools, decision: Bools, named: Coded) -> Cells:
    kept = np.isin(named.place, [named.names.index(name) for name in usable])
    return cells(outcome[kept], decision[kept], named.only(kept))


def _mean_difference(group: str, values: Floats, base: Floats, comparison: Comparison) -> MeanDifference:
    n, m = values.size, base.size
    pooled = sqrt(((n - 1) * values.var(ddof=1) + (m - 1) * base.var(ddof=1)) / (n + m - 2))
    if pooled == 0:
        raise NotMeasurable(f'Cannot standardise the difference of "{group}": the score does not vary.')
    d = float(values.mean() - base.mean()) / pooled
    error = sqrt((n + m) / (n * m) + d**2 / (2 * (n + m)))
    band = intervals.normal(d, error, comparison.level)
    return MeanDifference(group, d, band, n, m, min(n, m) >= comparison.minimum_n)
