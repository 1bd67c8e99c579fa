from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quant.banding import Grades, freeze_grades, points_scale, round_to_total
from quant.errors import QuantError
from quant.estimators.calibration import IDENTITY, Calibration, fit_logistic


def test_grade_bounds_belong_to_the_worse_grade():
    grades = Grades(bounds=(0.1, 0.2), pds=(0.05, 0.15, 0.4))
    assert [grades.grade(pd) for pd in (0.0, 0.0999, 0.1, 0.1999, 0.2, 1.0)] == [1, 1, 2, 2, 3, 3]
    assert grades.grades(np.array([0.0, 0.1, 0.2])).tolist() == [1, 2, 3]


def test_frozen_grades_hold_equal_shares_and_their_mean_pd():
    pds = np.linspace(0.01, 0.5, 1000)
    grades = freeze_grades(pds, 10)
    members = grades.grades(pds)
    assert np.bincount(members)[1:].tolist() == [100] * 10
    assert grades.pds[0] == pytest.approx(pds[:100].mean())


def test_too_few_distinct_pds_are_refused():
    with pytest.raises(QuantError):
        freeze_grades(np.repeat([0.1, 0.2], 50), 10)


def test_scale_gives_600_at_50_to_1_and_20_per_doubling():
    scale = points_scale(IDENTITY, points=600, odds=50, double=20)
    assert scale.points(-math.log(50)) == pytest.approx(600)
    assert scale.points(-math.log(100)) == pytest.approx(620)


def test_scale_reads_the_calibrated_odds():
    calibration = Calibration(0.3, 0.8)
    scale = points_scale(calibration, points=600, odds=50, double=20)
    margin = (-math.log(50) - 0.3) / 0.8
    assert scale.points(margin) == pytest.approx(600)


def test_largest_remainder_by_hand():
    assert round_to_total([1.5, 2.25, -0.75], 3) == (2, 2, -1)
    assert round_to_total([0.5, 0.5], 1) == (1, 0)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=20))
def test_rounded_parts_add_up_and_stay_within_one(parts):
    total = round(math.fsum(parts))
    shown = round_to_total(parts, total)
    assert sum(shown) == total
    assert all(abs(part - whole) < 1.0 + 1e-9 for part, whole in zip(parts, shown, strict=True))


def test_total_that_is_no_rounding_is_refused():
    with pytest.raises(QuantError):
        round_to_total([1.0, 1.0], 9)


def test_calibration_finds_the_line_it_was_drawn_from():
    draw = np.random.default_rng(1)
    margins = draw.normal(size=200_000).astype(np.float32)
    defaults = (draw.random(200_000) < 1 / (1 + np.exp(-(-1.0 + 0.7 * margins)))).astype(float)
    fitted = fit_logistic(margins, defaults)
    assert fitted.intercept == pytest.approx(-1.0, abs=0.02)
    assert fitted.slope == pytest.approx(0.7, abs=0.02)
    assert fitted.probabilities(margins).mean() == pytest.approx(defaults.mean(), abs=1e-9)


def test_calibration_of_one_class_or_of_a_useless_margin_is_refused():
    margins = np.linspace(-1, 1, 100).astype(np.float32)
    for defaults in (np.zeros(100), (margins < 0).astype(float) * np.tile([1.0, 1.0, 0.0, 1.0], 25)):
        with pytest.raises(QuantError):
            fit_logistic(margins, defaults)
