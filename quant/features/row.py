"""The path of one application: plain Python floats, no table library, no surprises in latency."""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from quant.features.fitted import Bins, Fill, Lookup, Neighbours, Scale
from quant.features.neighbours import Nearest
from quant.features.plain import SchemaFault
from quant.features.precision import to_float32
from quant.features.reading import Value, measure
from quant.features.schema import Feature, FeatureSchema, Input, Operation, categories

Values = Mapping[str, Value]
# The columns made so far: inputs, then steps, in the order of the schema.
Columns = list[float]
Step = Callable[[Columns], float]


def compile_row(schema: FeatureSchema) -> Callable[[Values], NDArray[np.float32]]:
    """A function from the values of one application to a float32 array of shape (1, features).

    The arithmetic is that of `quant.features.table`, operation by operation in float64 and rounded once to
    float32, so both give the same bits. SchemaFault where a step is not fitted.
    """
    schema.require_fitted()
    numbers = [(declared.name, measure(declared)) for declared in schema.inputs]
    places = {name: place for place, name in enumerate(schema.input_names)}
    inputs = {declared.name: declared for declared in schema.inputs}
    steps: list[Step] = []
    for declared in schema.steps:
        steps.append(_step(declared, places, inputs))
        places[declared.name] = len(places)
    features = [_step(feature, places, inputs) for feature in schema.features]

    def row(values: Values) -> NDArray[np.float32]:
        columns = [number(values[name]) for name, number in numbers]
        for step in steps:
            columns.append(step(columns))
        return to_float32(np.array([[feature(columns) for feature in features]], dtype=np.float64))

    return row


def _step(feature: Feature, places: Mapping[str, int], inputs: Mapping[str, Input]) -> Step:
    first = places[feature.inputs[0]]
    if feature.operation is Operation.IDENTITY:
        return lambda columns: columns[first]
    if feature.operation is Operation.IS_MISSING:
        return lambda columns: 1.0 if math.isnan(columns[first]) else 0.0
    if feature.operation is Operation.DAYS_BETWEEN:
        second = places[feature.inputs[1]]
        return lambda columns: columns[second] - columns[first]
    if feature.operation is Operation.RATIO:
        return _ratio(first, places[feature.inputs[1]], feature.when_zero)
    if feature.operation in {Operation.MONTHS_LATE, Operation.STATUS_CODE, Operation.ONE_HOT}:
        return _coded(first, feature, inputs[feature.inputs[0]])
    return _fitted(first, feature, places)


def _ratio(over: int, under: int, when_zero: float) -> Step:
    def step(columns: Columns) -> float:
        numerator, denominator = columns[over], columns[under]
        if math.isnan(numerator) or math.isnan(denominator):
            return math.nan
        return when_zero if denominator == 0.0 else numerator / denominator

    return step


def _coded(first: int, feature: Feature, declared: Input) -> Step:
    if feature.operation is Operation.ONE_HOT:
        return _one_hot(first, feature, declared)
    if feature.operation is Operation.MONTHS_LATE:
        codes, bucket = declared.known_codes, feature.bucket

        def late(columns: Columns) -> float:
            code = columns[first]
            if math.isnan(code):
                return math.nan
            return max(code, 0.0) if code in codes else bucket

        return late
    return _looked_up(first, {float(code): float(kind) for code, kind in feature.table}, feature.bucket, None)


def _one_hot(first: int, feature: Feature, declared: Input) -> Step:
    wanted = categories(declared)[feature.only]
    if wanted is not None:
        return lambda columns: 1.0 if columns[first] == wanted else 0.0
    codes = declared.known_codes

    def stranger(columns: Columns) -> float:
        code = columns[first]
        return 0.0 if math.isnan(code) or code in codes else 1.0

    return stranger


def _fitted(first: int, feature: Feature, places: Mapping[str, int]) -> Step:
    made = feature.fitted
    if isinstance(made, Lookup):
        return _looked_up(
            first, {float(key): value for key, value in made.values}, made.otherwise, made.missing
        )
    if isinstance(made, Bins):
        return _binned(first, made)
    if isinstance(made, Fill):
        value = made.value
        return lambda columns: value if math.isnan(columns[first]) else columns[first]
    if isinstance(made, Scale):
        centre, spread = made.centre, made.spread
        return lambda columns: (columns[first] - centre) / spread
    if isinstance(made, Neighbours):
        return _nearest(first, Nearest(made), [places[name] for name in feature.inputs[1:]])
    raise SchemaFault(f"Step {feature.name} is not fitted.")


def _looked_up(first: int, values: Mapping[float, float], otherwise: float, missing: float | None) -> Step:
    when_missing = math.nan if missing is None else missing

    def step(columns: Columns) -> float:
        key = columns[first]
        return when_missing if math.isnan(key) else values.get(key, otherwise)

    return step


def _binned(first: int, made: Bins) -> Step:
    edges, values = made.edges, made.values
    when_missing = math.nan if made.missing is None else made.missing

    def step(columns: Columns) -> float:
        value = columns[first]
        return when_missing if math.isnan(value) else values[bisect_right(edges, value)]

    return step


def _nearest(first: int, centres: Nearest, others: list[int]) -> Step:
    def step(columns: Columns) -> float:
        value = columns[first]
        if not math.isnan(value):
            return value
        return centres.value([columns[place] for place in others])

    return step
