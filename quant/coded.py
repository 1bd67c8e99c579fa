"""Names of groups, each spelled once: a million obligors of five groups are a million small numbers and five names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Ints, Labels, labels


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """`place` (n,) points into `names`, which are sorted, differ, and all have a member."""

    names: tuple[str, ...]
    place: Ints

    def __len__(self) -> int:
        return self.place.size

    def __iter__(self) -> Iterator[str]:
        return (self.names[at] for at in self.place.tolist())

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Labels:  # noqa: FBT001 (numpy's own protocol)
        """The name of each obligor (n,), for whoever has to see it spelled."""
        return np.asarray(self.names, dtype=np.str_)[self.place]

    @property
    def sizes(self) -> Ints:
        """Members of each of the names: (names,)."""
        return np.bincount(self.place, minlength=len(self.names)).astype(np.int64)

    def are(self, name: str) -> Bools:
        """Who has this name: (n,). Nobody where it does not occur."""
        at = self.names.index(name) if name in self.names else -1
        return np.asarray(self.place == at, dtype=np.bool_)

    def only(self, rows: Bools) -> "Coded":
        """The obligors for whom `rows` (n,) is true."""
        return placed(self.names, self.place[rows])


def placed(names: Sequence[str], place: Ints) -> Coded:
    """names: in any order, repeated or without a member as may be; place: (n,) into them."""
    distinct, moved = np.unique(np.asarray(names, dtype=np.str_), return_inverse=True)
    found = moved.astype(np.int64)[place]
    has_member = np.bincount(found, minlength=distinct.size) > 0
    closed = (np.cumsum(has_member) - 1)[found]
    return Coded(tuple(distinct[has_member].tolist()), closed.astype(np.int64, copy=False))


def coded(name: str, values: "npt.ArrayLike | Coded") -> Coded:
    """(n,) names; those that are coded already stay as they are. Refuses what `labels` refuses."""
    if isinstance(values, Coded):
        return values
    distinct, place = np.unique(labels(name, values), return_inverse=True)
    return Coded(tuple(distinct.tolist()), place.astype(np.int64))
