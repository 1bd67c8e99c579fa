"""What is declared of a column is checked: each kind of violation is found and counted, and no cell is told."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from registry.frames.expectations import Expectation, read_expected
from registry.frames.quality import declared
from registry.frames.spec import FileFormat, UploadSpec
from tests.training_child.quality_tables import ROWS, filled, repeated, rules_of, table_of


def rule_of(columns, expected, **more):
    spec = UploadSpec(FileFormat.PARQUET, "y", "a test key", expected=read_expected(expected), **more)
    [rule] = declared.of_table(table_of(columns), spec)
    assert (rule["passed"], rule["count"]) == (not rule["details"], len(rule["details"]))
    return rule


def broken(columns, expected, **more):
    """(column, check, rows) of what does not hold."""
    found = rule_of(columns, expected, **more)["details"]
    return [(each["column"], each["check"], each.get("rows")) for each in found]


# Of a thousand rows that hold the numbers 0 to 96 over and over after what stands first.
CASES = {
    "integers": (filled([]), {"kind": "integer"}, []),
    "halves are no integers": (filled([0.5, 1.5]), {"kind": "integer"}, [("kind", 2)]),
    "halves are numbers": (filled([0.5, 1.5]), {"kind": "number"}, []),
    "whole numbers with gaps": (filled([1.0, None, float("nan")]), {"kind": "integer"}, []),
    "without end": (filled([float("inf"), 0.5]), {"kind": "number"}, [("kind", 1)]),
    "a word among numbers": (list(map(str, filled(["soon"]))), {"kind": "integer"}, [("kind", 1)]),
    "a code among numbers": (list(map(str, filled(["007"]))), {"kind": "number"}, [("kind", 1)]),
    "numbers beyond a double": (list(map(str, filled(["9" * 400]))), {"kind": "number"}, [("kind", 1)]),
    "numbers in a column of text": (list(map(str, filled([]))), {"kind": "number"}, [("kind", ROWS)]),
    "texts": (["north"] * ROWS, {"kind": "text"}, []),
    "numbers for texts": (filled([None]), {"kind": "text"}, [("kind", 999)]),
    "truths": ([True, False] * 500, {"kind": "boolean"}, []),
    "0 and 1 for truths": ([0, 1] * 500, {"kind": "boolean"}, [("kind", ROWS)]),
    "truths for numbers": ([True, False] * 500, {"minimum": "0"}, [("kind", ROWS)]),
    "days": (repeated(("2024-03-05", 600), ("5 Mar 2024", 399), (None, 1)), {"kind": "date"}, []),
    "no such day": (["2023-02-29", *["2024-03-05"] * 999], {"kind": "date"}, [("kind", 1)]),
    "at the bounds": (filled([]), {"minimum": "0", "maximum": "96"}, []),
    "below": (filled([-1, -2]), {"minimum": "-1"}, [("minimum", 1)]),
    "above": (filled([97, 98, None]), {"maximum": "97"}, [("maximum", 1)]),
    "a decimal bound": (filled([0.25, 0.2]), {"minimum": "0.25"}, [("minimum", 12)]),
    "a range of words": (["low"] * ROWS, {"maximum": "9"}, [("kind", ROWS)]),
    "out of range among words": (
        list(map(str, filled(["x", "500"]))),
        {"maximum": "96"},
        [("kind", 1), ("maximum", 1)],
    ),
    "integers beside 2**53": (filled([2**53 + 1]), {"maximum": "999999999999999"}, [("maximum", 1)]),
    "listed words": (["a"] * 500 + ["b"] * 499 + [None], {"values": ["a", "b"]}, []),
    "a word not listed": (["a"] * 998 + ["A", "a "], {"values": ["a"]}, [("values", 2)]),
    "listed numbers": (repeated((12, 500), (24, 500)), {"values": ["12", "24.0"]}, []),
    "a number not listed": (repeated((12.5, 1), (24, 999)), {"values": ["12", "24"]}, [("values", 1)]),
    "numbers are no words": (filled([]), {"values": ["a"]}, [("values", ROWS)]),
    "listed truths": ([True, False] * 500, {"values": ["true"]}, [("values", 500)]),
    "no value twice": ([f"c{row}" for row in range(998)] + [None] * 2, {"unique": True}, []),
    "long numbers are told apart": ([2**60 + row for row in range(ROWS)], {"unique": True}, []),
    "values that repeat": (repeated((1, 3), *((row, 1) for row in range(2, 999))), {"unique": True}, [("unique", 2)]),
    "every row": (filled([]), {"required": True}, []),
    "gaps": (filled([None, float("nan"), 1.0]), {"required": True}, [("required", 2)]),
    "nothing at all": ([None] * ROWS, {"kind": "integer", "unique": True, "minimum": "0"}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_column_is_held_to_its_declaration(case):
    values, held, expected = CASES[case]
    assert broken({"x": values}, {"x": held}) == [("x", *each) for each in expected]


def test_a_declared_sentinel_breaks_nothing_but_that_a_value_is_required():
    column = {"x": filled([999, 999, -1])}
    held = {"minimum": "0", "maximum": "96", "values": []}
    assert broken(column, {"x": held}, sentinels={"x": ("999", "-1")}) == []
    assert broken(column, {"x": {**held, "required": True}}, sentinels={"x": ("999",)}) == [
        ("x", "minimum", 1),
        ("x", "required", 2),
    ]
    words = {"x": ["none", "none", *(f"c{row}" for row in range(998))]}
    assert broken(words, {"x": {"unique": True}}, sentinels={"x": ("none",)}) == []


@pytest.mark.parametrize(("more", "rows"), [([], []), (["soon"], [("x", "kind", 1)])])
def test_numbers_that_are_text_for_a_declared_sentinel_alone_are_numbers(more, rows):
    column = {"x": list(map(str, filled(["none", *more])))}
    held = {"kind": "integer", "maximum": "96"}
    assert broken(column, {"x": held}, sentinels={"x": ("none",)}) == rows


def test_everything_that_does_not_hold_is_told_at_once():
    columns = {"x": filled([200, 0.5]), "sex": ["f", "m"] * 500, "c": repeated((1, ROWS))}
    expected = {
        "x": {"kind": "integer", "maximum": "96"},
        "gone": {"required": True},
        "sex": {"values": ["f"]},
        "c": {"unique": True},
        "y": {"values": ["0"]},
    }
    assert broken(columns, expected, protected=("sex",), id="c") == [
        ("gone", "present", None),
        ("x", "kind", 1),
        ("x", "maximum", 1),
        ("sex", "values", 500),
        ("c", "unique", 999),
        ("y", "values", 100),
    ]


MARK, NUMBER_MARK = "Maria da Silva 4711", 48_151_623


def test_no_cell_is_told_neither_in_the_report_nor_in_a_warning():
    columns = {"t": [MARK] * 3 + ["a"] * 997, "n": filled([NUMBER_MARK] * 3), "u": [MARK] * ROWS}
    expected = {
        "t": {"values": ["a"], "unique": True},
        "n": {"maximum": "96", "unique": True, "required": True},
        "u": {"unique": True, "kind": "number"},
    }
    with warnings.catch_warnings(record=True) as warned:
        rule = rule_of(columns, expected)
    assert rule["count"] == 6
    said = json.dumps(rule) + " ".join(str(each.message) for each in warned)
    assert MARK not in said
    assert str(NUMBER_MARK) not in said


def test_a_check_that_cannot_be_made_does_not_pass():
    spec = UploadSpec(FileFormat.PARQUET, "y", "a test key", expected={"x": Expectation(minimum="soon")})
    [rule] = declared.of_table(table_of({"x": filled([])}), spec)
    assert (rule["passed"], rule["details"]) == (False, [{"column": "x", "check": "minimum"}])


def test_the_environment_does_not_turn_the_checks_off():
    from pandera.config import ValidationDepth, config_context

    with config_context(validation_enabled=False, validation_depth=ValidationDepth.SCHEMA_ONLY):
        assert broken({"x": filled([])}, {"x": {"maximum": "9"}}) != []


def test_the_rule_blocks_and_a_table_of_which_nothing_is_declared_has_none():
    columns = {"x": filled([])}
    rule = rules_of(columns, expected=read_expected({"x": {"maximum": "9"}}))["as_declared"]
    assert (rule["force"], rule["passed"]) == ("blocking", False)
    assert rule["text"] == "1 declarations that do not hold: x (maximum)"
    assert "as_declared" not in rules_of(columns)


@pytest.mark.parametrize("seed", range(5))
def test_rows_outside_any_range_are_those_that_are_counted_by_hand(seed):
    draw = np.random.default_rng(seed)
    values = [None if draw.random() < 0.1 else float(draw.normal(0, 50)) for _ in range(ROWS)]
    low, high = sorted(round(float(each), 2) for each in draw.normal(0, 50, 2))
    below = sum(value is not None and value < low for value in values)
    above = sum(value is not None and value > high for value in values)
    expected = [("x", "minimum", below), ("x", "maximum", above)]
    held = {"minimum": str(low), "maximum": str(high)}
    assert broken({"x": values}, {"x": held}) == [each for each in expected if each[2]]
