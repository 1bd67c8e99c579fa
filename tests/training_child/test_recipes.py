from __future__ import annotations

import pytest

from quant.features.plain import SchemaFault
from training import card, recipes
from training.families import SETTINGS, Family
from training.recipes import Recipe


def test_committed_recipe_is_the_default():
    told = Recipe().plain()
    assert told["estimator"] == "xgboost"
    assert (told["rounds"], told["max_depth"], told["eta"], told["min_child_weight"]) == (
        300,
        3,
        "0.05",
        "20",
    )
    assert (told["seed"], told["tree_method"], told["nthread"], told["max_bin"]) == (20260101, "hist", 1, 256)
    # Candidates that were recorded name it by this digest.
    assert Recipe().digest() == "0c761504e751db809261778a41f1cc5f36ece40c667e1d91ca1ff4089f35965c"


@pytest.mark.parametrize("family", Family)
def test_recipe_of_every_family_reads_back_equal_and_its_digest_follows_its_content(family):
    recipe = recipes.load({"estimator": str(family), "seed": 7})
    assert isinstance(recipe.settings, SETTINGS[family])
    assert recipes.load(recipe.plain()) == recipe
    assert recipe.digest() != recipes.load(recipe.plain() | {"seed": 8}).digest()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rounds": 0}, {"rounds": "300"}, {"nthread": 2}, {"eta": "-1"}, {"eta": "nan"}, {"estimator": "pickle"},
        {"folds": True}, {"surprise": 1}, {"calibration": "beta"}, {"estimator": "random-forest"}, {"estimator": []},
        {"tree_method": "exact"}, {"points": "-1"},
    ],
)  # fmt: skip
def test_recipe_that_cannot_be_repeated_or_read_is_refused(wrong):
    with pytest.raises(SchemaFault):
        recipes.load(Recipe().plain() | wrong)


def test_card_declaration_uses_no_protected_attribute_and_covers_every_feature():
    schema = card.schema()
    schema.refuse_inputs(frozenset({*card.PROTECTED, *card.PROXIES}))
    grouped = sorted(name for group in card.groups() for name in group.features)
    assert grouped == sorted(schema.feature_names)
