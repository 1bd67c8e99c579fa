"""Who is compared with whom: declared groups, a declared reference, a declared minimum."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Labels, binary, labels, require_same_length
from quant.errors import BadInput, NotMeasurable

SEPARATOR = " & "


@dataclass(frozen=True, slots=True)
class Comparison:
    """Declared before the run: the reference group, the least
    n that carries a verdict, the level of the intervals.
    """

    reference: str
    minimum_n: int
    level: float = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """One attribute of n obligors: `kept` (n,) are those in a declared group, `names` (kept,) their groups."""

    kept: Bools
    names: Labels
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Approved of n in one group."""

    group: str
    approved: int
    n: int


def intersections(attributes: Mapping[str, npt.ArrayLike]) -> Labels:
    """One label per obligor that joins the values of several
    attributes, such as "female & ≤25". Arrays are (n,).
    """
    if not attributes:
        raise BadInput("Cannot intersect nothing: name at least one attribute.")
    named = {name: labels(name, values) for name, values in attributes.items()}
    require_same_length(**named)
    return reduce(lambda left, right: np.strings.add(np.strings.add(left, SEPARATOR), right), named.values())


def count_approved(approved: npt.ArrayLike, groups: npt.ArrayLike) -> tuple[GroupCount, ...]:
    """Approvals per group, in the order of the group names; fairlearn's MetricFrame does the counting.

    approved: (n,) of 0/1, 1 = the favourable outcome; groups: (n,) names.
    """
    from fairlearn.metrics import MetricFrame, count

    favourable, named = checked(approved, groups)
    told = favourable.astype(np.int64)
    frame = MetricFrame(
        metrics={"approved": _sum_of_predictions, "n": count},
        y_true=told,
        y_pred=told,
        sensitive_features=named,
    ).by_group
    rows = zip(frame.index, frame["approved"], frame["n"], strict=True)
    return tuple(GroupCount(str(group), int(ones), int(n)) for group, ones, n in rows)


def checked(approved: npt.ArrayLike, groups: npt.ArrayLike) -> tuple[Bools, Labels]:
    """The two arrays every measure by group starts from."""
    favourable, named = binary("approved", approved), labels("groups", groups)
    require_same_length(approved=favourable, groups=named)
    return favourable, named


def require_reference(present: Labels | list[str], reference: str) -> None:
    """The reference is never replaced by another group: that would be choosing it after the fact."""
    if reference not in present:
        raise NotMeasurable(
            f'Cannot compare groups: the reference group "{reference}" has no member in this sample.'
        )


def _sum_of_predictions(_outcome: npt.ArrayLike, approved: npt.ArrayLike) -> int:
    return int(np.sum(np.asarray(approved)))
