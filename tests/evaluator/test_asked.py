"""What an author writes is read strictly, and what they leave out never becomes a pass."""

from __future__ import annotations

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from countersign_evaluator.asked import ask
from countersign_evaluator.report import WHY_NOT_ASKED, Report, report
from countersign_evaluator.rows import pds_of, sample_of
from mrm.lib.errors import Refusal
from quant.errors import BadInput, QuantError
from tests.validation.samples import planted_population
from validation import catalog, runner, standards
from validation.standard import Force, Planned

NAMED = {"standard": "card-limit-demo"}
CUT_OFFS = {"approve_below": "0.40", "decline_from": "0.40"}


def table() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    pds, protected = planted_population(3_000)
    return protected, (np.random.default_rng(5).random(len(pds)) < pds).astype(int), pds


def sample_for(**config):
    rows, target, pds = table()
    return sample_of(ask(NAMED | config), table=rows, target=target, predicted=pds, predict=None)


def reported(**config) -> Report:
    return report(sample_for(**config), ask(NAMED | config).standard)


def verdict(found: Report, check: str) -> tuple[str, str]:
    outcome = next(each for each in found.outcomes if each.check_id == check)
    return outcome.verdict, outcome.headline


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"standard": 7}, "must be an object"),
        ({"standard": standards.committed("card-limit-demo") | {"seed": "x"}}, "seed"),
        ({"approve_below": "0.3"}, "Give approve_below and decline_from"),
        ({"approve_below": "0.5", "decline_from": "0.3"}, "approve_below ≤ decline_from"),
        ({"approve_below": "soon", "decline_from": "0.3"}, "approve_below must be a number"),
        ({"approve_below": float("nan"), "decline_from": 0.3}, "approve_below must be finite"),
        ({"grades": {"bounds": [0.1], "pds": [0.1]}}, "K−1 bounds"),
        ({"grades": {"bounds": [0.1], "pds": [0.1, "high"]}}, "must be a number"),
        ({"grades": [0.1]}, "grades must be an object"),
        ({"inputs": ["LIMIT_BAL"]}, "Cannot read inputs"),
        ({"inputs": {"LIMIT_BAL": "float"}}, "must be one of number, integer, code"),
        ({"inputs": {"SEX": "code"}, "protected": ["SEX"]}, "never an input: SEX"),
        ({"protected": "SEX"}, "protected must be a list"),
        ({"reference": [1, 2]}, "must be a DataFrame"),
        ({"reference": pd.DataFrame()}, "must be a DataFrame"),
        ({"development_default_rate": "inf"}, "must be finite"),
    ],
)
def test_configuration_that_says_nothing_clear_is_refused_in_words(config, words):
    with pytest.raises((QuantError, Refusal)) as refused:
        ask(NAMED | config)
    told = [str(refused.value), *(error.detail for error in getattr(refused.value, "errors", ()))]
    assert any(words in each for each in told)


def test_another_standard_may_be_passed_whole_and_is_told_apart_by_its_digest():
    content = standards.committed("card-limit-demo")
    content["fairness"]["air_limit"] = "0.90"
    asked = ask({"standard": content})
    assert asked.standard.fairness.air_limit == 0.90
    assert asked.standard.digest != ask(NAMED).standard.digest


@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_one_pd_per_row_is_taken_as_it_is(shape):
    assert list(pds_of(np.array([0.1, 0.2]).reshape(shape))) == [0.1, 0.2]


def test_two_columns_that_add_up_are_those_of_predict_proba():
    assert list(pds_of([[0.9, 0.1], [0.75, 0.25]])) == [0.1, 0.25]


@pytest.mark.parametrize(
    "predicted", [[[0.3, 0.4]], [[0.2, 0.3, 0.5]], ["high"], [0.1, None], [], [-0.1], 0.3, [0.0, 1.0]]
)
def test_predictions_of_any_other_kind_are_refused(predicted):
    with pytest.raises(BadInput):
        pds_of(predicted)


def test_predictions_for_other_rows_are_refused():
    rows, target, pds = table()
    with pytest.raises(BadInput, match="different length"):
        sample_of(ask(NAMED), table=rows, target=target, predicted=pds[:-1], predict=None)


def test_protected_columns_are_kept_from_the_model():
    rows, target, pds = table()
    seen = []

    def predict(given):
        seen.extend(given.columns)
        return pds

    asked = ask(NAMED | {"protected": ["SEX", "AGE"]})
    sample_of(asked, table=rows.assign(LIMIT_BAL=1.0), target=target, predicted=None, predict=predict)
    assert seen == ["LIMIT_BAL"]


def test_fairness_of_a_narrow_cut_off_fails_here_as_at_the_server():
    found = reported(protected=["SEX", "AGE"], approve_below="0.08", decline_from="0.08")
    assert verdict(found, "adverse_impact_age")[0] == "failed"
    assert found.plain()["blocking_failures"] == ["adverse_impact_age"]
    assert found.metrics()["countersign/blocking_failures"] == 1


def test_referred_are_those_between_the_cut_offs():
    sample = sample_for(approve_below="0.05", decline_from="0.10")
    assert sample.referred.sum() == ((sample.probabilities >= 0.05) & (sample.probabilities < 0.10)).sum()


def test_too_few_distinct_pds_of_development_are_said_and_stop_nothing_else():
    reference = pd.DataFrame({"PD": [0.1, 0.2] * 50})
    found = reported(**CUT_OFFS, reference=reference, reference_predictions="PD")
    assert verdict(found, "psi_score") == ("insufficient_data", "Too few distinct values for 10 bands.")
    assert verdict(found, "jeffreys_portfolio")[0] == "passed"


@pytest.mark.parametrize(
    "config",
    [
        {"reference_predictions": "PD"},
        {"reference": pd.DataFrame({"AGE": [30]}), "reference_predictions": "PD"},
        {"reference": pd.DataFrame({"AGE": [30]}), "inputs": {"SEX": "code"}},
        {"exposure": "LIMIT_BAL"},
    ],
)
def test_columns_that_are_not_there_are_refused(config):
    with pytest.raises(BadInput):
        sample_for(**config)


def test_no_check_that_needs_a_version_passes_or_breaks_without_one():
    """The list of what is not asked is for the words; the sample itself lets nothing pass."""
    sample, standard = sample_for(**CUT_OFFS), ask(NAMED).standard
    for check in WHY_NOT_ASKED:
        outcome = runner.run_check(catalog.BY_ID[check], Planned(check, Force.BLOCKING), sample, standard)
        assert outcome.verdict in {"insufficient_data", "reported"}, check


def test_a_figure_that_is_not_finite_makes_no_metric():
    found = reported(**CUT_OFFS)
    broken = next(each for each in found.outcomes if each.check_id == "discrimination")
    broken.measurements[0]["value"] = "nan"
    assert "countersign/discrimination/auc" not in found.metrics()
    assert "countersign/discrimination/gini" in found.metrics()
