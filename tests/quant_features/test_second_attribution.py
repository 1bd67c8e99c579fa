"""Directions and interventional Shapley values: known answers, and the axioms that define them."""

from __future__ import annotations

import numpy as np
import pytest

from quant.attribution.direction import Declared, movements
from quant.attribution.interventional import agreement, group_values
from quant.errors import NotMeasurable

DRAW = np.random.default_rng(20261123)
ROWS, BACKGROUND = (DRAW.normal(size=(n, 5)).astype(np.float32) for n in (12, 9))
PLACES = ((0, 3), (1,), (2,), (4,))


def linear(matrix: np.ndarray) -> np.ndarray:
    return matrix @ np.array([1.0, -2.0, 0.5, 3.0, 0.0], dtype=np.float32)


def crossed(matrix: np.ndarray) -> np.ndarray:
    """Groups act together, the last has no part in it."""
    return matrix[:, 0] * matrix[:, 1] + np.maximum(matrix[:, 2], matrix[:, 3])


def test_values_of_a_linear_score_are_its_terms_over_the_background():
    values = group_values(ROWS, BACKGROUND, PLACES, linear)
    terms = (ROWS - BACKGROUND.mean(axis=0)) * [1.0, -2.0, 0.5, 3.0, 0.0]
    by_hand = np.column_stack([terms[:, list(places)].sum(axis=1) for places in PLACES])
    assert values == pytest.approx(by_hand, abs=1e-5)


@pytest.mark.parametrize("score", [linear, crossed])
def test_values_add_up_and_what_has_no_part_gets_nothing(score):
    values = group_values(ROWS, BACKGROUND, PLACES, score)
    assert values.sum(axis=1) == pytest.approx(score(ROWS) - score(BACKGROUND).mean(), abs=1e-5)
    assert values[:, 3] == pytest.approx(0, abs=1e-12)


def test_values_are_what_the_shap_library_finds_exactly():
    import shap

    explained = shap.explainers.Exact(crossed, shap.maskers.Independent(BACKGROUND, max_samples=9))(ROWS)
    single = group_values(ROWS, BACKGROUND, tuple((column,) for column in range(5)), crossed)
    assert single == pytest.approx(explained.values, abs=1e-5)


def test_too_many_groups_are_refused_in_words():
    with pytest.raises(NotMeasurable, match="13 reason groups"):
        group_values(ROWS, BACKGROUND, ((0,),) * 13, linear)


def test_agreement_counts_first_reasons_and_sets():
    one = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    other = np.array([[3.0, 2.0, 1.0], [2.0, 3.0, 1.0], [3.0, 2.0, 1.0]])
    found = agreement(one, other, listed=2)
    assert (found.rows, found.same_first, found.same_listed) == (3, 1, 2)


def test_score_that_moves_as_declared_has_no_step_against():
    declared = [Declared("a", 0, 1), Declared("b", 1, -1)]
    assert [each.against for each in movements(ROWS, declared, linear, tolerance=1e-5)] == [0, 0]


def test_one_client_against_the_declaration_is_found():
    """Risk falls with `a` for those whose `b` is negative, and for nobody else."""
    [found] = movements(ROWS, [Declared("a", 0, 1)], crossed, tolerance=1e-5)
    falling = int((ROWS[:, 1] < 0).sum())
    assert 0 < falling < len(ROWS)
    assert found.against == falling * (found.moves // len(ROWS))


def test_constant_and_missing_columns_have_no_steps():
    matrix = ROWS.copy()
    matrix[:, 0], matrix[:, 1] = np.nan, 4.0
    found = movements(matrix, [Declared("a", 0, 1), Declared("b", 1, 1)], linear, tolerance=1e-5)
    assert [each.moves for each in found] == [0, 0]


def test_no_declared_direction_is_not_measurable():
    with pytest.raises(NotMeasurable):
        movements(ROWS, [], linear, tolerance=1e-5)
