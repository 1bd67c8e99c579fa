"""What columns must hold, as people write it on the page."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from registry.expectation_lines import read_lines
from registry.frames.expectations import plain_expected, read_expected

WRITTEN = """
amount_minor: integer, 1 to 50000000, required
  grade :one of A | B|C c

contract: unique
rate: from -0.5
term: to 48, number
"""
READ = {
    "amount_minor": {"kind": "integer", "minimum": "1", "maximum": "50000000", "required": True},
    "grade": {"values": ["A", "B", "C c"]},
    "contract": {"unique": True},
    "rate": {"minimum": "-0.5"},
    "term": {"maximum": "48", "kind": "number"},
}


def test_one_column_a_line_is_read():
    assert read_lines(WRITTEN) == READ
    assert plain_expected(read_expected(READ)) == dict(sorted(READ.items()))
    assert read_lines(" \n") == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("amount_minor", "a colon"),
        (": unique", "a colon"),
        ("x:", "a colon"),
        ("x: about 5", "“about 5” is not understood"),
        ("x: integer, number", "“number” was said before"),
        ("x: from 1, 0 to 5", "“0 to 5” was said before"),
        ("x: 5 to 1", "minimum is above the maximum"),
        ("x: few to many", "must be a number"),
        ("x: 1,000 to 2,000", "“1” is not understood"),
        ("x: one of | B", "1 to 400"),
        ("ok: integer", "another line"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, words):
    with pytest.raises(ValidationError) as refused:
        read_lines(f"ok: unique\n\n{line}")
    [told] = refused.value.messages
    assert told.startswith("Line 3: ")
    assert words in told


def test_every_wrong_line_is_named_at_once():
    with pytest.raises(ValidationError) as refused:
        read_lines("a\nb: unique\nc: often")
    assert [told[:6] for told in refused.value.messages] == ["Line 1", "Line 3"]
