"""The checks by group: planted disparity is found, equal groups are not flagged, too little never reads as a pass."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from quant.features.inputs import InputType
from quant.verdict import Verdict
from tests.validation.samples import bare_sample, standard
from validation import catalog, runner
from validation.checks import (
    calibration_groups,
    error_ratio,
    fairer_cut_off,
    mean_difference,
    odds_gaps,
    proxy_screen,
)
from validation.measuring import word_of
from validation.standard import Force, Planned

CHECKS = (mean_difference, odds_gaps, error_ratio, calibration_groups, proxy_screen, fairer_cut_off)


def one_attribute(key="sex"):
    """The demo standard asked about one attribute alone."""
    whole = standard()
    rules = dataclasses.replace(whole.fairness, attributes=(whole.attribute(key),))
    return dataclasses.replace(whole, fairness=rules)


def people(n=6000, *, seed=1, step=0.0, **given):
    """Two groups of equal size; the second has PDs `step` higher in log-odds, and defaults as its PDs say."""
    draw = np.random.default_rng(seed)
    sex = draw.integers(1, 3, n)
    pds = 1 / (1 + np.exp(-(-2.0 + step * (sex == 2) + draw.normal(size=n))))
    frame = pd.DataFrame({"x": draw.normal(size=n) + step * (sex == 2)})
    given = {
        "defaulted": draw.random(n) < pds,
        "protected": pd.DataFrame({"SEX": sex}),
        "frame": frame,
    } | given
    return bare_sample(pds=pds, inputs={"x": InputType.NUMBER}, exposure=np.full(n, 100.0), **given)


def found_by(check, sample, rules=None):
    return check.run(sample, rules or one_attribute())


def named(found, name):
    return next(each for each in found.measurements if each.name == name)


def outcome(check, sample, force=Force.BLOCKING):
    return runner.run_check(check.CHECK, Planned(check.CHECK.id, force), sample, one_attribute())


# --- Each against hand --------------------------------------------------------------------------------------------


def test_groups_alike_pass_every_judged_check():
    sample = people()
    judged = (mean_difference, odds_gaps, calibration_groups, proxy_screen)
    assert [word_of(found_by(check, sample).judgement) for check in judged] == ["passed"] * 4


def test_planted_difference_of_the_mean_is_found_and_its_size_is_by_hand():
    sample = people(step=1.0)
    found = found_by(mean_difference, sample)
    sex, pds = sample.protected["SEX"].to_numpy(), sample.probabilities
    women, men = pds[sex == 2], pds[sex == 1]
    pooled = np.sqrt(
        ((women.size - 1) * women.var(ddof=1) + (men.size - 1) * men.var(ddof=1)) / (pds.size - 2)
    )
    assert named(found, "difference:sex:female").value == pytest.approx((women.mean() - men.mean()) / pooled)
    assert found.judgement.is_red


def test_difference_on_the_good_side_with_its_interval_across_is_inconclusive():
    found = found_by(mean_difference, people(200, seed=3, step=0.1))
    value = named(found, "difference:sex:female")
    assert abs(value.value) < 0.30 < max(-value.interval.low, value.interval.high)
    assert found.judgement.verdict is Verdict.INCONCLUSIVE


def test_planted_gap_of_the_odds_is_found_and_is_fairlearns():
    from fairlearn.metrics import equalized_odds_difference

    sample = people(step=1.0, cut_off="0.25")
    found = found_by(odds_gaps, sample)
    gaps = [abs(named(found, f"{kind}:sex:female").value) for kind in ("tpr", "fpr")]
    known = equalized_odds_difference(
        ~sample.defaulted, sample.approved, sensitive_features=sample.protected["SEX"]
    )
    assert max(gaps) == pytest.approx(known)
    assert found.judgement.is_red


def test_a_gap_over_too_few_defaults_is_not_judged():
    sample = people(defaulted=np.arange(6000) < 40, seed=2)
    found = found_by(odds_gaps, sample)
    assert named(found, "fpr:sex:female").judgement.verdict is Verdict.INSUFFICIENT_DATA
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA


def test_errors_by_group_are_the_counts_and_have_no_verdict():
    sample = people(step=1.0)
    found = found_by(error_ratio, sample)
    women = (sample.protected["SEX"] == 2).to_numpy()
    away = (women & ~sample.defaulted & ~sample.approved).sum()
    let_in = (women & sample.defaulted & sample.approved).sum()
    assert found.tables["error_ratios"].rows[1][:5] == (
        "Sex: female",
        women.sum(),
        away,
        let_in,
        away / let_in,
    )
    assert found.judgement.verdict is Verdict.REPORTED


def test_a_group_whose_pds_are_half_of_what_happens_is_red():
    sample = people(seed=5)
    draw, women = np.random.default_rng(6), (sample.protected["SEX"] == 2).to_numpy()
    worse = draw.random(6000) < np.where(women, 2, 1) * sample.probabilities
    found = found_by(calibration_groups, dataclasses.replace(sample, defaulted=worse))
    assert [word_of(named(found, f"calibration:sex:{name}").judgement) for name in ("male", "female")] == [
        "passed",
        "failed",
    ]


def test_calibration_by_group_is_the_published_jeffreys_and_holm_counts_every_group():
    """(.02, 1000, 30) = .016238; twice that is .032476, which warns at .05 and is not red at .01."""
    sex = pd.DataFrame({"SEX": [2] * 1000 + [1] * 1000})
    defaulted = np.concatenate([np.arange(1000) < 30, np.arange(1000) < 20])
    found = found_by(
        calibration_groups, bare_sample(pds=np.full(2000, 0.02), defaulted=defaulted, protected=sex)
    )
    women = named(found, "calibration:sex:female")
    assert (women.p, women.p_adjusted) == pytest.approx((0.016238, 0.032476), abs=2e-6)
    assert word_of(women.judgement) == "amber"


def test_a_family_is_every_group_of_every_attribute():
    sample = people(protected=pd.DataFrame({"SEX": [1, 2] * 3000, "AGE": [30] * 3000 + [40] * 3000}))
    found = found_by(calibration_groups, sample, standard())
    told = {each.name: each for each in found.measurements if each.p is not None}
    least = min(told.values(), key=lambda each: each.p)
    assert len(told) == 4
    assert least.p_adjusted == pytest.approx(min(1, 4 * least.p))


def test_calibration_without_power_never_passes():
    found = found_by(calibration_groups, people(200, seed=9))
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA


def test_an_input_that_stands_in_for_the_attribute_is_found():
    sample = people()
    copy = pd.DataFrame({"x": sample.protected["SEX"] * 1000.0 + np.arange(6000) % 7})
    assert found_by(proxy_screen, dataclasses.replace(sample, frame=copy)).judgement.is_red


def test_fairer_cut_off_is_told_with_what_it_costs():
    sample = people(step=1.0, cut_off="0.10")
    found = found_by(fairer_cut_off, sample)
    assert named(found, "fairer_ratio").value > named(found, "policy_ratio").value
    assert named(found, "fairer_profit").value >= 0.95 * named(found, "policy_profit").value
    assert len(found.tables["cut_offs"].rows) == 9
    assert "assumed cost matrix" in named(found, "policy_profit").label


def test_without_money_no_cut_off_is_named():
    found = found_by(fairer_cut_off, dataclasses.replace(people(step=1.0, cut_off="0.10"), exposure=None))
    assert "not known without money" in found.headline
    assert not any(each.name.startswith("fairer") for each in found.measurements)


def test_negative_exposure_is_refused_in_words_and_is_no_error():
    sample = dataclasses.replace(people(), exposure=np.linspace(-1, 1, 6000))
    told = outcome(fairer_cut_off, sample)
    assert (told.verdict, "standardised" in told.headline) == ("insufficient_data", True)


def test_no_better_cut_off_is_said_so():
    found = found_by(fairer_cut_off, people(step=1.0, cut_off="1", approved=np.ones(6000)))
    assert "no declared cut-off is better" in found.headline


def test_referred_are_counted_both_ways_in_the_errors():
    sample = people(step=1.0)
    sample = dataclasses.replace(
        sample, decided=dataclasses.replace(sample.decided, referred=~sample.approved)
    )
    gaps = found_by(odds_gaps, sample)
    assert named(gaps, "tpr_with_referred:sex:female").value == 0
    assert gaps.judgement.is_red
    errors = found_by(error_ratio, sample)
    assert named(errors, "errors_with_referred:sex:female").value is None


# --- What the data lack -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CHECK.id)
def test_a_third_without_a_group_is_told_and_never_passes(check):
    sex = np.where(np.arange(6000) % 3 == 0, np.nan, np.arange(6000) % 2 + 1.0)
    told = outcome(check, people(protected=pd.DataFrame({"SEX": sex})))
    assert told.verdict == "insufficient_data"
    assert "33.3%" in told.headline
    share = next(each for each in told.measurements if each["name"] == "without_group:sex")
    assert "2000 of 6000 clients" in share["why"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CHECK.id)
def test_a_few_without_a_group_are_told_and_spoil_nothing(check):
    sex = np.where(np.arange(6000) < 29, np.nan, np.arange(6000) % 2 + 1.0)
    told = outcome(check, people(protected=pd.DataFrame({"SEX": sex})))
    assert told.verdict in {"passed", "reported"}
    assert "0.5%" in told.headline


def _sexes(*values):
    return pd.DataFrame({"SEX": values})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CHECK.id)
@pytest.mark.parametrize(
    "given",
    [
        {"protected": pd.DataFrame(index=range(6000))},
        {"protected": _sexes(*[1.0] * 6000)},
        {"protected": _sexes(*[2.0] * 6000)},
        {"protected": _sexes(*[np.nan] * 6000)},
        {"protected": _sexes(2.0, *[1.0] * 5999)},
        {"protected": _sexes(*[2.0] * 20, *[1.0] * 5980)},
    ],
    ids=["no column", "reference alone", "no reference", "all missing", "one member", "below the minimum"],
)
def test_groups_that_cannot_be_compared_read_insufficient_data(check, given):
    told = outcome(check, people(**given))
    assert told.verdict == "insufficient_data"
    assert told.headline


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CHECK.id)
def test_a_pd_that_is_no_number_is_refused_in_words(check):
    sample = people()
    broken = dataclasses.replace(sample, probabilities=np.where(np.arange(6000) == 7, np.nan, 0.2))
    told = outcome(check, broken)
    if check in {odds_gaps, error_ratio, proxy_screen}:
        assert told.verdict in {"passed", "reported"}  # they do not read the PDs
        return
    assert told.verdict == "insufficient_data"
    assert "missing" in str(told.plain())


@pytest.mark.parametrize("approved", [np.ones(6000), np.zeros(6000)], ids=["everybody", "nobody"])
def test_ratios_of_errors_where_all_are_treated_alike_are_insufficient(approved):
    assert outcome(error_ratio, people(approved=approved)).verdict == "insufficient_data"


@pytest.mark.parametrize("outcomes", [np.zeros(6000), np.ones(6000)], ids=["nobody", "everybody"])
def test_errors_where_all_end_alike_are_insufficient(outcomes):
    sample = people(defaulted=outcomes)
    assert outcome(odds_gaps, sample).verdict == "insufficient_data"
    assert outcome(error_ratio, sample).verdict == "insufficient_data"


@pytest.mark.parametrize("check", [mean_difference, odds_gaps, proxy_screen, fairer_cut_off])
def test_a_standard_without_the_section_reads_insufficient_data(check):
    bare = dataclasses.replace(one_attribute(), errors=None)
    told = runner.run_check(check.CHECK, Planned(check.CHECK.id, Force.BLOCKING), people(), bare)
    assert told.verdict == "insufficient_data"
    assert "standard" in told.headline


def test_an_input_with_an_infinite_value_is_refused_in_words():
    broken = pd.DataFrame({"x": np.where(np.arange(6000) == 3, np.inf, 1.0)})
    told = outcome(proxy_screen, people(frame=broken))
    assert told.verdict == "insufficient_data"
    assert "infinite" in told.headline


def test_one_attribute_that_is_missing_does_not_hide_the_other():
    found = found_by(mean_difference, people(), standard())
    assert named(found, "difference:sex:female").judgement.verdict is Verdict.PASSED
    assert "no column AGE" in found.headline
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA


def test_forces_of_the_demo_are_those_declared():
    forces = {planned.check: planned.force for planned in standard().plan}
    amber = {"odds_gaps", "calibration_groups", "feature_shift"}
    assert {forces[name] for name in amber} == {Force.AMBER}
    assert {forces[check.CHECK.id] for check in CHECKS if check.CHECK.id not in amber} == {Force.REPORTED}
    assert {*amber, *(check.CHECK.id for check in CHECKS)} <= set(catalog.BY_ID)
