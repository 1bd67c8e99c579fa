"""Inputs are numbers one at a time; those of some rows are the numbers of these rows."""

from __future__ import annotations

import numpy as np
import pandas as pd  # noqa: TID253 (the inputs are a frame)
import pytest

from quant.features.inputs import InputType
from tests.validation.samples import bare_sample
from validation.inputs import input_numbers, of_rows

FRAME = pd.DataFrame(
    {"a": [1, None, 3], "b": np.array([4, 5, 6], dtype=np.float32), "not an input": [7, 8, 9]}
)
SAMPLE = bare_sample(
    pds=[0.1] * 3,
    defaulted=[0, 1, 0],
    frame=FRAME,
    inputs={"a": InputType.NUMBER, "b": InputType.CODE},
)


def test_inputs_are_the_declared_ones_and_missing_is_nan():
    found = input_numbers(SAMPLE, FRAME)
    assert list(found) == ["a", "b"]
    assert np.array_equal(found["a"], [1.0, np.nan, 3.0], equal_nan=True)
    assert found["b"].dtype == np.float64


def test_inputs_of_some_rows_are_those_rows():
    kept = np.array([True, False, True])
    lazily = of_rows(input_numbers(SAMPLE, FRAME), kept)
    from_arrays = of_rows({name: FRAME[name].to_numpy(dtype=float) for name in ("a", "b")}, kept)
    assert {name: column.tolist() for name, column in lazily.items()} == {"a": [1.0, 3.0], "b": [4.0, 6.0]}
    assert all(np.array_equal(lazily[name], from_arrays[name]) for name in lazily)


def test_a_column_that_is_no_input_is_not_read():
    with pytest.raises(KeyError):
        input_numbers(SAMPLE, FRAME)["not an input"]
