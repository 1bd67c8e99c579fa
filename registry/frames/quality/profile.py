"""A column as its distinct values: the rows of each, and how many of those defaulted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from registry.frames.quality.days import MOST_TEXTS, PROBED, Dates, look_like_dates, read_dates

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import UploadSpec

KINDS = {"int64": "integer", "double": "number", "bool": "boolean"}


@dataclass(frozen=True, eq=False)
class Profile:
    """`present` holds the distinct values: numbers in rising order, texts in the order of the table. `counts` and
    `defaults` go with them; a missing value stands apart."""

    name: str
    kind: str
    role: str
    rows: int
    present: pa.Array
    counts: NDArray[np.int64]
    defaults: NDArray[np.int64]
    missing: int
    missing_defaults: int

    @property
    def is_text(self) -> bool:
        return self.kind == "text"

    @property
    def distinct(self) -> int:
        """A missing value is one more."""
        return len(self.counts) + (self.missing > 0)

    @property
    def top_share(self) -> float:
        return float(max(self.counts.max(initial=0), self.missing) / self.rows)

    @property
    def filled_defaults(self) -> int:
        return int(self.defaults.sum())

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The distinct values of a column that is no text."""
        values: NDArray[np.float64] = self.present.cast("float64", safe=False).to_numpy(zero_copy_only=False)
        return values

    @cached_property
    def labels(self) -> list[str]:
        """The distinct values of a text."""
        return list(self.present.to_pylist())

    @cached_property
    def dates(self) -> Dates | None:
        """None where the column is not one of dates."""
        probed = self.present.slice(0, PROBED).to_pylist() if self.is_text else []
        if not probed or not look_like_dates(probed):
            return None
        return read_dates(self.present.slice(0, MOST_TEXTS).to_pylist(), self.counts[:MOST_TEXTS])


def role_of(name: str, spec: UploadSpec) -> str:
    roles = {spec.target: "target", spec.id: "id", spec.exposure: "exposure"}
    apart = {"protected": spec.protected, "proxy": spec.proxies, "realised": spec.realised}
    return next((role for role, names in apart.items() if name in names), roles.get(name, "input"))


def profile(column: pa.ChunkedArray, name: str, role: str, outcome: NDArray[np.float64]) -> Profile:
    """`outcome` has 0 or 1 for each row of the column."""
    present, counts = _counted(column, outcome)
    blank = _blank(present)
    kept = np.flatnonzero(~blank)
    ordered = kept if str(column.type) == "string" else kept[np.argsort(_plain(present)[kept])]
    gaps = counts[-1] + counts[:-1][blank].sum(axis=0)
    return Profile(
        name=name,
        kind=KINDS.get(str(column.type), "text"),
        role=role,
        rows=len(column),
        present=present.take(_places(ordered)),
        counts=counts[ordered].sum(axis=1),
        defaults=counts[ordered, 1],
        missing=int(gaps.sum()),
        missing_defaults=int(gaps[1]),
    )


def codes_of(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int64]]:
    """(distinct values, the place of each row's among them); a missing value has the place after the last."""
    import pyarrow as pa

    coded = column.combine_chunks().dictionary_encode()
    whole = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    count = len(whole.dictionary)
    return whole.dictionary, whole.indices.cast("int64").fill_null(count).to_numpy(zero_copy_only=False)


def _counted(column: pa.ChunkedArray, outcome: NDArray[np.float64]) -> tuple[pa.Array, NDArray[np.int64]]:
    """Rows of either outcome by distinct value; the last pair is of what is missing."""
    distinct, places = codes_of(column)
    sides = np.bincount(2 * places + outcome.astype(np.int64), minlength=2 * (len(distinct) + 1))
    return distinct, sides.reshape(-1, 2)


def _blank(present: pa.Array) -> NDArray[np.bool_]:
    """A number that is none is a missing value."""
    if str(present.type) != "double":
        return np.zeros(len(present), dtype=np.bool_)
    return np.isnan(_plain(present))


def _plain(present: pa.Array) -> NDArray[np.float64]:
    values: NDArray[np.float64] = present.cast("float64", safe=False).to_numpy(zero_copy_only=False)
    return values


def _places(ordered: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa

    return pa.array(ordered, type=pa.int64())
