"""Directions and reasons of the sealed version: held to what it declares, and to a second attribution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quant.errors import NotMeasurable
from quant.features.schema import Direction
from quant.verdict import Verdict
from tests.validation.samples import bare_sample, served_sample, standard
from validation.checks import direction, reason_stability
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
