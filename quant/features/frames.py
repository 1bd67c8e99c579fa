"""Columns of a DataFrame as the check of a table takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from quant.errors import BadInput
from quant.features.inputs import SPELLED, Input, InputType

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from quant.features.schema import FeatureSchema


class NotNumeric(BadInput):
    """A column of numbers holds something else."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The column {name} must be numeric.")
        self.name = name


def given_columns(schema: FeatureSchema, frame: pd.DataFrame) -> dict[str, NDArray[Any]]:
    """The inputs that are there: float64 with NaN for null, objects with None for what can be spelled. NotNumeric."""
    return {
        declared.name: _column(frame[declared.name], declared)
        for declared in schema.inputs
        if declared.name in frame.columns
    }


# Any: a cell of a spelled column is an object until it is read.
def _column(column: pd.Series, declared: Input) -> NDArray[Any]:
    is_numeric = declared.type is InputType.MONEY and column.dtype.kind in "iuf"
    if declared.type in SPELLED and not is_numeric:
        return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise NotNumeric(declared.name) from None
