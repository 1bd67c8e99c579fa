"""Missing values: constants, medians, and neighbours without a neighbour's row."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from quant.errors import NotMeasurable
from quant.features.fitted import MOST_CENTRES, Neighbours
from quant.features.operations import Method
from quant.features.table import apply
from quant.preparation import imputers
from quant.preparation.imputers import centres_of, choose_k, fit_median, fit_neighbours, reconstruction_errors
from quant.preparation.scalers import fit_scale

SEED = 5


def rows(count, seed=SEED):
    draw = np.random.default_rng(seed)
    story = draw.normal(size=(count, 2))
    told = np.column_stack([story[:, 0], story[:, 1], story.sum(axis=1)]) + draw.normal(size=(count, 3)) / 10
    return np.column_stack([story[:, 0] * 3 + story[:, 1] ** 2 + draw.normal(size=count) / 10, told])


def test_the_median_is_that_of_the_present_values():
    assert fit_median(np.array([1.0, np.nan, 3.0, 100.0])).value == 3.0
    with pytest.raises(NotMeasurable):
        fit_median(np.array([np.nan]))


@pytest.mark.parametrize("k", [1, 3, 10])
def test_neighbours_fill_as_scikit_learn_does_on_the_same_donors(k):
    from sklearn.impute import KNNImputer

    donors, asked = rows(300), rows(60, seed=6)
    asked[:, 0] = np.nan
    asked[::3, 1] = np.nan
    spreads = donors.std(axis=0)
    table = Neighbours(k, tuple(spreads[1:]), tuple(map(tuple, donors)), 0.0)
    theirs = KNNImputer(n_neighbors=k).fit(donors / spreads).transform(asked / spreads)[:, 0] * spreads[0]
    assert_allclose(apply(table, list(asked.T)), theirs)


def test_filling_a_table_in_parts_changes_nothing():
    donors, asked = rows(50), rows(5000, seed=6)
    table = Neighbours(3, (1.0, 1.0, 1.0), tuple(map(tuple, donors)), 0.0)
    asked[:, 0] = np.nan
    whole = apply(table, list(asked.T))
    assert whole.tobytes() == b"".join(
        apply(table, list(part.T)).tobytes() for part in np.array_split(asked, 7)
    )


def test_a_row_with_nothing_to_go_by_takes_the_median():
    table = fit_neighbours(list(rows(400).T), (3,), SEED)
    assert apply(table, [np.array([np.nan])] * 4)[0] == table.otherwise


def test_neighbours_reconstruct_better_than_the_median():
    learned, asked = rows(2000), rows(300, seed=6)
    table = fit_neighbours(list(learned.T), (1, 3, 5, 10), SEED)
    gaps = asked.copy()
    gaps[:, 0] = np.nan
    errors = [
        np.abs(made - asked[:, 0]).mean()
        for made in (apply(table, list(gaps.T)), fit_median(learned[:, 0]).value)
    ]
    assert errors[0] < errors[1] / 3


def test_the_planted_neighbourhood_is_recovered():
    """Groups of sixteen share a level under much noise: fewer neighbours are noisy, more are others."""
    draw = np.random.default_rng(SEED)
    place = np.repeat(np.arange(30), 20) * 100.0
    level = np.repeat(draw.normal(size=30) * 10, 20)
    made = np.column_stack([level + draw.normal(size=600) * 5, place + draw.normal(size=600)])
    masked = np.tile(np.arange(20) < 4, 30)
    errors = reconstruction_errors(made[~masked], made[masked], np.ones(2), (1, 4, 16, 64, 256))
    assert min(errors, key=errors.get) == 16


def test_k_is_chosen_by_the_seed_and_from_the_declared_list():
    complete = rows(1000)
    spreads = complete.std(axis=0)
    first = choose_k(complete, spreads, (2, 7, 30), SEED)
    assert first in {2, 7, 30}
    assert first == choose_k(complete, spreads, (2, 7, 30), SEED)


def test_no_applicants_row_is_among_the_centres(monkeypatch):
    complete = rows(3000)
    centres = centres_of(complete, complete.std(axis=0), SEED)
    assert len(centres) <= MOST_CENTRES
    assert not {tuple(row) for row in centres.tolist()} & {tuple(row) for row in complete.tolist()}


def test_a_centre_of_few_rows_joins_another():
    """Three applicants far away from everybody would otherwise be a centre, and so their mean be sealed."""
    complete = rows(1000)
    complete[:3] += 1e6
    centres = centres_of(complete, complete[3:].std(axis=0), SEED)
    assert centres.max() < 5e5
    sizes = np.bincount(imputers._merged(complete, np.repeat([0, 1], [3, 997]), np.zeros((2, 4))))
    assert sizes.tolist() == [0, 1000]


def test_equal_rows_give_equal_centres_and_few_rows_are_refused():
    complete = rows(600)
    spreads = complete.std(axis=0)
    assert centres_of(complete, spreads, SEED).tobytes() == centres_of(complete, spreads, SEED).tobytes()
    with pytest.raises(NotMeasurable, match="Use the median"):
        fit_neighbours(list(rows(40).T), (3,), SEED)


@pytest.mark.parametrize("method", [Method.STANDARD, Method.ROBUST, Method.NONE])
def test_scalers_agree_with_scikit_learn(method):
    from sklearn.preprocessing import RobustScaler, StandardScaler

    column = rows(500)[:, :1]
    column[::7] = np.nan
    theirs = {Method.STANDARD: StandardScaler, Method.ROBUST: RobustScaler}.get(method)
    expected = column if theirs is None else theirs().fit_transform(column)
    assert_allclose(apply(fit_scale(column[:, 0], method), [column[:, 0]]), expected[:, 0])


def test_a_constant_column_keeps_a_spread():
    assert (
        fit_scale(np.full(5, 3.0), Method.STANDARD).spread
        == fit_scale(np.full(5, 3.0), Method.ROBUST).spread
        == 1.0
    )
