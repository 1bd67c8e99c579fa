"""The path of many applications: numpy columns in, one float32 matrix out."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from quant.features.precision import to_float32
from quant.features.schema import Feature, FeatureSchema, Operation

Columns = Mapping[str, NDArray[np.float64]]


def matrix(schema: FeatureSchema, columns: Columns) -> NDArray[np.float32]:
    """Float32 array of shape (rows, features), bit for bit what `compile_row` gives row by row.

    `columns` holds one float64 array of shape (rows,) per input, NaN for null (see `quant.features.check`).
    """
    return to_float32(wide_matrix(schema, columns))


def wide_matrix(schema: FeatureSchema, columns: Columns) -> NDArray[np.float64]:
    """The same before it is rounded."""
    codes = {declared.name: declared.codes for declared in schema.inputs}
    made = [_column(feature, columns, codes) for feature in schema.features]
    return np.ascontiguousarray(np.column_stack(made))


def _column(feature: Feature, columns: Columns, codes: Mapping[str, tuple[int, ...]]) -> NDArray[np.float64]:
    first = columns[feature.inputs[0]]
    if feature.operation is Operation.IDENTITY:
        return first
    if feature.operation is Operation.RATIO:
        return _ratio(first, columns[feature.inputs[1]], feature.when_zero)
    if feature.operation is Operation.MONTHS_LATE:
        known = np.isin(first, codes[feature.inputs[0]])
        late = np.where(known, np.maximum(first, 0.0), feature.bucket)
        return np.where(np.isnan(first), np.nan, late)
    return _status_code(first, feature)


def _ratio(over: NDArray[np.float64], under: NDArray[np.float64], when_zero: float) -> NDArray[np.float64]:
    divisor = np.where(under == 0.0, 1.0, under)
    missing = np.isnan(over) | np.isnan(under)
    with np.errstate(over="ignore"):
        quotient = over / divisor
    return np.where(missing, np.nan, np.where(under == 0.0, when_zero, quotient))


def _status_code(first: NDArray[np.float64], feature: Feature) -> NDArray[np.float64]:
    made = np.full(first.shape, feature.bucket)
    for code, category in feature.table:
        made[first == float(code)] = float(category)
    made[np.isnan(first)] = np.nan
    return made
