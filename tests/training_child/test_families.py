"""Every family that may be trained is sealed, read back, scored in two ways and explained."""

from __future__ import annotations

import numpy as np
import pytest

from quant.errors import NotMeasurable
from quant.features.check import check_table
from quant.features.frames import given_columns
from quant.preparation.fit import prepare
from registry.artifacts import read_candidate
from registry.serving import parity
from registry.serving.door import build
from registry.serving.manifest import LINEAR, ArtifactRefused
from tests.serving.cards import card_frame, training_folder
from training import card
from training.child import train
from training.families import FILES, Family, Forest, learn
from training.families.fitting import Learning
from training.recipes import load

ROWS = 1200
QUICK = {
    Family.XGBOOST: {"rounds": 20},
    Family.LIGHTGBM: {"rounds": 20},
    Family.FOREST: {"trees": 20, "max_depth": 5},
    Family.BOOSTING: {"trees": 20},
    Family.LOGISTIC: {},
    Family.NETWORK: {"hidden": 4, "epochs": 5, "permutations": 4},
}


@pytest.fixture(scope="module")
def cards():
    return card_frame(ROWS, seed=5)


@pytest.fixture(scope="module")
def learning(cards):
    columns = check_table(card.schema(), given_columns(card.schema(), cards)).columns
    made = prepare(card.schema(), columns, cards["DEFAULT"].to_numpy(dtype=np.float64), 1)
    return Learning(made.schema, made.wide.astype(np.float32), cards["DEFAULT"].to_numpy(dtype=np.float64), 1)


@pytest.fixture(scope="module", params=list(Family))
def sealed(request, cards, tmp_path_factory):
    told = {"estimator": str(request.param), "folds": 2, "reference_vectors": 20, **QUICK[request.param]}
    folder = training_folder(tmp_path_factory.mktemp("family") / "job", cards, recipe=told)
    train(folder)
    return request.param, read_candidate(folder / "candidate")


def test_a_family_is_sealed_under_the_name_of_its_format_and_scores_as_sealed(sealed, cards):
    family, artifact = sealed
    assert artifact.manifest.estimator.name == FILES[family]
    served = build(artifact)
    scored = served.score_frame(cards)
    assert len(np.unique(scored.probabilities)) > 20
    assert np.isfinite(scored.margins).all()


def test_the_second_path_gives_the_same_bits(sealed, cards):
    _, artifact = sealed
    compared = parity.compare(build(artifact), artifact, cards.head(200))
    assert (compared.rows, compared.different) == (200, 0)


def test_contributions_add_up_to_the_margin(sealed, cards):
    scored = build(sealed[1]).score_frame(cards.head(200))
    total = scored.contributions.astype(np.float64).sum(axis=1) + scored.bias
    assert np.abs(total - scored.margins).max() < 2e-5


def test_the_same_recipe_gives_the_same_bytes(learning):
    for family in Family:
        settings = load({"estimator": str(family), **QUICK[family]}).settings
        assert learn(settings, learning) == learn(settings, learning)


def test_trees_of_scikit_learn_say_what_they_said_there(learning):
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    from registry.serving.estimators import open_estimator

    forest = RandomForestClassifier(20, max_depth=5, min_samples_leaf=50, max_features=0.3, random_state=1,
                                    monotonic_cst=list(learning.signs)).fit(learning.matrix, learning.defaults)  # fmt: skip
    content = learn(Forest(trees=20, max_depth=5), learning)
    margins = open_estimator(FILES[Family.FOREST], content, learning.matrix.shape[1]).margins(learning.matrix)
    votes = forest.predict_proba(learning.matrix)[:, 1]
    # The margin is a line of the votes: two of them fix it, all others lie on it.
    line = np.polyfit(votes, margins, 1)
    assert np.abs(np.polyval(line, votes) - margins).max() < 1e-5
    boosting = GradientBoostingClassifier(n_estimators=20, min_samples_leaf=50, subsample=0.5, max_features=0.3,
                                          random_state=1).fit(learning.matrix, learning.defaults)  # fmt: skip
    content = learn(load({"estimator": "gradient-boosting", "trees": 20}).settings, learning)
    margins = open_estimator(FILES[Family.BOOSTING], content, learning.matrix.shape[1]).margins(
        learning.matrix
    )
    assert np.abs(boosting.decision_function(learning.matrix) - margins).max() < 1e-5


def test_declared_signs_bind_the_families_that_know_them(learning):
    falling = card.schema().feature_names.index("limit")
    low, high = learning.matrix[:300].copy(), learning.matrix[:300].copy()
    low[:, falling], high[:, falling] = 10_000, 500_000
    from registry.serving.estimators import open_estimator

    for family in (Family.XGBOOST, Family.LIGHTGBM, Family.FOREST, Family.LOGISTIC):
        settings = load({"estimator": str(family), **QUICK[family]}).settings
        estimator = open_estimator(FILES[family], learn(settings, learning), learning.matrix.shape[1])
        assert (estimator.margins(high) <= estimator.margins(low) + 1e-6).all()


@pytest.mark.parametrize("family", [Family.FOREST, Family.BOOSTING, Family.LOGISTIC, Family.NETWORK])
def test_a_family_without_a_place_for_missing_values_refuses_them(learning, family):
    gaps = learning.matrix.copy()
    gaps[0, 0] = np.nan
    with pytest.raises(NotMeasurable, match="missing"):
        learn(
            load({"estimator": str(family), **QUICK[family]}).settings,
            Learning(learning.schema, gaps, learning.defaults, 1),
        )


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"\x80\x04.", b'{"centres":["0.0"],"intercept":"nan","weights":["1.0"]}',
        b'{"centres":["0.0"],"intercept":"0.0","weights":["1e999"]}',
        b'{"centres":["0.0"],"intercept":"0.0","weights":[1]}',
        b'{"centres":[],"intercept":"0.0","weights":[]}',
        b'{"centres":["0.0"],"intercept":"0.0", "weights":["1.0"]}',
        b'{"centres":["0.0"],"intercept":"0.0","more":1,"weights":["1.0"]}',
        b'{"centres":["0.0","1.0"],"intercept":"0.0","weights":["1.0","2.0"]}',
    ],
)  # fmt: skip
def test_a_table_of_another_shape_is_refused(content):
    from registry.serving.estimators import open_estimator

    with pytest.raises(ArtifactRefused):
        open_estimator(LINEAR, content, 1)
