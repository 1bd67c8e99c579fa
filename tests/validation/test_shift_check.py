"""The shift of each input: found where planted, not where a sample is small, and never passed without power."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from quant.features.inputs import InputType
from quant.verdict import Verdict
from tests.validation.samples import bare_sample, standard
from validation import runner
from validation.checks import feature_shift
from validation.measuring import word_of
from validation.standard import Force, Planned

KINDS = {"x": InputType.NUMBER, "c": InputType.CODE}


def world(n, seed, *, moved=0.0, weights=(0.5, 0.3, 0.2)):
    draw = np.random.default_rng(seed)
    return pd.DataFrame({"x": draw.normal(moved, 1, n), "c": draw.choice([1.0, 2.0, 3.0], n, p=weights)})


def sample_of(before, now, kinds=None):
    n = len(now)
    return bare_sample(
        pds=np.full(n, 0.1), defaulted=np.zeros(n), development=before, frame=now, inputs=kinds or KINDS
    )


def found_in(before, now):
    return feature_shift.run(sample_of(before, now), standard())


def verdicts(found):
    return {each.name: word_of(each.judgement) for each in found.measurements}


def outcome(sample, rules=None):
    planned = Planned("feature_shift", Force.BLOCKING)
    return runner.run_check(feature_shift.CHECK, planned, sample, rules or standard())


def test_inputs_that_stayed_pass_with_power():
    found = found_in(world(4000, 1), world(2000, 2))
    assert verdicts(found) == {"shift:x": "passed", "shift:c": "passed"}
    assert all(each.power >= 0.8 for each in found.measurements)


def test_a_number_and_a_code_that_moved_are_found_by_name():
    """Half a standard deviation is a gap of .197; the codes' V is over .2: both limits are .10."""
    found = found_in(world(4000, 1), world(2000, 2, moved=0.5, weights=(0.2, 0.3, 0.5)))
    assert verdicts(found) == {"shift:x": "failed", "shift:c": "failed"}
    assert found.headline.startswith("2 of 2 have moved: x, c;")


def test_effect_and_p_are_those_of_scipy():
    from scipy import stats

    before, now = world(900, 1), world(700, 2, moved=0.2)
    found = {each.name: each for each in found_in(before, now).measurements}
    gap = stats.ks_2samp(before["x"], now["x"], method="asymp")
    counts = [frame["c"].value_counts().sort_index() for frame in (before, now)]
    table = stats.contingency.association(np.array(counts, dtype=int), method="cramer")
    assert (found["shift:x"].value, found["shift:x"].p) == pytest.approx((gap.statistic, gap.pvalue))
    assert found["shift:c"].value == pytest.approx(table)
    raw = [found["shift:x"].p, found["shift:c"].p]
    adjusted = stats.false_discovery_control(raw)
    assert [found["shift:x"].p_adjusted, found["shift:c"].p_adjusted] == pytest.approx(list(adjusted))


def test_many_codes_whose_v_is_beyond_its_limit_without_a_test_that_rejects_do_not_pass():
    """A hundred codes, 30 each before, 23 and 37 by turns now: χ² = 50·(2·3.5²/26.5 + 2·3.5²/33.5) on 99 degrees."""
    codes = np.arange(100.0)
    before = pd.DataFrame({"c": np.repeat(codes, 30)})
    now = pd.DataFrame({"c": np.repeat(codes, [23, 37] * 50)})
    found = feature_shift.run(sample_of(before, now, {"c": InputType.CODE}), standard()).measurements[0]
    assert found.value == pytest.approx(np.sqrt(50 * (24.5 / 26.5 + 24.5 / 33.5) / 6000))
    assert found.value > found.limit
    assert found.p_adjusted > 0.8
    assert found.power >= 0.8
    assert word_of(found.judgement) == "insufficient_data"


def test_a_small_sample_neither_fails_nor_passes():
    found = found_in(world(4000, 1), world(30, 2))
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA
    assert "the power to show 0.1" in found.measurements[0].judgement.why


def test_clean_populations_reject_no_more_often_than_said_and_are_never_flagged():
    """The adjusted family rate is at most .05: up to 8 of 60 within its 99 % band. The limits let none through."""
    found = [found_in(world(1500, seed), world(1500, 1000 + seed)) for seed in range(60)]
    rejecting = sum(min(each.p_adjusted for each in one.measurements) <= 0.05 for one in found)
    assert rejecting <= 8
    assert not any("failed" in verdicts(one).values() for one in found)


def test_an_input_that_falls_empty_has_moved():
    now = world(2000, 2)
    now.loc[now.index < 800, "x"] = np.nan
    assert verdicts(found_in(world(4000, 1), now))["shift:x missing"] == "failed"


def test_an_input_that_is_empty_here_is_said_and_does_not_hide_the_others():
    found = found_in(world(4000, 1), world(2000, 2).assign(x=np.nan))
    assert verdicts(found) == {"shift:c": "passed", "shift:x": "insufficient_data"}
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA
    assert "Not compared: x." in found.headline


@pytest.mark.parametrize("x", [np.inf, 1.0], ids=["infinite", "constant"])
def test_broken_inputs_break_nothing(x):
    told = outcome(sample_of(world(4000, 1), world(2000, 2).assign(x=x)))
    assert told.verdict in {"insufficient_data", "failed"}


def test_without_development_or_inputs_or_limits_nothing_is_compared():
    whole = sample_of(world(400, 1), world(200, 2))
    assert outcome(dataclasses.replace(whole, development=None)).verdict == "insufficient_data"
    assert outcome(dataclasses.replace(whole, inputs={})).verdict == "insufficient_data"
    assert outcome(whole, dataclasses.replace(standard(), shift=None)).verdict == "insufficient_data"
