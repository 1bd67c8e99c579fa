"""Who is compared with whom: declared groups, a declared reference, a declared minimum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Ints, binary, require_same_length
from quant.coded import Coded, coded, placed
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
    names: npt.ArrayLike
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Approved of n in one group."""

    group: str
    approved: int
    n: int


def intersections(attributes: Mapping[str, npt.ArrayLike]) -> Coded:
    """One name per obligor that joins the values of several
    attributes, such as "female & ≤25". Arrays are (n,).
    """
    if not attributes:
        raise BadInput("Cannot intersect nothing: name at least one attribute.")
    named = {name: coded(name, values) for name, values in attributes.items()}
    require_same_length(**{name: each.place for name, each in named.items()})
    first, *others = named.values()
    names, place = list(first.names), first.place
    for other in others:
        place = place * len(other.names) + other.place
        names = [f"{left}{SEPARATOR}{right}" for left in names for right in other.names]
    return placed(names, place)


def count_approved(approved: npt.ArrayLike, groups: npt.ArrayLike) -> tuple[GroupCount, ...]:
    """Approvals per group, in the order of the group names.

    approved: (n,) of 0/1, 1 = the favourable outcome; groups: (n,) names.
    """
    favourable, named = checked(approved, groups)
    ones = np.bincount(named.place[favourable], minlength=len(named.names))
    rows = zip(named.names, ones.tolist(), named.sizes.tolist(), strict=True)
    return tuple(GroupCount(*row) for row in rows)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Obligors that are alike, counted: a row for each group, outcome and decision that occurs (cells,).

    fairlearn reads them with `sizes` as weights and says the same as of the obligors one by one, whom it would turn
    into Python objects.
    """

    names: tuple[str, ...]
    outcome: Ints
    decision: Ints
    sizes: Ints


def cells(outcome: Bools, decision: Bools, groups: Coded) -> Cells:
    """All (n,); the group is the slowest to change, the decision the fastest."""
    place = (groups.place * 2 + outcome) * 2 + decision
    sizes = np.bincount(place)
    held = np.flatnonzero(sizes)
    names = tuple(groups.names[at] for at in (held // 4).tolist())
    return Cells(names, held // 2 % 2, held % 2, sizes[held].astype(np.int64))


def checked(approved: npt.ArrayLike, groups: npt.ArrayLike) -> tuple[Bools, Coded]:
    """The two arrays every measure by group starts from."""
    favourable, named = binary("approved", approved), coded("groups", groups)
    require_same_length(approved=favourable, groups=named.place)
    return favourable, named


def require_reference(present: Sequence[str], reference: str) -> None:
    """The reference is never replaced by another group: that would be choosing it after the fact."""
    if reference not in present:
        raise NotMeasurable(
            f'Cannot compare groups: the reference group "{reference}" has no member in this sample.'
        )
