"""Hostile JSON gets a clear refusal and never an exception of the reader's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrm.lib import strict_json
from mrm.lib.errors import Malformed, Refusal, TooLarge

HOSTILE = {
    "nul": b'{"a":"\x00"}',
    "escaped nul": b'{"a":"\\u0000"}',
    "lone surrogate": b'{"a":"\\ud800"}',
    "lone surrogate as key": b'{"\\udfff":1}',
    "bad utf-8": b'{"a":"\xff"}',
    "utf-16": '{"a":1}'.encode("utf-16"),
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50 + b"1" + b"}" * 50,
    "duplicate key": b'{"a":1,"a":2}',
    "nan": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "overflow": b'{"a":1e999}',
    "endless integer": b'{"a":' + b"9" * 5_000 + b"}",
    "cut short": b'{"a":',
    "empty": b"",
    "two values": b"1 2",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_json_is_refused_in_words(name):
    with pytest.raises(Malformed) as refusal:
        strict_json.loads(HOSTILE[name])
    assert len(refusal.value.message) > 10


def test_brackets_inside_text_are_not_nesting():
    assert strict_json.loads(b'{"a":"' + b"[" * 100 + b'"}') == {"a": "[" * 100}


def test_a_pair_of_surrogate_escapes_is_one_character():
    assert strict_json.loads(b'["\\ud83d\\ude00"]') == ["\U0001f600"]


def test_a_body_over_the_limit_is_refused_unread():
    with pytest.raises(TooLarge):
        strict_json.loads(b" " * 101, max_bytes=100)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_refusal(content):
    try:
        strict_json.loads(content)
    except Refusal:
        pass


def test_who_asks_may_say_what_stands_for_the_constants():
    assert strict_json.loads(b'[NaN, "NaN"]', constant=str.lower) == ["nan", "NaN"]
