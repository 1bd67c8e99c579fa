"""What goes on instead of rows: every form of an input example that MLflow writes, as one row that is nobody's."""

from __future__ import annotations

import json

import pytest

from mrm.lib.errors import TooLarge
from registry.gateway import rows
from registry.gateway.bodies import Source
from registry.gateway.rules import Rule, RuleRefused

RUN, MODEL = "a" * 32, "m-" + "c" * 32
CANARY = "canary-Zoë-93c1"


def synthetic(said: object) -> object:
    return json.loads(rows.synthetic(json.dumps(said).encode()))


def refused(content: bytes) -> str:
    with pytest.raises(RuleRefused) as refusal:
        rows.synthetic(content)
    assert refusal.value.rule is Rule.EXAMPLE
    return refusal.value.message


@pytest.mark.parametrize(
    ("name", "is_example", "is_results"),
    [
        ("input_example.json", True, False),
        ("serving_input_example.json", True, False),
        ("Input_Example.JSON", True, False),
        ("input_example.csv", True, False),
        ("input_example.parquet", True, False),
        ("input_example.npy", True, False),
        ("input_example", True, False),
        ("my_input_example.json", False, False),
        ("input_example.d/x.json", False, False),
        ("notes/why.txt", False, False),
        ("eval_results_table.json", False, True),
        ("val_eval_results_table.json", False, True),
        ("results_table.json", False, False),
    ],
)
def test_a_file_carries_rows_by_its_last_name(name, is_example, is_results):
    place = f"1/{RUN}/artifacts/model/{name}"
    assert (rows.is_example(place), rows.is_results(place)) == (is_example, is_results)


@pytest.mark.parametrize(
    "name", ["input_example.csv", "input_example.npy", "input_example", "x/input_example.pkl"]
)
def test_another_form_than_json_is_refused_and_says_how_to_make_one(name):
    with pytest.raises(RuleRefused, match="input_example=frame") as refusal:
        rows.refuse_other_form(f"1/{RUN}/artifacts/{name}")
    assert refusal.value.rule is Rule.EXAMPLE


COLUMNS = ["age", "income", "job", "is_owner", "since", "seen", "gap"]
ROWS = [
    [51, 1234.5, CANARY, True, "1971-03-04", "2026-01-02T03:04:05", None],
    [52, None, "cook", False, "1981-03-04", "2026-01-03T03:04:05.123", None],
]
ONE = [0, 0.0, "text", False, "2000-01-01", "2000-01-01T00:00:00", None]


@pytest.mark.control("privacy:canary")
@pytest.mark.parametrize(
    ("said", "one"),
    [
        ({"columns": COLUMNS, "data": ROWS}, {"columns": COLUMNS, "data": [ONE]}),
        ({"columns": COLUMNS, "index": [7, 8], "data": ROWS}, {"columns": COLUMNS, "index": [0], "data": [ONE]}),
        ({"data": ROWS}, {"data": [ONE]}),
        ({"dataframe_split": {"columns": COLUMNS, "data": ROWS}}, {"dataframe_split": {"columns": COLUMNS, "data": [ONE]}}),
        (
            {"dataframe_records": [{"age": 51, "job": CANARY}, {"age": None}]},
            {"dataframe_records": [{"age": 0, "job": "text"}]},
        ),
        ({"inputs": ROWS}, {"inputs": [ONE]}),
        ({"instances": ROWS}, {"instances": [ONE]}),
        ({"inputs": {"age": [51, 52], "job": [CANARY, "x"]}}, {"inputs": {"age": [0], "job": ["text"]}}),
        ({"inputs": ROWS, "params": {"cut": 0.7, "who": CANARY}}, {"inputs": [ONE], "params": {"cut": 0.0, "who": "text"}}),
        (ROWS, [ONE]),
        ([51, 52, 53], [0]),
        ([51, 52.5, None], [0.0]),
        ([CANARY], ["text"]),
        ([{"age": 51, "jobs": [CANARY, "x"]}], [{"age": 0, "jobs": ["text"]}]),
        ({"age": 51, "job": CANARY, "past": [1.5, 2.5]}, {"age": 0, "job": "text", "past": [0.0]}),
        ([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [[[0, 0], [0, 0]]]),
        ([[1, 2], [3]], [[0]]),
        ([[CANARY, 7], ["x", "y"]], [["text", "text"]]),
        ([], []),
        ({"columns": ["a"], "data": []}, {"columns": ["a"], "data": [[None]]}),
        ({"columns": [["a", "x"], ["a", "y"]], "data": [[1, 2]]}, {"columns": [["a", "x"], ["a", "y"]], "data": [[0, 0]]}),
        (CANARY, "text"),
        (51, 0),
    ],
)  # fmt: skip
def test_one_row_in_the_form_of_the_rows(said, one):
    assert synthetic(said) == one


def test_a_missing_number_as_the_client_writes_it():
    assert json.loads(rows.synthetic(b'{"columns":["a","b"],"data":[[NaN,1],[2.5,Infinity]]}')) == {
        "columns": ["a", "b"],
        "data": [[0.0, 0.0]],
    }


@pytest.mark.control("privacy:canary")
def test_nothing_of_a_row_is_left_however_the_rows_are_drawn():
    """Two tables of the same columns and types, of other values and another number of rows, give the same bytes."""
    few, many = [[1, 2.5, "a"]], [[index * 7, index / 3, f"{CANARY}-{index}"] for index in range(500)]
    assert (
        len(
            {
                rows.synthetic(json.dumps({"columns": ["x", "y", "z"], "data": each}).encode())
                for each in (few, many)
            }
        )
        == 1
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\x93NUMPY",
        b"PAR1",
        b"age,income\n51,2\n",
        b'{"a":1,"a":2}',
        b"\xff\xfe{}",
        b"[" * 100 + b"]" * 100,
        b'{"columns":["a"],"data":[[1,2]]}',
        b'{"columns":["a"],"data":{"a":1}}',
        b'{"columns":[{"a":1}],"data":[[1]]}',
        b'{"columns":["a"],"data":[[1]],"more":[1]}',
        b'{"columns":["a"],"data":[[{"x":1}],["y"]]}',
        b'{"data":[1.0],"indices":[0],"indptr":[0,1],"shape":[1,2]}',
    ],
)
def test_a_form_that_is_not_understood_is_refused(content):
    assert "input_example=frame.head(1)" in refused(content)


def test_what_is_too_large_says_how_little_is_enough():
    with pytest.raises(TooLarge):
        rows.synthetic(b"[" + b"1," * 600_000 + b"1]")
    assert "input_example=frame.head(1)" in rows.too_large().message


def test_the_run_or_the_logged_model_says_that_its_rows_were_replaced():
    assert rows.marked(Source(run=RUN)) == (
        "POST",
        "/api/2.0/mlflow/runs/set-tag",
        {"run_id": RUN, "key": "mrm.input_example", "value": rows.EXAMPLE_WORDS},
    )
    method, path, body = rows.marked(Source(model=MODEL))
    assert (method, path) == ("PATCH", f"/api/2.0/mlflow/logged-models/{MODEL}/tags")
    assert body == {"tags": [{"key": "mrm.input_example", "value": rows.EXAMPLE_WORDS}]}
