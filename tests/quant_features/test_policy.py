from __future__ import annotations

import pytest

from quant import policy as policies
from quant.features.plain import SchemaFault
from quant.policy import Basis, Verdict, evaluate

PLAIN = {
    "format": "decision-policy/1",
    "approve_below": "0.15",
    "decline_from": "0.25",
    "rules": [
        {"key": "unknown_code", "outcome": "refer", "flag": "unknown_code"},
        {
            "key": "three_months_late",
            "outcome": "decline",
            "input": "PAY_0",
            "comparison": "at_least",
            "value": "3",
        },
    ],
}
POLICY = policies.load(PLAIN)


def _verdict(pd, pay=0, flags=()):
    return evaluate(POLICY, pd=pd, inputs={"PAY_0": pay}, flags=flags)


@pytest.mark.parametrize(
    ("pd", "verdict"),
    [(0.1, "approve"), (0.2, "refer"), (0.25, "decline"), (0.9, "decline"), (0.15000000000000002, "refer")],
)
def test_cut_offs_decide_when_no_rule_holds(pd, verdict):
    outcome = _verdict(pd)
    assert (outcome.verdict, outcome.basis, outcome.rules) == (Verdict(verdict), Basis.SCORE, ())


def test_cut_off_is_compared_exactly():
    """The double nearest to 0.15 is below 0.15, so it is approved; no tolerance hides that."""
    assert _verdict(0.15).verdict is Verdict.APPROVE


def test_declining_rule_outranks_score_and_referral_and_is_its_own_reason():
    outcome = _verdict(0.01, pay=4, flags=("unknown_code:PAY_2",))
    assert (outcome.verdict, outcome.basis, outcome.rules) == (
        Verdict.DECLINE,
        Basis.RULE,
        ("three_months_late",),
    )


def test_flag_refers_even_where_the_score_would_decline():
    outcome = _verdict(0.9, flags=("unknown_code:PAY_2",))
    assert (outcome.verdict, outcome.rules) == (Verdict.REFER, ("unknown_code",))


def test_missing_value_does_not_trigger_a_rule():
    assert _verdict(0.01, pay=None).verdict is Verdict.APPROVE


def test_policy_reads_back_equal():
    assert policies.load(policies.dump(POLICY)) == POLICY


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "other"}, {"approve_below": "0.3"}, {"approve_below": "0"}, {"decline_from": "1.1"},
        {"approve_below": 0.15}, {"approve_below": "NaN"}, {"extra": 1},
        {"rules": [{"key": "a", "outcome": "approve", "flag": "x"}]},
        {"rules": [{"key": "a", "outcome": "refer", "flag": "x", "input": "PAY_0"}]},
        {"rules": [{"key": "a", "outcome": "refer", "input": "PAY_0", "comparison": "like", "value": "1"}]},
    ],
)  # fmt: skip
def test_policy_of_another_shape_is_refused(wrong):
    with pytest.raises(SchemaFault):
        policies.load(PLAIN | wrong)


def test_rule_on_an_unknown_input_is_refused():
    with pytest.raises(SchemaFault, match="PAY_0"):
        POLICY.refuse_unknown_inputs(("LIMIT_BAL",))
