"""Random schemas over messy fields: one row, a table and the second path give the same bits."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quant.features import form
from quant.features.check import check_row, check_table
from quant.features.cleaning.unread import Unread
from quant.features.frames import given_columns
from quant.features.reading import plain_values, read_plain
from quant.features.row import compile_row
from quant.features.schema import may_be_missing
from quant.features.table import matrix
from registry.serving import second_features
from tests.quant_features.messy import BASE, INPUTS, applications, schemas

CODES = {str(word) for word in Unread}
slow = [HealthCheck.too_slow, HealthCheck.data_too_large]


def as_sent(application):
    """The row without what a table counts as missing; None when anything else is wrong with it."""
    checked = check_row(BASE, application)
    unreadable = {fault.name for fault in checked.faults if fault.code in CODES}
    if len(unreadable) < len(checked.faults):
        return None
    return {name: None if name in unreadable else value for name, value in application.items()}


@settings(max_examples=120, deadline=None, suppress_health_check=slow)
@given(schemas(), st.lists(applications, min_size=1, max_size=6))
def test_row_table_and_second_path_are_equal_bit_for_bit(schema, rows):
    sent = [(row, blanked) for row in rows if (blanked := as_sent(row)) is not None]
    if not sent:
        return
    import pandas as pd

    one = compile_row(schema)
    by_row = np.vstack([one(check_row(schema, blanked).values) for _, blanked in sent])
    frame = pd.DataFrame([row for row, _ in sent], columns=[each.name for each in INPUTS], dtype=object)
    table = check_table(schema, given_columns(schema, frame))
    assert not table.faults
    by_table = matrix(schema, table.columns)
    assert by_row.tobytes() == by_table.tobytes()
    sealed = json.loads(json.dumps(form.dump(schema)))
    second = second_features.features(sealed, frame).to_numpy(dtype="float32")
    assert np.array_equal(second, by_table, equal_nan=True)


@settings(max_examples=120, deadline=None, suppress_health_check=slow)
@given(schemas(), st.lists(applications, min_size=1, max_size=6))
def test_a_column_said_to_be_complete_is_never_missing(schema, rows):
    import pandas as pd

    sent = [blanked for row in rows if (blanked := as_sent(row)) is not None]
    frame = pd.DataFrame(sent, columns=[each.name for each in INPUTS], dtype=object)
    made = matrix(schema, check_table(schema, given_columns(schema, frame)).columns)
    gaps = {declared.name for declared in schema.inputs}
    for step in schema.steps:
        gaps |= {step.name} if may_be_missing(step, gaps) else set()
    for place, feature in enumerate(schema.features):
        assert may_be_missing(feature, gaps) or not np.isnan(made[:, place]).any()


@settings(max_examples=60, deadline=None, suppress_health_check=slow)
@given(schemas())
def test_any_schema_reads_back_equal(schema):
    assert form.load(json.loads(json.dumps(form.dump(schema)))) == schema


@settings(max_examples=200, deadline=None)
@given(applications)
def test_what_is_kept_reads_again_to_itself(application):
    """A replay parses what was kept, after it went through its canonical form."""
    sent = as_sent(application)
    if sent is None:
        return
    kept = check_row(BASE, sent)
    again = check_row(BASE, read_plain(json.loads(json.dumps(plain_values(kept.values)))))
    assert again == kept


@settings(max_examples=200, deadline=None)
@given(applications)
def test_no_fault_repeats_a_value(application):
    for fault in check_row(BASE, application).faults:
        value = application[fault.name]
        told = fault.detail
        for each in (
            "2024-12-31",
            "31/12/2024",
            "12/31/2024",
            "31 December 2024",
            "20241231",
            "2024-12-31T23:59",
        ):
            told = told.replace(each, "")
        assert not isinstance(value, str) or len(value) < 4 or value not in told
