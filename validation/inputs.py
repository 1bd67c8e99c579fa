"""The inputs of a sample as numbers, for the checks that look at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.features.inputs import SPELLED
from validation.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class _Numbers(Mapping[str, "NDArray[np.float64]"]):
    """A column is made when it is asked for, of the `rows` (n,) that are kept: all at once would be twice the table."""

    frame: pd.DataFrame
    names: tuple[str, ...]
    rows: NDArray[np.bool_] | slice

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        import numpy as np

        if name not in self.names:
            raise KeyError(name)
        return self.frame[name].to_numpy(dtype=np.float64, na_value=np.nan)[self.rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def input_numbers(sample: Sample, frame: pd.DataFrame) -> Mapping[str, NDArray[np.float64]]:
    """Every input as float64 (rows,). Dates and labels have numbers behind them, which the sealed schema knows."""
    if SPELLED & set(sample.inputs.values()):
        return sample.served.checked(frame).columns
    return _Numbers(frame, tuple(sample.inputs), slice(None))


def of_rows(
    columns: Mapping[str, NDArray[np.float64]], rows: NDArray[np.bool_]
) -> Mapping[str, NDArray[np.float64]]:
    """The same inputs of some of the rows."""
    if isinstance(columns, _Numbers):
        return _Numbers(columns.frame, columns.names, rows)
    return {name: column[rows] for name, column in columns.items()}
