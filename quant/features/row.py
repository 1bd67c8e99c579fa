"""The path of one application: plain Python floats, no table library, no surprises in latency."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from quant.features.precision import to_float32
from quant.features.schema import Feature, FeatureSchema, Input, Operation

Values = Mapping[str, int | float | None]
Step = Callable[[Values], float]


def compile_row(schema: FeatureSchema) -> Callable[[Values], NDArray[np.float32]]:
    """A function from the values of one application to a float32 array of shape (1, features).

    The arithmetic is that of `quant.features.table`, operation by operation in float64 and rounded once to
    float32, so both give the same bits.
    """
    inputs = {declared.name: declared for declared in schema.inputs}
    steps = [_step(feature, inputs) for feature in schema.features]

    def row(values: Values) -> NDArray[np.float32]:
        return to_float32(np.array([[step(values) for step in steps]], dtype=np.float64))

    return row


def _step(feature: Feature, inputs: Mapping[str, Input]) -> Step:
    if feature.operation is Operation.IDENTITY:
        return _identity(feature.inputs[0])
    if feature.operation is Operation.RATIO:
        return _ratio(feature)
    if feature.operation is Operation.MONTHS_LATE:
        return _months_late(feature, frozenset(inputs[feature.inputs[0]].codes))
    return _status_code(feature)


def _identity(name: str) -> Step:
    def step(values: Values) -> float:
        value = values[name]
        return math.nan if value is None else float(value)

    return step


def _ratio(feature: Feature) -> Step:
    over, under = feature.inputs
    when_zero = feature.when_zero

    def step(values: Values) -> float:
        numerator, denominator = values[over], values[under]
        if numerator is None or denominator is None:
            return math.nan
        return when_zero if denominator == 0 else float(numerator) / float(denominator)

    return step


def _months_late(feature: Feature, codes: frozenset[int]) -> Step:
    name, bucket = feature.inputs[0], feature.bucket

    def step(values: Values) -> float:
        code = values[name]
        if code is None:
            return math.nan
        return float(max(code, 0)) if code in codes else bucket

    return step


def _status_code(feature: Feature) -> Step:
    name, bucket = feature.inputs[0], feature.bucket
    table = {code: float(category) for code, category in feature.table}

    def step(values: Values) -> float:
        code = values[name]
        return math.nan if code is None else table.get(int(code), bucket)

    return step
