"""Money in the battery: refused where there is none, replayed where there is, nothing unresolved left out in silence."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from quant.errors import NotMeasurable
from quant.verdict import Verdict
from tests.validation.samples import bare_sample, standard
from validation.checks import expected_loss, maximum_profit, realised_profit, walk_forward
from validation.sample import Incumbent

RULES = {
    "realised": {
        "profit": "profit_minor",
        "unit": "BRL cents",
        "maturity_days": 90,
        "cut_offs": ["0.1", "0.2", "0.4"],
        "resamples": 100,
    }
}


def history(n: int = 900, **changed):
    """Two years of loans that default as their PD says; every ninth is not resolved yet."""
    draw = np.random.default_rng(20261123)
    pds = draw.uniform(0.02, 0.6, n)
    defaulted = draw.random(n) < pds
    profit = np.where(defaulted, -90_000.0, 20_000.0)
    profit[::9] = np.nan
    first = date(2024, 1, 1).toordinal()
    given = {
        "pds": pds,
        "defaulted": defaulted,
        "exposure": np.full(n, 1_000.0),
        "decided_on": np.sort(draw.integers(first, first + 731, n)).astype(float),
        "realised": pd.DataFrame({"profit_minor": profit}),
    }
    return bare_sample(**(given | changed))


def named(found, name: str):
    return next(each for each in found.measurements if each.name == name)


def test_realised_profit_is_the_sum_over_what_the_policy_approves():
    sample = history()
    found = realised_profit.run(sample, standard(**RULES))
    profit = sample.realised["profit_minor"].to_numpy()
    by_hand = np.nansum(profit[sample.approved])
    assert named(found, "profit").value == pytest.approx(by_hand)
    assert named(found, "at_policy").value == pytest.approx(by_hand)
    assert named(found, "at_half").value == pytest.approx(np.nansum(profit[sample.probabilities < 0.5]))
    assert named(found, "unresolved").value == (np.isnan(profit) & sample.approved).sum()


def test_quarters_of_realised_profit_add_up_to_the_whole():
    sample = history()
    found = realised_profit.run(sample, standard(**RULES))
    table = found.tables["profit_by_quarter"]
    assert len(table.rows) == 8
    assert sum(row[1] for row in table.rows) == sample.n
    assert sum(row[4] for row in table.rows) == pytest.approx(named(found, "profit").value)


def test_version_in_force_is_replayed_on_the_same_loans():
    sample = history(incumbent=Incumbent("card v1", np.arange(900) % 2 == 0, np.full(900, 0.1)))
    found = realised_profit.run(sample, standard(**RULES))
    assert named(found, "of_incumbent").value == pytest.approx(
        np.nansum(sample.realised["profit_minor"][::2])
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"realised": None},
        {"realised": pd.DataFrame({"another": np.ones(900)})},
        {"realised": pd.DataFrame({"profit_minor": np.tile([-1.0, 1.0], 450)})},
        {"realised": pd.DataFrame({"profit_minor": np.full(900, np.nan)})},
    ],
    ids=["none", "another column", "standardised", "nothing resolved"],
)
@pytest.mark.parametrize("check", [realised_profit, walk_forward])
def test_profit_is_refused_where_there_is_no_money(check, changed):
    with pytest.raises(NotMeasurable):
        check.run(history(**changed), standard(**RULES))


def test_standard_that_names_no_result_replays_nothing():
    with pytest.raises(NotMeasurable, match="names no realised result"):
        realised_profit.run(history(), standard())


def test_walk_leaves_out_the_first_quarter_and_rows_without_a_day():
    sample = history()
    sample.decided_on[-40:] = np.nan
    found = walk_forward.run(sample, standard(**RULES))
    rows = found.tables["walk_forward"].rows
    assert "2024 Q1" not in {row[0] for row in rows}
    assert sum(row[3] for row in rows) == named(found, "chosen").n
    assert named(found, "hindsight").value >= named(found, "fixed").value


def test_walk_without_days_is_not_measurable():
    with pytest.raises(NotMeasurable, match="day of the decision"):
        walk_forward.run(history(decided_on=None), standard(**RULES))


def test_expected_loss_is_reconciled_over_grades():
    sample = history()
    found = expected_loss.run(sample, standard())
    whole = named(found, "expected_loss")
    assert whole.value == pytest.approx((sample.probabilities * 1_000 * 0.20).sum())
    assert whole.interval.low <= named(found, "loss_of_defaults").value <= whole.interval.high
    assert named(found, "unreconciled").value == pytest.approx(0, abs=1e-6)
    grades = [row for row in found.tables["losses"].rows if row[0].startswith("Grade")]
    assert sum(row[1] for row in grades) == sample.n


@pytest.mark.parametrize("exposure", [None])
def test_loss_without_exposure_is_refused(exposure):
    with pytest.raises(NotMeasurable, match="without money"):
        expected_loss.run(history(exposure=exposure), standard())


def test_maximum_profit_is_reported_with_its_assumptions():
    found = maximum_profit.run(history(), standard())
    assert found.judgement.verdict is Verdict.REPORTED
    assert 0 < named(found, "maximum_profit").value < 1
    assert named(found, "return_on_investment").value == 0.2644
