"""Do the PDs hold inside each group? A model can fit the whole and be too low for one of its groups."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import binary, probabilities, require_same_length
from quant.coded import coded
from quant.metrics.calibration import GradeTests, jeffreys_by_grade


@dataclass(frozen=True, slots=True)
class GroupPds:
    """The mean PD of one group, and how many of its n members defaulted."""

    group: str
    mean_pd: float
    n: int
    defaults: int

    @property
    def has_a_rate(self) -> bool:
        """A mean PD of 0 or 1 is contradicted or confirmed by anything: there is nothing to test."""
        return 0 < self.mean_pd < 1


def pds_by_group(
    defaulted: npt.ArrayLike, assigned_pd: npt.ArrayLike, groups: npt.ArrayLike
) -> tuple[GroupPds, ...]:
    """Mean PD and defaults of every group, in the order of the names. All arrays are (n,)."""
    bad, pds, named = (
        binary("defaulted", defaulted),
        probabilities("assigned_pd", assigned_pd),
        coded("groups", groups),
    )
    require_same_length(defaulted=bad, assigned_pd=pds, groups=named.place)
    means = np.bincount(named.place, weights=pds) / named.sizes
    bads = np.bincount(named.place, weights=bad)
    rows = zip(named.names, means.tolist(), named.sizes.tolist(), bads.tolist(), strict=True)
    return tuple(GroupPds(name, mean, n, int(count)) for name, mean, n, count in rows)


def calibration_by_group(groups: Sequence[GroupPds], *, family: str) -> GradeTests:
    """One-sided Jeffreys test of every group's mean PD, adjusted over all of `groups`: declare the family before.

    Where PDs differ inside a group, defaults vary less than the binomial says, so the test rejects at most as often
    as stated. Raises NotMeasurable where no group has a member. Source: ECB 2019; Holm 1979.
    """
    return jeffreys_by_grade(
        [each.mean_pd for each in groups],
        [each.n for each in groups],
        [each.defaults for each in groups],
        family=family,
    )
