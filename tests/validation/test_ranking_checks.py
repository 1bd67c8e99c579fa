"""The checks of order and of backtests: what each verdict takes, and that too little never reads as a pass."""

from __future__ import annotations

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from quant.banding import Grades
from quant.errors import QuantError
from quant.features.inputs import InputType
from tests.validation.samples import bare_sample, standard
from validation import catalog, runner, standards
from validation.measuring import word_of
from validation.sample import Incumbent, ScoreShares
from validation.standard import Force, Planned

ORDER = ("ranking", "information_value", "auc_decline", "paired_discrimination")
BACKTEST = ("correlated_binomial", "traffic_light", "cox_calibration", "low_default")
THREE = Grades(bounds=(0.1, 0.3), pds=(0.05, 0.2, 0.5))


def drawn(n=6_000, seed=7, **more):
    """A population that defaults as assigned, with one input that knows and one that does not."""
    draw = np.random.default_rng(seed)
    pds = draw.uniform(0.02, 0.6, n)
    frame = pd.DataFrame({"KNOWS": pds, "NOISE": draw.normal(size=n), "SAME": np.ones(n)})
    kinds = dict.fromkeys(("KNOWS", "NOISE", "SAME"), InputType.NUMBER)
    given = {"pds": pds, "defaulted": draw.random(n) < pds, "frame": frame, "inputs": kinds} | more
    return bare_sample(**given)


def graded(bads, sizes=(1_000, 1_000, 1_000)):
    return bare_sample(
        pds=np.repeat(THREE.pds, sizes),
        defaulted=np.concatenate([np.arange(n) < d for n, d in zip(sizes, bads, strict=True)]),
    )


def shared(shares, rows=3_000, edges=THREE.bounds, **given):
    import dataclasses

    return dataclasses.replace(drawn(**given), score_shares=ScoreShares(edges, shares, rows))


def run(check, sample, **changed):
    return catalog.BY_ID[check].run(sample, standard(**changed))


def outcome(check, sample, **changed):
    return runner.run_check(catalog.BY_ID[check], Planned(check, Force.AMBER), sample, standard(**changed))


def figures(found):
    return {each.name: each for each in found.measurements}


# --- Order ----------------------------------------------------------------------------------------------------


def test_ranking_tells_the_riskiest_twentieth_by_hand():
    defaulted = np.isin(np.arange(100), [99, 98, 97, 50])
    found = run("ranking", bare_sample(pds=np.linspace(0.01, 0.9, 100), defaulted=defaulted))
    told = figures(found)
    assert told["precision:0.05"].value == pytest.approx(3 / 5)
    assert told["lift:0.05"].value == pytest.approx((3 / 5) / 0.04)
    assert found.tables["riskiest"].rows[1][-1] == pytest.approx(3 / 4)
    assert word_of(found.judgement) == "reported"


def test_ranking_without_grades_leaves_out_the_entropy_alone_and_says_so():
    found = figures(run("ranking", drawn(grades=None)))
    assert found["cier"].value is None
    assert "No frozen grades" in found["cier"].note
    assert found["accuracy_ratio"].value > 0.3


def test_strongest_input_is_the_one_that_knows_and_a_constant_says_nothing():
    found = run("information_value", drawn())
    told = figures(found)
    assert "strongest is KNOWS" in found.headline
    assert told["NOISE"].p_adjusted > 0.05
    assert (told["SAME"].value, "one bin" in told["SAME"].note) == (None, True)
    assert sum(row[1] for row in found.tables["weight_of_evidence"].rows) == 6_000


def test_outcomes_of_few_clients_are_in_no_table():
    codes = np.where(np.arange(6_000) < 5, 9.0, drawn().probabilities > 0.3)
    sample = drawn(frame=pd.DataFrame({"CODE": codes}), inputs={"CODE": InputType.CODE})
    rows = run("information_value", sample).tables["weight_of_evidence"].rows
    assert rows[-1] == ("CODE: 9", 5, None, None, None, None)
    assert None not in rows[0]


def test_decline_beyond_chance_fails_and_none_passes_with_power():
    sample = drawn(metrics={"cross_fitted_auc": "0.99"})
    assert word_of(run("auc_decline", sample).judgement) == "failed"
    same = drawn(metrics={"cross_fitted_auc": "0.70"})
    found = run("auc_decline", same)
    assert word_of(found.judgement) == "passed"
    assert found.measurements[0].power > 0.8


def test_no_decline_of_a_small_sample_is_no_pass():
    found = run("auc_decline", drawn(n=120, metrics={"cross_fitted_auc": "0.60"}))
    assert found.measurements[0].p > 0.05
    assert word_of(found.judgement) == "insufficient_data"


def test_paired_difference_is_that_of_the_same_clients():
    sample = drawn()
    noisy = np.clip(sample.probabilities + np.random.default_rng(1).normal(0, 0.3, sample.n), 0, 1)
    rival = Incumbent("card-limit v1", sample.approved, noisy)
    found = figures(run("paired_discrimination", drawn(incumbent=rival)))
    assert found["auc_difference"].value > 0
    assert found["auc_difference"].p < 0.001


def test_version_like_its_predecessor_has_no_difference():
    rival = Incumbent("card-limit v1", drawn().approved, drawn().probabilities)
    [difference, *_] = run("paired_discrimination", drawn(incumbent=rival)).measurements
    assert (difference.value, difference.interval, difference.p) == (0.0, None, 1.0)


def test_version_without_predecessor_reads_insufficient_data():
    found = run("paired_discrimination", drawn())
    assert word_of(found.judgement) == "insufficient_data"
    assert "no predecessor" in found.headline


# --- Backtests ------------------------------------------------------------------------------------------------


def test_correlation_explains_what_independence_does_not():
    """75 of 1000 at a PD of .05: p = .0004 alone, .13 with an asset correlation of .04."""
    found = run("correlated_binomial", graded((75, 200, 500)))
    first = found.measurements[0]
    alone = found.tables["correlated_binomial"].rows[0][4]
    assert alone < 0.001
    assert first.p > 0.05
    assert first.p_adjusted == pytest.approx(3 * first.p)
    assert "0 of 3 grades reject at 0.05 with" in found.headline
    assert found.headline.endswith("1 without any.")


def test_grade_far_beyond_a_bad_year_turns_red_and_fails():
    found = run("traffic_light", graded((250, 200, 500)))
    assert word_of(found.judgement) == "failed"
    assert [row[5] for row in found.tables["lights"].rows][:2] == ["red", "red"]


def test_green_light_without_power_is_no_pass():
    """With correlated defaults 1.5 times a PD of .05 is seen in fewer than 80 of 100 years."""
    found = run("traffic_light", graded((50, 200, 500)))
    assert word_of(found.judgement) == "insufficient_data"
    assert found.measurements[0].power < 0.8
    assert "Green; taken as independent, green." in found.measurements[0].note


def test_light_that_only_holm_puts_out_is_inconclusive_and_no_pass():
    rules = standards.committed("card-limit-demo")["backtest"] | {"correlation": "0.0001"}
    found = run("traffic_light", graded((63, 200, 500)), backtest=rules)
    first = found.measurements[0]
    assert first.p <= 0.05 < first.p_adjusted
    assert first.power > 0.8
    assert word_of(first.judgement) == "inconclusive"


def test_slope_inside_the_band_with_its_interval_passes():
    found = run("cox_calibration", drawn(n=40_000))
    assert word_of(found.judgement) == "passed"
    assert figures(found)["likelihood_ratio"].p > 0.01


def test_slope_of_extreme_pds_fails_and_of_few_clients_is_inconclusive():
    sample = drawn(n=20_000)
    odds = (sample.probabilities / (1 - sample.probabilities)) ** 1.6
    extreme = bare_sample(pds=odds / (1 + odds), defaulted=sample.defaulted)
    assert word_of(run("cox_calibration", extreme).judgement) == "failed"
    rules = standards.committed("card-limit-demo")["backtest"] | {"slope_low": "0.1", "slope_high": "1.4"}
    few = run("cox_calibration", drawn(n=150), backtest=rules)
    assert word_of(few.judgement) == "inconclusive"


def test_upper_pd_of_an_empty_grade_rests_on_the_worse_ones():
    found = run("low_default", graded((0, 0, 0), sizes=(100, 0, 300)))
    first, second, third = found.measurements
    assert third.value == pytest.approx(1 - 0.1 ** (1 / 300))
    assert second.value == third.value
    assert first.value == pytest.approx(1 - 0.1 ** (1 / 400))
    assert "would show no rate" in second.note


def test_clients_gathering_in_one_grade_are_seen():
    """Development even over ten grades, here twice as many in one of them."""
    bounds = tuple(at / 10 for at in range(1, 10))
    middles = tuple(at / 10 + 0.05 for at in range(10))
    pds = np.repeat(middles, [600, *[300] * 9])
    ten = Grades(bounds=bounds, pds=middles)
    found = run("concentration", shared((0.1,) * 10, edges=bounds, pds=pds, defaulted=pds > 0.4, grades=ten))
    assert word_of(found.judgement) == "failed"
    assert found.tables["grade_shares"].rows[0][1:] == (pytest.approx(0.1), pytest.approx(2 / 11), 600)


def test_growth_that_chance_gives_is_neither_failure_nor_pass():
    pds = np.repeat([0.05, 0.2, 0.5], [1_010, 1_000, 990])
    found = run("concentration", shared((1 / 3, 1 / 3, 1 / 3), pds=pds, defaulted=pds > 0.4))
    assert found.measurements[0].p > 0.5
    assert word_of(found.judgement) == "insufficient_data"


def test_shares_of_finer_bins_add_up_to_those_of_the_grades():
    pds = np.repeat([0.05, 0.2, 0.5], [1_000, 1_000, 1_000])
    edges = (0.05, 0.1, 0.2, 0.3, 0.6)
    sample = shared((0.1, 0.2, 0.1, 0.1, 0.3, 0.2), edges=edges, pds=pds * 1.01, defaulted=pds > 0.4)
    with pytest.raises(QuantError, match="evenly"):
        run("concentration", sample)
    moved = shared((0.1, 0.2, 0.1, 0.1, 0.3, 0.2), edges=edges)
    shares = [row[1] for row in run("concentration", moved).tables["grade_shares"].rows]
    assert shares == pytest.approx([0.3, 0.2, 0.5])


def test_bins_that_end_elsewhere_than_grades_read_insufficient_data():
    found = outcome("concentration", shared((0.5, 0.5), edges=(0.25,)))
    assert found.verdict == "insufficient_data"
    assert "do not end at the bounds of the grades" in found.headline


# --- What cannot be measured ----------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [*ORDER[:3], "cox_calibration"])
def test_sample_of_one_class_never_passes(check):
    sample = drawn(n=100, defaulted=np.zeros(100), metrics={"cross_fitted_auc": "0.7"})
    assert outcome(check, sample).verdict == "insufficient_data"


@pytest.mark.parametrize("check", ["ranking", "auc_decline", "cox_calibration", "traffic_light"])
def test_equal_scores_never_pass(check):
    sample = drawn(n=100, pds=np.full(100, 0.2), metrics={"cross_fitted_auc": "0.5"})
    assert outcome(check, sample).verdict == "insufficient_data"


@pytest.mark.parametrize("ends", [0.0, 1.0])
def test_pd_of_zero_or_one_has_no_log_odds(ends):
    pds = np.where(np.arange(100) == 0, ends, drawn(n=100).probabilities)
    found = outcome("cox_calibration", drawn(n=100, pds=pds))
    assert (found.verdict, "PDs are 0 or 1" in found.headline) == ("insufficient_data", True)


@pytest.mark.parametrize("check", [*ORDER[:1], "auc_decline", *BACKTEST, "concentration", "jeffreys_grades"])
def test_missing_pd_is_an_error_and_in_no_grade(check):
    pds = np.where(np.arange(6_000) == 0, np.nan, drawn().probabilities)
    sample = shared((0.2, 0.3, 0.5), pds=pds, metrics={"cross_fitted_auc": "0.7"})
    assert outcome(check, sample).verdict == "error"


@pytest.mark.parametrize("check", [*ORDER[:3], *BACKTEST, "concentration"])
def test_standard_without_the_section_leaves_the_check_without_a_verdict(check):
    content = standards.committed("card-limit-demo")
    for name in ("ranking", "backtest", "shift"):
        del content[name]
    sample = shared((0.2, 0.3, 0.5), metrics={"cross_fitted_auc": "0.7"})
    found = runner.run_check(
        catalog.BY_ID[check], Planned(check, Force.BLOCKING), sample, standards.load(content)
    )
    assert (found.verdict, "has no section" in found.headline) == ("insufficient_data", True)


@pytest.mark.parametrize("check", ["auc_decline", "traffic_light", "cox_calibration", "concentration"])
def test_demo_standard_lets_these_warn_and_never_block(check):
    planned = next(each for each in standard().plan if each.check == check)
    assert planned.force is Force.AMBER
