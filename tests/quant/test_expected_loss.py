"""Expected loss by group: by hand, always reconciled, and the interval holds as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quant.errors import BadInput
from quant.expected_loss import Exposed, expected_loss


def test_loss_is_pd_times_lgd_times_exposure_group_by_group():
    loans = Exposed([1, 0, 0], [0.1, 0.2, 0.5], [1_000, 500, 200])
    found = expected_loss(loans, ["a", "a", "b"], loss_given_default=0.4)
    first, second = found.groups
    assert (first.expected, first.of_defaults, first.exposure) == pytest.approx((80, 400, 1_500))
    assert (second.expected, second.of_defaults, second.n) == pytest.approx((40, 0, 1))
    assert found.total.expected == pytest.approx(120)
    assert found.total.rate == pytest.approx(120 / 1_700)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.floats(0, 1e9), st.integers(0, 5)), min_size=1))
def test_groups_add_up_to_the_whole(rows):
    outcome, pds, money, groups = (list(each) for each in zip(*rows, strict=True))
    found = expected_loss(
        Exposed(outcome, pds, money), [str(each) for each in groups], loss_given_default=0.45
    )
    assert found.unreconciled <= 1e-9 * max(1.0, found.total.exposure)
    assert sum(each.n for each in found.groups) == len(rows)


def test_interval_holds_the_loss_as_often_as_it_says():
    draw = np.random.default_rng(20261123)
    pds, money = draw.uniform(0.02, 0.4, 500), draw.lognormal(8, 0.5, 500)
    held = 0
    for _ in range(400):
        whole = expected_loss(
            Exposed(draw.random(500) < pds, pds, money), ["a"] * 500, loss_given_default=0.5
        ).total
        held += whole.interval.low <= whole.of_defaults <= whole.interval.high
    # 99.9 % binomial band of 95 % in 400.
    assert 365 <= held <= 393


def test_certain_pds_leave_nothing_to_chance():
    whole = expected_loss(Exposed([1, 0], [1.0, 0.0], [100, 100]), ["a", "a"], loss_given_default=1.0).total
    assert (whole.expected, whole.of_defaults, whole.interval) == (100, 100, None)


@pytest.mark.parametrize(("money", "lost"), [([-1.0, 5.0], 0.5), ([1.0, 5.0], 1.5), ([1.0, 5.0], -0.1)])
def test_standardised_money_and_impossible_losses_are_refused(money, lost):
    with pytest.raises(BadInput):
        expected_loss(Exposed([1, 0], [0.1, 0.1], money), ["a", "a"], loss_given_default=lost)
