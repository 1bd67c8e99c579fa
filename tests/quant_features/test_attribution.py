"""On a linear score everything is known by hand: contribution = weight · (value − median)."""

from __future__ import annotations

import numpy as np
import pytest

from quant.attribution.additivity import largest_gap
from quant.attribution.deletion import Explained, deletion_fidelity
from quant.attribution.importance import importance
from quant.errors import QuantError
from quant.features.plain import SchemaFault
from quant.reasons import (
    ReasonGroup,
    check_cover,
    dump_groups,
    group_columns,
    group_places,
    group_sums,
    load_groups,
    principal,
)

WEIGHTS = np.array([2.0, 1.0, 0.5, 0.25, 0.125], dtype=np.float32)
PLACES = ((0,), (1,), (2,), (3,), (4,))


def _linear(matrix):
    return matrix @ WEIGHTS


def _explained(rows=400, twist=1.0):
    matrix = np.random.default_rng(4).normal(size=(rows, 5)).astype(np.float32)
    contributions = (matrix * WEIGHTS).astype(np.float64) * twist
    return Explained(matrix, contributions, _linear(matrix), PLACES, np.zeros(5, dtype=np.float32))


def test_true_reasons_always_improve_the_score():
    for found in deletion_fidelity(_explained(), _linear, seed=1):
        assert found.rows > 0
        assert found.share == 1.0
        assert found.mean_fall > found.mean_random_fall


def test_reasons_that_are_the_wrong_way_round_never_improve_the_score():
    first = deletion_fidelity(_explained(twist=-1.0), _linear, seed=1)[0]
    assert first.improved == 0
    assert first.beats_random == 0


def test_random_group_is_never_one_that_was_listed():
    """Two groups, both always adverse and listed first: the third is the only one left to draw."""
    matrix = np.tile(np.array([3.0, 2.0, -1.0, 0.0, 0.0], dtype=np.float32), (50, 1))
    explained = Explained(
        matrix, (matrix * WEIGHTS).astype(float)[:, :3], _linear(matrix), PLACES[:3], np.zeros(5)
    )
    first = deletion_fidelity(explained, _linear, seed=9, limit=2)[0]
    assert (first.compared, first.random_improved, first.mean_random_fall) == (50, 0, -0.5)


def test_comparison_repeats_with_its_seed():
    assert deletion_fidelity(_explained(), _linear, seed=1) == deletion_fidelity(
        _explained(), _linear, seed=1
    )


def test_importance_orders_groups_and_knows_what_is_steady():
    found = importance(_explained().group_contributions, ["a", "b", "c", "d", "e"], seed=1)
    assert [group.key for group in found.groups] == ["a", "b", "c", "d", "e"]
    assert found.groups[0].mean_absolute == pytest.approx(2 * np.sqrt(2 / np.pi), rel=0.1)
    assert found.order_kept_share > 0.95


def test_importance_of_equal_groups_is_not_called_steady():
    noise = np.random.default_rng(2).normal(size=(300, 2))
    found = importance(noise, ["a", "b"], seed=1)
    assert found.order_kept_share < 0.95
    assert (found.groups[0].rank_low, found.groups[0].rank_high) == (1, 2)


def test_gap_by_hand():
    contributions = np.array([[1.0, 2.0], [0.5, 0.25]], dtype=np.float32)
    bias = np.array([1.0, 1.0], dtype=np.float32)
    assert largest_gap(contributions, bias, np.array([4.0, 2.0], dtype=np.float32)) == 0.25
    with pytest.raises(QuantError):
        largest_gap(contributions[:0], bias[:0], bias[:0])


def test_groups_sum_their_features_and_read_back_equal():
    groups = (ReasonGroup("late", ("x", "z")), ReasonGroup("limit", ("y",)))
    places = group_places(groups, ("x", "y", "z"))
    assert group_sums([1.0, 2.0, 4.0], places) == (5.0, 2.0)
    assert group_columns(np.array([[1.0, 2.0, 4.0]], dtype=np.float32), places).tolist() == [[5.0, 2.0]]
    assert load_groups(dump_groups(groups)) == groups


@pytest.mark.parametrize("features", [("x",), ("x", "x"), ("x", "y", "q")])
def test_groups_must_cover_every_feature_once(features):
    with pytest.raises(SchemaFault):
        check_cover((ReasonGroup("only", features),), ("x", "y"))


def test_principal_reasons_are_adverse_and_worst_first():
    found = principal({"a": 0.1, "b": -0.4, "c": 0.9, "d": 0.1}, {"a": -2, "b": 9, "c": -20, "d": -2}, 2)
    assert [(reason.group, reason.points) for reason in found] == [("c", -20), ("a", -2)]
