"""The path of many applications: numpy columns in, one float32 matrix out."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from quant.features.fitted import Bins, Fill, Fitted, Lookup, Neighbours, Scale
from quant.features.neighbours import Nearest
from quant.features.plain import SchemaFault
from quant.features.precision import to_float32
from quant.features.schema import Feature, FeatureSchema, Input, Operation, categories

Columns = Mapping[str, NDArray[np.float64]]
Column = NDArray[np.float64]


def matrix(schema: FeatureSchema, columns: Columns) -> NDArray[np.float32]:
    """Float32 array of shape (rows, features), bit for bit what `compile_row` gives row by row.

    `columns` holds one float64 array of shape (rows,) per input, NaN for null (see `quant.features.check`).
    SchemaFault where a step is not fitted.
    """
    return np.ascontiguousarray(np.column_stack([to_float32(column) for column in _made(schema, columns)]))


def wide_matrix(schema: FeatureSchema, columns: Columns) -> NDArray[np.float64]:
    """The same before it is rounded."""
    return np.ascontiguousarray(np.column_stack(list(_made(schema, columns))))


def _made(schema: FeatureSchema, columns: Columns) -> Iterator[Column]:
    schema.require_fitted()
    inputs = {declared.name: declared for declared in schema.inputs}
    held = dict(columns)
    for step in schema.steps:
        held[step.name] = column_of(step, held, inputs)
    for feature in schema.features:
        yield column_of(feature, held, inputs)


def column_of(feature: Feature, columns: Columns, inputs: Mapping[str, Input]) -> Column:
    """One fitted step on columns (rows,) of everything it names."""
    given = [columns[name] for name in feature.inputs]
    coded = _CODED.get(feature.operation)
    if coded is not None:
        return coded(given[0], feature, inputs[feature.inputs[0]])
    plain = _PLAIN.get(feature.operation)
    if plain is not None:
        return plain(given, feature)
    if feature.fitted is None:
        raise SchemaFault(f"Step {feature.name} is not fitted.")
    return apply(feature.fitted, given)


def apply(made: Fitted, columns: list[Column]) -> Column:
    """Fitted numbers on the columns (rows,) of their step."""
    first = columns[0]
    if isinstance(made, Lookup):
        return _looked_up(first, dict(made.values), made.otherwise, made.missing)
    if isinstance(made, Bins):
        places = np.searchsorted(np.array(made.edges), first, side="right")
        # NaN sorts behind the last edge; its value is put in afterwards.
        return np.where(np.isnan(first), _or_nan(made.missing), np.array(made.values)[places])
    if isinstance(made, Fill):
        return np.where(np.isnan(first), made.value, first)
    if isinstance(made, Scale):
        scaled: Column = (first - made.centre) / made.spread
        return scaled
    return _nearest(made, columns)


def _ratio(given: list[Column], feature: Feature) -> Column:
    over, under = given
    divisor = np.where(under == 0.0, 1.0, under)
    missing = np.isnan(over) | np.isnan(under)
    with np.errstate(over="ignore", invalid="ignore"):
        quotient = over / divisor
    return np.where(missing, np.nan, np.where(under == 0.0, feature.when_zero, quotient))


def _months_late(first: Column, feature: Feature, declared: Input) -> Column:
    late = np.where(np.isin(first, declared.codes), np.maximum(first, 0.0), feature.bucket)
    return np.where(np.isnan(first), np.nan, late)


def _status_code(first: Column, feature: Feature, _: Input) -> Column:
    values = {code: float(category) for code, category in feature.table}
    return _looked_up(first, values, feature.bucket, None)


def _one_hot(first: Column, feature: Feature, declared: Input) -> Column:
    wanted = categories(declared)[feature.only]
    if wanted is not None:
        return np.equal(first, wanted).astype(np.float64)
    return (~np.isin(first, declared.codes) & ~np.isnan(first)).astype(np.float64)


_PLAIN: dict[Operation, Callable[[list[Column], Feature], Column]] = {
    Operation.IDENTITY: lambda given, _: given[0],
    Operation.IS_MISSING: lambda given, _: np.isnan(given[0]).astype(np.float64),
    Operation.DAYS_BETWEEN: lambda given, _: given[1] - given[0],
    Operation.RATIO: _ratio,
}
_CODED: dict[Operation, Callable[[Column, Feature, Input], Column]] = {
    Operation.MONTHS_LATE: _months_late,
    Operation.STATUS_CODE: _status_code,
    Operation.ONE_HOT: _one_hot,
}


def _looked_up(first: Column, values: Mapping[int, float], otherwise: float, missing: float | None) -> Column:
    keys = np.array(sorted(values), dtype=np.float64)
    found = np.array([values[int(key)] for key in keys])
    places = np.minimum(np.searchsorted(keys, first), len(keys) - 1)
    made = np.where(keys[places] == first, found[places], otherwise)
    return np.where(np.isnan(first), _or_nan(missing), made)


def _nearest(made: Neighbours, columns: list[Column]) -> Column:
    gaps = np.isnan(columns[0])
    if not gaps.any():
        return columns[0]
    filled = columns[0].copy()
    with np.errstate(over="ignore", invalid="ignore"):
        filled[gaps] = Nearest(made).values([column[gaps] for column in columns[1:]])
    return filled


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
