"""An estimator that was trained elsewhere: its tables are made as of our own, and what two tools would read in two ways
is refused. Damaged bytes are read in processes with limits only (tests/registry/test_model_files.py): XGBoost's reader
takes all memory for some of them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import xgboost

from mrm.lib import canonical
from mrm.lib.errors import Refusal
from quant.errors import QuantError
from registry.serving.door import build
from tests.serving.cards import card_frame
from tests.training_child.givens import COLUMNS, taken_in
from training.families.export import Tree, booster_bytes
from training.recipes import Given


@pytest.fixture(scope="module")
def cards():
    return card_frame(1500, seed=11)


@pytest.fixture(scope="module")
def booster(cards):
    return _boosted(cards)


def _boosted(cards, columns=COLUMNS, **more):
    settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1, **more}
    data = xgboost.DMatrix(cards[list(columns)].astype("float64"), label=cards["DEFAULT"])
    return xgboost.train(settings, data, num_boost_round=20)


def _ubj(booster):
    return bytes(booster.save_raw(raw_format="ubj"))


def test_the_sealed_estimator_is_the_given_bytes_and_its_pd_is_the_authors(tmp_path, cards, booster):
    sealed = taken_in(tmp_path / "job", cards, _ubj(booster))
    assert sealed.files["model.ubj"] == _ubj(booster)
    served = build(sealed)
    theirs = booster.predict(xgboost.DMatrix(cards[list(COLUMNS)].astype("float64")))
    assert np.allclose(served.score_frame(cards).probabilities, theirs, atol=1e-7)


def test_the_same_bytes_and_data_give_the_same_artefact(tmp_path, cards, booster):
    first, second = (taken_in(tmp_path / name, cards, _ubj(booster)).digest for name in ("one", "two"))
    assert first == second


def test_a_file_that_scores_one_row_otherwise_than_many_is_refused(tmp_path, cards):
    class Unpaired(Tree):
        def paired(self):
            return self

    # 0 splits into 1 and 4, 1 into 2 and 3, 4 into 5 and 6: a right child does not follow its sibling.
    left, right = np.array([1, 2, -1, -1, 5, -1, -1]), np.array([4, 3, -1, -1, 6, -1, -1])
    below = np.array([100_000, 0, 0, 0, 2, 0, 0], dtype=np.float32)
    margin = np.array([0.0, 0.0, -2.0, -1.0, 0.0, 1.0, 2.0])
    feature = np.array([0, 1, 0, 0, 1, 0, 0])
    tree = Unpaired(left, right, feature, below, margin, cover=np.full(7, 100.0))
    with pytest.raises(Refusal, match="alone than in a table"):
        taken_in(tmp_path / "job", cards, booster_bytes([tree], COLUMNS))


def test_nothing_is_told_of_folds_that_were_not_made(tmp_path, cards, booster):
    taken_in(tmp_path / "job", cards, _ubj(booster))
    metrics = json.loads((tmp_path / "job" / "candidate" / "metrics.json").read_text())
    assert "development_auc" in metrics
    assert not [name for name in metrics if name.startswith("cross_fitted")]


def test_the_authors_example_is_scored_alike_by_both_tools(tmp_path, cards, booster):
    example = {"columns": list(COLUMNS), "data": [[140000.0, 2, 22000.5, None], [10000, 0, 1, 2]]}
    assert taken_in(tmp_path / "job", cards, _ubj(booster), example=example)


@pytest.mark.parametrize(
    "example",
    [
        {"columns": list(COLUMNS), "data": []},
        {"columns": ["LIMIT_BAL"], "data": [[1.0]]},
        {"columns": list(reversed(COLUMNS)), "data": [[1, 2, 3, 4]]},
        {"columns": list(COLUMNS), "data": [["a", "b", "c", "d"]]},
        {"columns": list(COLUMNS), "data": [[1e13, 2, 3, 4]]},
        {"inputs": [1, 2]},
        [1, 2, 3],
    ],
)
def test_an_example_that_is_none_of_this_estimator_is_refused(tmp_path, cards, booster, example):
    with pytest.raises(Refusal, match="example"):
        taken_in(tmp_path / "job", cards, _ubj(booster), example=example)


def _other_objective(cards):
    return _boosted(cards, objective="reg:squarederror")


def _stopped_early(cards):
    booster = _boosted(cards)
    booster.set_attr(best_iteration="3")
    return booster


def _other_order(cards):
    return _boosted(cards, tuple(reversed(COLUMNS)))


def _one_column_more(cards):
    return _boosted(cards, (*COLUMNS, "PAY_2"))


def _categories(cards):
    data = cards[list(COLUMNS)].astype({"PAY_0": "category"})
    matrix = xgboost.DMatrix(data, label=cards["DEFAULT"], enable_categorical=True)
    return xgboost.train({"objective": "binary:logistic", "tree_method": "hist"}, matrix, num_boost_round=5)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (_other_objective, "only binary:logistic is served"),
        (_stopped_early, "stopped early"),
        (_other_order, "in another order"),
        (_one_column_more, "has 5 features, the tables make 4"),
        (_categories, "pandas categories"),
    ],
)
def test_what_two_tools_read_in_two_ways_is_refused(tmp_path, cards, made, words):
    with pytest.raises(Refusal, match=words):
        taken_in(tmp_path / "job", cards, _ubj(made(cards)))


def test_an_estimator_that_ranks_nobody_is_refused(tmp_path, cards):
    with pytest.raises((Refusal, QuantError), match="Too few distinct"):
        taken_in(tmp_path / "job", cards, _ubj(_boosted(cards, gamma=1e9)))


def test_other_bytes_than_those_that_were_asked_for_are_refused(tmp_path, cards, booster):
    recipe = Given("0" * 64, "models:/m-1", "model.ubj").plain()
    with pytest.raises(Refusal, match="its digest is another"):
        taken_in(tmp_path / "job", cards, _ubj(booster), recipe=recipe)


def test_nothing_about_the_tables_may_be_asked_for(tmp_path, cards, booster):
    recipe = Given(canonical.sha256(_ubj(booster)), "models:/m-1", "model.ubj").plain() | {"grades": 3}
    with pytest.raises(Refusal, match="one form only"):
        taken_in(tmp_path / "job", cards, _ubj(booster), recipe=recipe)
