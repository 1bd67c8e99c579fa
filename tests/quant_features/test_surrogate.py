"""The local straight line: known answers by hand, and what a line cannot say."""

from __future__ import annotations

import numpy as np
import pytest

from quant.attribution.surrogate import DRAWN, MOST_WHOLE, local_line
from quant.errors import BadInput

ROW = np.array([1.0, 2.0, -1.0, 0.5], dtype=np.float32)
REFERENCE = np.zeros(4, dtype=np.float32)
PLACES = ((0, 3), (1,), (2,))
SLOPES = np.array([1.0, -2.0, 0.5, 3.0], dtype=np.float32)


def line_of(score, places=PLACES, row=ROW, reference=REFERENCE):
    return local_line(row, reference, places, score, seed=7)


def test_a_linear_score_is_its_own_line():
    found = line_of(lambda matrix: matrix @ SLOPES + np.float32(4.0))
    assert found.effects == pytest.approx([1.0 + 1.5, -4.0, -0.5], abs=1e-5)
    assert found.start == pytest.approx(4.0, abs=1e-5)
    assert found.share == pytest.approx(1.0)
    assert found.furthest < 1e-5
    assert (found.cases, found.is_whole) == (8, True)


def test_what_acts_only_together_has_the_fit_worked_out_by_hand():
    """y = z1 z2. Independent weights of being on, p = 1/(1+w), w = exp(-1/(2·0.75²)): the best line has both effects p,
    and R² is 2p³(1-p)/(p²(1-p²)) = 2p/(1+p)."""
    found = line_of(lambda matrix: (matrix[:, 0] != 0) * (matrix[:, 1] != 0), places=((0,), (1,)))
    p = 1 / (1 + np.exp(-1 / (2 * 0.75**2)))
    assert found.effects == pytest.approx([p, p])
    assert found.start == pytest.approx(-(p**2))
    assert found.share == pytest.approx(2 * p / (1 + p))
    assert found.furthest == pytest.approx(max(p**2, (1 - p) ** 2, p - p**2))


def test_a_score_that_never_moves_has_no_fit():
    found = line_of(lambda matrix: np.full(len(matrix), 1.5, dtype=np.float32))
    assert found.share is None
    assert found.effects == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_missing_value_is_put_in_place_as_any_other():
    row = np.array([np.nan, 2.0, -1.0, 0.5], dtype=np.float32)
    found = line_of(lambda matrix: np.isnan(matrix[:, 0]).astype(np.float32), row=row)
    assert found.effects == pytest.approx([1, 0, 0], abs=1e-9)


def test_of_too_many_groups_patterns_are_drawn_and_drawn_again_alike():
    groups = MOST_WHOLE + 1
    row, slopes = np.ones(groups, dtype=np.float32), np.arange(groups, dtype=np.float32)
    places = tuple((at,) for at in range(groups))
    one, other = (line_of(lambda m: m @ slopes, places, row, np.zeros_like(row)) for _ in range(2))
    assert (one.cases, one.is_whole) == (DRAWN, False)
    assert one.effects == pytest.approx(slopes, abs=1e-4)
    assert one.effects.tolist() == other.effects.tolist()


@pytest.mark.parametrize("places", [(), PLACES])
def test_other_shapes_are_refused(places):
    with pytest.raises(BadInput, match="reference values"):
        line_of(lambda m: m[:, 0], places, ROW, REFERENCE[:3] if places else REFERENCE)
