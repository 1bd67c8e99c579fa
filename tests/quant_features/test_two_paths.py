"""The one-row path and the table path give the same bits for every declared schema."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.features import form
from quant.features.check import check_row, check_table
from quant.features.row import compile_row
from quant.features.schema import Direction, Feature, FeatureSchema, Input, InputType, Operation, Unknown
from quant.features.table import matrix

AMOUNT = {"type": InputType.NUMBER, "label_en": "a", "label_pt_br": "a", "minimum": -1e9, "maximum": 1e9}
CODE = {"type": InputType.CODE, "label_en": "c", "label_pt_br": "c", "codes": (-2, -1, 0, 1, 2, 3)}
SCHEMA = FeatureSchema(
    inputs=(
        Input("over", nullable=True, **AMOUNT),
        Input("under", nullable=True, required=False, **AMOUNT),
        Input("status", unknown=Unknown.BUCKET, nullable=True, **CODE),
    ),
    features=(
        Feature("over", Operation.IDENTITY, ("over",), Direction.RISING),
        Feature("share", Operation.RATIO, ("over", "under"), when_zero=-7.5),
        Feature("months", Operation.MONTHS_LATE, ("status",), bucket=-1.0),
        Feature("kind", Operation.STATUS_CODE, ("status",), bucket=9.0,
                table=((-2, 0), (-1, 1), (0, 2), (1, 3), (2, 3), (3, 3))),
    ),
)  # fmt: skip
amounts = st.none() | st.sampled_from([0, 0.0, -0.0]) | st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
rows = st.fixed_dictionaries({"over": amounts, "under": amounts, "status": st.none() | st.integers(-5, 12)})


@settings(max_examples=300, deadline=None)
@given(st.lists(rows, min_size=1, max_size=8))
def test_rows_and_table_are_equal_bit_for_bit(applications):
    checked = [check_row(SCHEMA, application) for application in applications]
    assert not any(row.faults for row in checked)
    one = np.vstack([compile_row(SCHEMA)(row.values) for row in checked])
    columns = {
        name: np.array([math.nan if row[name] is None else float(row[name]) for row in applications])
        for name in SCHEMA.input_names
    }
    table = check_table(SCHEMA, columns)
    many = matrix(SCHEMA, table.columns)
    assert one.dtype == many.dtype == np.float32
    assert one.tobytes() == many.tobytes()
    flagged = [bool(row.unseen) for row in checked]
    assert flagged == table.unseen.get("status", np.zeros(len(applications), dtype=bool)).tolist()


def test_known_rows_by_hand():
    row = compile_row(SCHEMA)
    made = row({"over": 30.0, "under": 120.0, "status": 2})
    assert made.tolist() == [[30.0, 0.25, 2.0, 3.0]]
    assert row({"over": 30.0, "under": 0.0, "status": -2}).tolist() == [[30.0, -7.5, 0.0, 0.0]]
    assert row({"over": 30.0, "under": 1.0, "status": 7}).tolist() == [[30.0, 30.0, -1.0, 9.0]]
    absent = row({"over": None, "under": 1.0, "status": None})
    assert np.isnan(absent).all()


def test_schema_reads_back_equal():
    assert form.load(form.dump(SCHEMA)) == SCHEMA
