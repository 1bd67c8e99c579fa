"""The canonical form is RFC 8785's own, on the subset that is hashed."""

import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from mrm.lib import canonical

_integers = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
_text = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
_keys = st.text(alphabet=st.characters(max_codepoint=127))
_values = st.recursive(
    st.none() | st.booleans() | _integers | _text,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(_keys, children, max_size=4),
    max_leaves=20,
)


@given(_values)
def test_bytes_agree_with_a_second_implementation_of_rfc_8785(value):
    assert canonical.dumps(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [1.5, math.nan, {"é": 1}, {1: 2}, b"bytes", {"a": {2.0}}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_values_that_other_readers_would_change_are_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 (UnicodeEncodeError is one too)
        canonical.dumps(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_as_text_reads_back_as_the_same_double(value):
    assert float(canonical.number(value)) == value
