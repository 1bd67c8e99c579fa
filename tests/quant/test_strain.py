"""Noise and shifts stay in the field's domain, leave gaps alone and are as large as they say."""

from __future__ import annotations

import numpy as np
import pytest

from quant.strain import Domain, noisy, shifted

WIDE = Domain(-1e9, 1e9, is_whole=False)


def test_noise_has_the_stated_size():
    values = np.random.default_rng(1).normal(50, 10, 20_000)
    added = noisy(values, size=0.2, domain=WIDE, rng=np.random.default_rng(2)) - values
    low, high = np.quantile(values, [0.25, 0.75])
    assert added.std() == pytest.approx(0.2 * (high - low), rel=0.02)
    assert added.mean() == pytest.approx(0, abs=0.1)


def test_gaps_stay_gaps_and_whole_numbers_whole():
    values = np.array([1.0, np.nan, 3.0, 9.0, 12.0])
    made = noisy(values, size=0.5, domain=Domain(0, 10, is_whole=True), rng=np.random.default_rng(3))
    known = made[~np.isnan(made)]
    assert list(np.isnan(made)) == [False, True, False, False, False]
    assert (known == np.rint(known)).all()
    assert 0 <= known.min() <= known.max() <= 10


@pytest.mark.parametrize("values", [[np.nan, np.nan], [4.0, 4.0, 4.0]])
def test_column_without_spread_is_left_as_it_is(values):
    made = noisy(np.array(values), size=0.5, domain=WIDE, rng=np.random.default_rng(4))
    assert np.array_equal(made, values, equal_nan=True)


def test_shift_stops_at_the_end_of_the_range():
    made = shifted(np.array([10.0, 60.0, np.nan]), factor=2.0, domain=Domain(0, 100, is_whole=True))
    assert np.array_equal(made, [20, 100, np.nan], equal_nan=True)
