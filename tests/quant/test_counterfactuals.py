"""Counterfactuals: a single change is never missed, what is found is accepted, and nothing smaller of it is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.counterfactuals import Counterfactual, Dial, Effort, Judged, quantile_values, search
from quant.errors import BadInput

DIALS = (
    Dial("amount", (1.0, 2.0, 3.0, 4.0, 5.0)),
    Dial("term", (6.0, 12.0, 24.0)),
    Dial("cards", (0.0, 1.0, 2.0)),
)
EFFORT = Effort()


def judge_by(weights, cut):
    def judge(candidates):
        pds = np.array([sum(weights[name] * each[name] for name in weights) for each in candidates])
        return Judged(pds < cut, pds)

    return judge


APPLICANT = {"amount": 5.0, "term": 24.0, "cards": 2.0, "age": 40.0}


def test_cheapest_single_change_is_found():
    """Four of the amount would do, and so would six months; one step of five is cheaper than two of three."""
    found = search(APPLICANT, DIALS, judge_by({"amount": 0.1, "term": 0.01}, 0.65), effort=EFFORT)
    assert [(change.name, change.after) for change in found.changes] == [("amount", 4.0)]
    assert found.cost == pytest.approx(0.25)


def test_two_changes_are_made_where_one_does_not_do():
    found = search(APPLICANT, DIALS, judge_by({"amount": 0.1, "cards": 0.1}, 0.25), effort=EFFORT)
    assert {change.name for change in found.changes} == {"amount", "cards"}


def test_what_no_change_turns_has_no_counterfactual():
    assert search(APPLICANT, DIALS, judge_by({"age": 1.0}, 0.5), effort=EFFORT) is None


def test_missing_input_is_no_dial_and_no_dial_is_no_answer():
    missing = {**APPLICANT, "amount": float("nan")}
    found = search(missing, DIALS, judge_by({"cards": 0.2}, 0.3), effort=EFFORT)
    assert [change.name for change in found.changes] == ["cards"]
    assert search(APPLICANT, (), judge_by({"cards": 0.2}, 0.3), effort=EFFORT) is None


weights = st.fixed_dictionaries({name: st.floats(-1, 1) for name in ("amount", "term", "cards")})


@settings(max_examples=60)
@given(weights, st.floats(-3, 3))
def test_answer_is_accepted_and_no_single_change_of_it_can_be_smaller(told, cut):
    judge = judge_by(told, cut)
    found = search(APPLICANT, DIALS, judge, effort=EFFORT)
    if found is None:
        return
    assert judge([found.apply(APPLICANT)]).accepted.all()
    values = {dial.name: dial for dial in DIALS}
    for change in found.changes:
        nearer = [
            v for v in values[change.name].values if values[change.name].steps(change.before, v) < change.cost
        ]
        others = {each.name: each.after for each in found.changes}
        for value in nearer:
            assert not judge([{**APPLICANT, **others, change.name: value}]).accepted.any()


@settings(max_examples=60)
@given(weights, st.floats(-3, 3))
def test_whatever_one_or_all_changes_can_turn_is_found(told, cut):
    """With a beam as wide as the choices, the search misses nothing that trying everything finds."""
    judge = judge_by(told, cut)
    everything = [
        dict(zip(("amount", "term", "cards"), each, strict=True))
        for each in product(*(d.values for d in DIALS))
    ]
    can = judge(
        [{**APPLICANT, **each} for each in everything if {**APPLICANT, **each} != APPLICANT]
    ).accepted.any()
    found = search(APPLICANT, DIALS, judge, effort=Effort(most_changes=3, beam=1_000))
    assert (found is not None) == can


def test_dials_take_distinct_rising_values():
    with pytest.raises(BadInput):
        Dial("amount", (2.0, 2.0))
    assert quantile_values([3, 1, np.nan, 2, 2], 3) == (1.0, 2.0, 3.0)
    assert quantile_values([np.nan], 3) == ()
    assert Counterfactual(()).cost == 0
