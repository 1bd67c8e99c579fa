"""Declarations that contradict themselves are refused when they are read, not when they serve."""

from __future__ import annotations

import copy

import pytest

from quant.features import form
from quant.features.plain import SchemaFault
from training import card

WRONG = {
    "not an object": lambda raw: raw["inputs"],
    "unknown member": lambda raw: raw | {"code": "import os"},
    "no inputs": lambda raw: raw | {"inputs": []},
    "input twice": lambda raw: raw | {"inputs": [*raw["inputs"], raw["inputs"][0]]},
    "unknown input": lambda raw: _feature(raw, inputs=["NOWHERE"]),
    "unknown operation": lambda raw: _feature(raw, operation="eval"),
    "two inputs for identity": lambda raw: _feature(raw, inputs=["LIMIT_BAL", "BILL_AMT1"]),
    "identity of a code": lambda raw: _feature(raw, inputs=["PAY_0"]),
    "direction": lambda raw: _feature(raw, monotone=2),
    "infinite number": lambda raw: _feature(raw, when_zero="inf"),
    "number, not text": lambda raw: _feature(raw, when_zero=1),
    "empty range": lambda raw: _input(raw, minimum="5", maximum="5"),
    "flag that is no flag": lambda raw: _input(raw, nullable="yes"),
    "optional but not nullable": lambda raw: _input(raw, required=False),
    "name with a path": lambda raw: _input(raw, name="../x"),
}


def _feature(raw, **changes):
    raw["features"][0] |= changes
    return raw


def _input(raw, **changes):
    raw["inputs"][0] |= changes
    return raw


@pytest.mark.parametrize("case", WRONG)
def test_contradiction_is_refused(case):
    raw = copy.deepcopy(form.dump(card.schema()))
    with pytest.raises(SchemaFault):
        form.load(WRONG[case](raw))


def test_table_that_forgets_a_code_is_refused():
    raw = form.dump(card.schema())
    status = next(feature for feature in raw["features"] if feature["operation"] == "status_code")
    status["table"].pop()
    with pytest.raises(SchemaFault, match="exactly the declared codes"):
        form.load(raw)


def test_protected_input_is_refused():
    with pytest.raises(SchemaFault, match="LIMIT_BAL"):
        card.schema().refuse_inputs(frozenset({"LIMIT_BAL"}))
