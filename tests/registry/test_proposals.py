"""Decision policies and reason dictionaries: frozen by digest, refused when they cannot be evaluated or read."""

import copy

import pytest

from mrm.lib.errors import Invalid, NotAllowed
from registry import decision_policies, reason_dictionaries
from registry.models import DecisionPolicy
from tests.registry.built import demo_json, proposed_model


def propose(cast, rules, actor=None):
    model = proposed_model(cast)
    return decision_policies.propose_policy(actor=actor or cast.dana, risk_model=model, rules=rules)


def test_a_policy_is_frozen_by_its_digest(cast, events):
    made = propose(cast, demo_json("policy_v1.json"))
    assert made.is_fresh
    assert len(made.policy.digest) == 64
    assert events()[-1] == "decision_policy:proposed"


def test_the_same_rules_written_differently_are_the_same_policy(cast, events):
    rules = demo_json("policy_v1.json")
    made = propose(cast, rules)
    before = events()
    again = decision_policies.propose_policy(
        actor=cast.dana, risk_model=made.policy.risk_model, rules={**rules, "approve_below": "0.25"}
    )
    assert (again.policy, again.is_fresh, events()) == (made.policy, False, before)


@pytest.mark.parametrize(
    "change",
    [
        {"approve_below": "0"},
        {"approve_below": "1.5"},
        {"approve_below": "nan"},
        {"decline_from": "0.1"},
        {"format": "other"},
        {"surprise": 1},
        {"rules": [{"key": "a", "outcome": "approve", "flag": "unknown_code"}]},
        {"rules": "none"},
    ],
)
def test_a_policy_that_cannot_be_evaluated_is_refused(cast, change):
    with pytest.raises(Invalid) as refused:
        propose(cast, {**demo_json("policy_v1.json"), **change})
    assert refused.value.errors[0].pointer == "/rules"
    assert not DecisionPolicy.objects.exists()


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_proposes_a_policy(cast, name):
    with pytest.raises(NotAllowed):
        propose(cast, demo_json("policy_v1.json"), actor=getattr(cast, name))


def test_a_dictionary_has_words_in_every_language_of_the_product(cast, events):
    model = proposed_model(cast)
    words = demo_json("reasons.json")
    made = reason_dictionaries.propose_dictionary(actor=cast.dana, risk_model=model, reasons=words)
    told = reason_dictionaries.words_of(made.dictionary)["utilisation"]
    assert told.text("pt-br").startswith("Uma parte")
    assert told.text("de") == told.text("en")
    assert events()[-1] == "reason_dictionary:proposed"


@pytest.mark.parametrize("break_it", ["language", "code", "twice"])
def test_a_dictionary_with_a_gap_is_refused(cast, break_it):
    words = copy.deepcopy(demo_json("reasons.json"))
    if break_it == "language":
        del words["reasons"][0]["texts"]["pt-br"]
    elif break_it == "code":
        words["reasons"][1]["code"] = words["reasons"][0]["code"]
    else:
        words["reasons"].append(words["reasons"][0])
    with pytest.raises(Invalid):
        reason_dictionaries.propose_dictionary(
            actor=cast.dana, risk_model=proposed_model(cast), reasons=words
        )
