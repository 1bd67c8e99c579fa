"""What one input alone says of default: weight of evidence by bin, and the information value over the bins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from quant.arrays import Floats, Ints, binary, require_both_classes
from quant.errors import BadInput, NotMeasurable
from quant.metrics.bins import FrozenBins


@dataclass(frozen=True, slots=True)
class EvidenceBin:
    """`weight` = ln(share of others/share of defaults): below 0 where defaults gather. `contribution` adds up to the
    information value. Both are computed after the floor."""

    name: str
    n: int
    defaults: int
    weight: float
    contribution: float

    @property
    def observed_rate(self) -> float:
        return self.defaults / self.n


@dataclass(frozen=True, slots=True)
class InformationValue:
    """Bins that nobody lies in are left out. A small p says that defaults and others are spread differently."""

    value: float
    p_value: float
    floor: float
    floored: int
    bins: tuple[EvidenceBin, ...]
    n: int
    defaults: int


def information_value(
    defaulted: npt.ArrayLike, values: npt.ArrayLike, *, bins: FrozenBins
) -> InformationValue:
    """Σ(g−b)·ln(g/b), g and b the shares of others and of defaults in a bin; missing values have a bin of their own.

    defaulted, values: (n,). Shares below the floor of the bins are raised to it and not rescaled. Where the input says
    nothing, the value over (1/D+1/(N−D)) is χ² with B−1 degrees of freedom (Yurdakul 2018: it is a stability index of
    defaults against others). Raises NotMeasurable for one class or one occupied bin. Source: Siddiqi 2006.
    """
    outcome, raw = binary("defaulted", defaulted), np.asarray(values)
    if raw.shape != outcome.shape:
        raise BadInput("Cannot read the input: pass one value per obligor.")
    require_both_classes(outcome)
    bads, goods = bins.count(raw[outcome]), bins.count(raw[~outcome])
    held = (bads + goods) > 0
    if held.sum() < 2:
        raise NotMeasurable("Cannot read the input: every value lies in one bin, so it tells nobody apart.")
    names = [name for name, is_held in zip(bins.names, held.tolist(), strict=True) if is_held]
    return _over(names, bads[held], goods[held], bins.floor)


def _over(names: list[str], bads: Ints, goods: Ints, floor: float) -> InformationValue:
    b, g = bads / bads.sum(), goods / goods.sum()
    weights = np.log(np.maximum(g, floor) / np.maximum(b, floor))
    parts = (np.maximum(g, floor) - np.maximum(b, floor)) * weights
    value, scale = float(parts.sum()), 1 / float(bads.sum()) + 1 / float(goods.sum())
    return InformationValue(
        value=value,
        p_value=float(stats.chi2.sf(value / scale, len(names) - 1)),
        floor=floor,
        floored=int((b < floor).sum() + (g < floor).sum()),
        bins=_bins(names, bads, goods, weights, parts),
        n=int(bads.sum() + goods.sum()),
        defaults=int(bads.sum()),
    )


def _bins(
    names: list[str], bads: Ints, goods: Ints, weights: Floats, parts: Floats
) -> tuple[EvidenceBin, ...]:
    rows = zip(names, (bads + goods).tolist(), bads.tolist(), weights.tolist(), parts.tolist(), strict=True)
    return tuple(EvidenceBin(*row) for row in rows)
