"""Expected loss PD × LGD × EAD by group, beside what the same assumption makes of the defaults that were seen."""

from dataclasses import dataclass
from math import fsum, sqrt

import numpy as np
import numpy.typing as npt

from quant.arrays import binary, finite, probabilities, require_same_length
from quant.coded import coded
from quant.errors import BadInput
from quant.intervals import Interval, normal


@dataclass(frozen=True, slots=True)
class GroupLoss:
    """Money, one unit for all. `interval` is where the loss of the defaults should lie if PDs hold and defaults are
    independent (normal approximation); None where the PDs leave nothing to chance."""

    group: str
    n: int
    exposure: float
    expected: float
    of_defaults: float
    interval: Interval | None

    @property
    def rate(self) -> float | None:
        """Expected loss as a share of the exposure; None without exposure."""
        return self.expected / self.exposure if self.exposure else None


@dataclass(frozen=True, slots=True)
class ExpectedLoss:
    """`groups` in the order of their names. `unreconciled` is the largest distance of a sum over groups from the same
    sum over loans, in the unit of the exposure."""

    groups: tuple[GroupLoss, ...]
    total: GroupLoss
    loss_given_default: float
    unreconciled: float


@dataclass(frozen=True, slots=True, eq=False)
class Exposed:
    """What a loss follows from: outcomes, PDs in [0, 1] and exposures (money, not negative), all (n,)."""

    defaulted: npt.ArrayLike
    assigned_pd: npt.ArrayLike
    exposure: npt.ArrayLike


def expected_loss(
    loans: Exposed, groups: npt.ArrayLike, *, loss_given_default: float, level: float = 0.95
) -> ExpectedLoss:
    """groups: (n,) names; loss_given_default: one share for all loans. BadInput for a negative exposure."""
    if not 0 <= loss_given_default <= 1:
        raise BadInput("Cannot compute a loss: the loss given default is a share between 0 and 1.")
    outcome, p = binary("defaulted", loans.defaulted), probabilities("assigned_pd", loans.assigned_pd)
    money, named = finite("exposure", loans.exposure), coded("groups", groups)
    require_same_length(defaulted=outcome, assigned_pd=p, exposure=money, groups=named.place)
    if money.min() < 0:
        raise BadInput("Cannot compute a loss: an exposure is negative, as in standardised data. Pass money.")
    at_risk = money * loss_given_default
    columns = np.column_stack([money, p * at_risk, outcome * at_risk, p * (1 - p) * at_risk**2])
    made = tuple(_group(name, columns[named.are(name)], level) for name in named.names)
    whole = _group("", columns, level)
    return ExpectedLoss(made, whole, loss_given_default, _unreconciled(made, whole))


def _group(name: str, columns: npt.NDArray[np.float64], level: float) -> GroupLoss:
    exposure, expected, seen, variance = (fsum(column.tolist()) for column in columns.T)
    band = normal(expected, sqrt(variance), level) if variance > 0 else None
    return GroupLoss(name, len(columns), exposure, expected, seen, band)


def _unreconciled(groups: tuple[GroupLoss, ...], whole: GroupLoss) -> float:
    gaps = (
        abs(fsum(each.exposure for each in groups) - whole.exposure),
        abs(fsum(each.expected for each in groups) - whole.expected),
        abs(fsum(each.of_defaults for each in groups) - whole.of_defaults),
    )
    return max(gaps)
