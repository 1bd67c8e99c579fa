"""Directions and reasons of the sealed version: held to what it declares, and to a second attribution."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
import xgboost

from quant import policy as policies
from quant.errors import NotMeasurable
from quant.features.schema import Direction
from quant.verdict import Verdict
from tests.validation.samples import bare_sample, served_sample, standard
from validation.checks import counterfactuals, direction, reason_stability
from validation.measuring import word_of
from validation.sample import Decided


def test_version_trained_under_its_declarations_keeps_them(drawn):
    found = direction.run(served_sample(drawn), standard())
    assert word_of(found.judgement) == "passed"
    assert sum(each.n for each in found.measurements) > 1_000


def test_declaration_turned_round_is_found(drawn):
    """The same estimator, held to the opposite of what it was trained under."""
    sample = served_sample(drawn)
    schema = sample.served.schema
    turned = tuple(replace(each, monotone=Direction(-each.monotone)) for each in schema.features)
    sample.served.schema = replace(schema, features=turned)
    found = direction.run(sample, standard())
    assert found.judgement.is_red
    assert "broken somewhere:" in found.headline


def test_sums_of_a_second_attribution_reach_the_margin(drawn):
    found = reason_stability.run(served_sample(drawn), standard())
    gap = next(each.value for each in found.measurements if each.name == "gap")
    assert gap < 1e-5
    assert found.judgement.verdict is Verdict.REPORTED
    assert all(0 <= each.value <= 1 for each in found.measurements)


def test_nobody_declined_is_insufficient(drawn):
    sample = served_sample(drawn)
    everybody = Decided(sample.policy, np.ones(sample.n, dtype=bool), np.zeros(sample.n, dtype=bool))
    found = reason_stability.run(replace(sample, decided=everybody), standard())
    assert word_of(found.judgement) == "insufficient_data"


def test_background_needs_enough_of_the_development_part(drawn):
    sample = served_sample(drawn)
    found = reason_stability.run(replace(sample, development=sample.development.head(40)), standard())
    assert word_of(found.judgement) == "insufficient_data"


@pytest.mark.parametrize("check", [direction, reason_stability])
def test_reasons_need_a_sealed_version(check):
    with pytest.raises(NotMeasurable):
        check.run(bare_sample(pds=[0.1, 0.2], defaulted=[0, 1]), standard())


# --- Counterfactuals ------------------------------------------------------------------------------------------


def with_dials(sample, *names: str):
    """The sealed inputs, some of which are declared as something clients can change."""
    schema = sample.served.schema
    inputs = tuple(replace(each, actionable=each.name in names) for each in schema.inputs)
    sample.served.schema = replace(schema, inputs=inputs)
    return sample


def test_what_turns_a_decline_turns_it_on_the_other_path_too(drawn):
    sample = with_dials(served_sample(drawn), "LIMIT_BAL", "PAY_AMT1", "BILL_AMT1")
    found = counterfactuals.run(sample, standard())
    told = {each.name: each for each in found.measurements}
    assert word_of(found.judgement) == "passed"
    assert told["flips"].value == told["flips"].n > 0
    assert 1 <= told["changes"].value <= 3


def test_decline_by_a_rule_that_nothing_lifts_is_not_turned(drawn):
    sample = with_dials(served_sample(drawn), "PAY_AMT1", "BILL_AMT1")
    everybody = policies.Rule(
        "all", policies.Verdict.DECLINE, input="LIMIT_BAL", comparison="at_least", value=Decimal(0)
    )
    policy = replace(sample.policy, rules=(everybody,))
    ruled = replace(sample, decided=Decided(policy, np.zeros(sample.n, dtype=bool), sample.referred))
    found = counterfactuals.run(ruled, standard())
    assert word_of(found.judgement) == "insufficient_data"
    assert found.headline.startswith("0 of 40 declines")


def test_bytes_that_score_otherwise_on_the_second_path_are_found(drawn):
    """The same trees with a base score that declines everybody: what the served path turns, these bytes do not."""
    sample = with_dials(served_sample(drawn), "LIMIT_BAL", "PAY_AMT1", "BILL_AMT1")
    booster = xgboost.Booster(model_file=bytearray(sample.sealed.files["model.ubj"]))
    told = json.loads(booster.save_raw("json"))
    told["learner"]["learner_model_param"]["base_score"] = "[9.9E-1]"
    files = {**sample.sealed.files, "model.ubj": json.dumps(told).encode()}
    other = replace(sample.version, sealed=replace(sample.sealed, files=files))
    assert counterfactuals.run(replace(sample, version=other), standard()).judgement.is_red


def test_version_of_which_nothing_can_be_changed_is_not_measurable(drawn):
    with pytest.raises(NotMeasurable, match="can change"):
        counterfactuals.run(served_sample(drawn), standard())
