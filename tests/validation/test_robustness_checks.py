"""Strain on the sealed version, and the model quarter by quarter."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from mrm.lib.errors import Invalid
from quant.errors import NotMeasurable
from tests.validation.samples import bare_sample, served_sample, standard
from validation.checks import noise, overfit_gap, stress_shifts, vintages
from validation.measuring import word_of

FIRST = date(2024, 1, 1).toordinal()


def loud(**changed):
    return standard(stress=standard_content()["stress"] | changed)


def standard_content():
    from validation.standards import committed

    return committed("card-limit-demo")


def dated(rate_of_last_quarter: float = 1.0, n: int = 6_000):
    """A year of calibrated loans; in the last quarter defaults are so many times as frequent as assigned."""
    draw = np.random.default_rng(20261123)
    pds, day = draw.uniform(0.05, 0.35, n), np.sort(draw.integers(FIRST, FIRST + 366, n)).astype(float)
    late = day >= date(2024, 10, 1).toordinal()
    happened = np.where(late, np.minimum(pds * rate_of_last_quarter, 1), pds)
    return bare_sample(pds=pds, defaulted=draw.random(n) < happened, decided_on=day)


@pytest.mark.parametrize("changed", [{"noise": []}, {"draws": 0}])
def test_standard_that_strains_by_nothing_is_refused(changed):
    with pytest.raises(Invalid, match="noise"):
        loud(**changed)


# --- Vintages -------------------------------------------------------------------------------------------------


def test_calibrated_quarters_pass():
    found = vintages.run(dated(), standard())
    assert word_of(found.judgement) == "passed"
    assert [row[0] for row in found.tables["vintages"].rows] == [f"2024 Q{at}" for at in range(1, 5)]


def test_quarter_that_defaults_half_as_often_again_is_found():
    found = vintages.run(dated(1.5), standard())
    assert found.judgement.is_red
    red = [each.name for each in found.measurements if each.judgement.is_red]
    assert red == ["vintage:2024 Q4"]


def test_loans_without_a_day_are_counted():
    sample = dated()
    sample.decided_on[:17] = np.nan
    assert "17 without a day" in vintages.run(sample, standard()).headline


def test_one_quarter_is_no_history():
    pds = np.full(400, 0.2)
    sample = bare_sample(pds=pds, defaulted=np.arange(400) % 5 == 0, decided_on=np.full(400, float(FIRST)))
    assert word_of(vintages.run(sample, standard()).judgement) == "insufficient_data"


def test_no_date_is_no_temporal_test():
    with pytest.raises(NotMeasurable, match="day of the decision"):
        vintages.run(bare_sample(pds=[0.1, 0.2], defaulted=[0, 1]), standard())


# --- Strain ---------------------------------------------------------------------------------------------------


def test_more_noise_costs_more_of_the_order(drawn):
    found = noise.run(served_sample(drawn), loud(noise=["1.0", "5.0"]))
    small, large = (row[1] for row in found.tables["noise"].rows)
    assert large > max(small, 0)


def test_noise_that_drowns_the_inputs_fails_the_limit(drawn):
    """A limit of a thousandth against noise three times the spread of the inputs."""
    found = noise.run(served_sample(drawn), loud(noise=["3.0"], auc_loss="0.001"))
    assert word_of(found.judgement) == "failed"


def test_noise_is_the_same_for_the_same_seed(drawn):
    sample = served_sample(drawn)
    first, second = (noise.run(sample, loud(noise=["0.1"], draws=2)) for _ in range(2))
    assert first == second


def test_shift_by_one_changes_nothing(drawn):
    still = [{"label": "Nothing", "inputs": ["LIMIT_BAL"], "factor": "1"}]
    rows = stress_shifts.run(served_sample(drawn), loud(shifts=still)).tables["worlds"].rows
    assert rows[0][1:] == rows[1][1:]


def test_shift_of_what_is_no_number_of_the_version_is_refused(drawn):
    strange = [{"label": "Another world", "inputs": ["EDUCATION"], "factor": "2"}]
    with pytest.raises(NotMeasurable, match="EDUCATION"):
        stress_shifts.run(served_sample(drawn), loud(shifts=strange))


def test_gap_is_the_difference_of_the_two_parts(drawn):
    found = overfit_gap.run(served_sample(drawn), standard())
    learned, held_out, gap = (each.value for each in found.measurements)
    assert gap == pytest.approx(learned - held_out)
    assert found.measurements[2].interval.low < gap < found.measurements[2].interval.high


@pytest.mark.parametrize("check", [noise, stress_shifts, overfit_gap])
def test_strain_needs_a_sealed_version(check):
    with pytest.raises(NotMeasurable):
        check.run(bare_sample(pds=[0.1, 0.2], defaulted=[0, 1]), standard())
