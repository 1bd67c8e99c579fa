from __future__ import annotations

import pytest

from quant.features.plain import SchemaFault
from training import card, recipes
from training.recipes import Recipe


def test_committed_recipe_is_the_default():
    recipe = Recipe()
    assert (recipe.rounds, recipe.max_depth, recipe.eta, recipe.min_child_weight) == (300, 3, "0.05", "20")
    assert (recipe.seed, recipe.tree_method, recipe.nthread, recipe.max_bin) == (20260101, "hist", 1, 256)


def test_recipe_reads_back_equal_and_its_digest_follows_its_content():
    recipe = Recipe(rounds=10)
    assert recipes.load(recipe.plain()) == recipe
    assert recipe.digest() != Recipe().digest()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rounds": 0}, {"rounds": "300"}, {"nthread": 2}, {"eta": "-1"}, {"eta": "nan"}, {"estimator": "pickle"},
        {"folds": True}, {"surprise": 1}, {"calibration": "isotonic"},
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
