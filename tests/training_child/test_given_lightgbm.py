"""LightGBM's boosters are taken in as XGBoost's are: sealed as they are, scored and explained as their author's tools do.
What is no tree is refused before LightGBM reads it."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from mrm.lib.errors import Refusal
from registry.serving.door import build
from registry.serving.manifest import LIGHTGBM
from registry.serving.parity import compare
from tests.serving.cards import card_frame
from tests.training_child.givens import COLUMNS, taken_in


@pytest.fixture(scope="module")
def cards():
    return card_frame(1500, seed=11)


@pytest.fixture(scope="module")
def booster(cards):
    return _boosted(cards)


def _boosted(cards, columns=COLUMNS, rounds=20, **more):
    settings = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1, "seed": 1, **more}
    data = lightgbm.Dataset(cards[list(columns)].astype("float64"), cards["DEFAULT"])
    return lightgbm.train(settings, data, num_boost_round=rounds)


def _text(booster):
    return booster.model_to_string().encode()


def _taken(folder, cards, booster, **more):
    return taken_in(folder, cards, _text(booster), file=LIGHTGBM, **more)


def test_the_sealed_estimator_is_the_given_text_and_its_pd_is_the_authors(tmp_path, cards, booster):
    sealed = _taken(tmp_path / "job", cards, booster)
    assert sealed.files[LIGHTGBM] == _text(booster)
    scored = build(sealed).score_frame(cards)
    assert np.allclose(
        scored.probabilities, booster.predict(cards[list(COLUMNS)].astype("float64")), atol=1e-7
    )
    total = scored.contributions.sum(axis=1) + scored.bias
    assert np.abs(total - scored.margins).max() < 1e-5


def test_one_row_and_many_score_alike_and_as_the_second_path_walks(tmp_path, cards, booster):
    sealed = _taken(tmp_path / "job", cards, booster)
    frame = cards[list(COLUMNS)].astype("float64").head(300)
    frame.loc[::7, "PAY_0"] = np.nan
    found = compare(build(sealed), sealed, frame)
    assert (found.rows, found.different) == (300, 0)


def test_the_library_is_part_of_the_platform_and_of_the_attribution(tmp_path, cards, booster):
    sealed = _taken(tmp_path / "job", cards, booster)
    assert sealed.manifest.platform["lightgbm"] == lightgbm.__version__
    assert build(sealed).parts.attribution["method"] == "lightgbm-path-dependent-treeshap"


def test_the_authors_example_is_scored_alike_by_both_tools(tmp_path, cards, booster):
    example = {"columns": list(COLUMNS), "data": [[140000.0, 2, 22000.5, None], [10000, 0, 1, 2]]}
    assert _taken(tmp_path / "job", cards, booster, example=example)


def test_a_threshold_between_a_number_and_its_float32_is_refused(tmp_path, cards):
    """The author's tools compare float64 with float64: where rounding changes the side, it would score otherwise here."""
    fine = cards.assign(LIMIT_BAL=50_000_000 + np.arange(len(cards)) % 2 + cards["DEFAULT"] * 0)
    fine["DEFAULT"] = fine["LIMIT_BAL"] % 2
    with pytest.raises(Refusal, match="rounded to float32"):
        _taken(tmp_path / "job", fine, _boosted(fine, min_data_in_leaf=1))


def _other_objective(cards):
    return _boosted(cards, objective="regression")


def _other_slope(cards):
    return _boosted(cards, sigmoid=2.0)


def _forest(cards):
    return _boosted(cards, boosting="rf", bagging_freq=1, bagging_fraction=0.7)


def _linear(cards):
    return _boosted(cards, linear_tree=True)


def _categories(cards):
    return _boosted(cards, categorical_feature="1")


def _other_order(cards):
    return _boosted(cards, tuple(reversed(COLUMNS)))


def _one_column_more(cards):
    return _boosted(cards, (*COLUMNS, "PAY_2"))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (_other_objective, "only binary sigmoid:1 is served"),
        (_other_slope, "only binary sigmoid:1 is served"),
        (_forest, "random forest of LightGBM"),
        (_linear, "linear models in its leaves"),
        (_categories, "pandas categories"),
        (_other_order, "in another order"),
        (_one_column_more, "has 5 features, the tables make 4"),
    ],
)
def test_what_two_tools_read_in_two_ways_is_refused(tmp_path, cards, made, words):
    with pytest.raises(Refusal, match=words):
        _taken(tmp_path / "job", cards, made(cards))
