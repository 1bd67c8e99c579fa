"""Known answers of the checks: what each verdict takes, and that too little data never reads as a pass."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from mrm.lib import canonical
from quant.banding import Grades
from quant.errors import NotMeasurable
from quant.verdict import Judgement, Severity, Verdict
from tests.validation.samples import bare_sample, planted_population, standard
from validation import catalog, handbook, runner, standards
from validation.checks import (
    adverse_impact_age,
    adverse_impact_sex,
    brier,
    counterfactuals,
    jeffreys_grades,
    jeffreys_portfolio,
    reason_stability,
)
from validation.measuring import Measured, Measurement, Table, word_of
from validation.sample import Check, Incumbent, Section, groups_of
from validation.standard import Force, Planned


def outcomes(rng_seed: int, pds: np.ndarray) -> np.ndarray:
    return np.random.default_rng(rng_seed).random(len(pds)) < pds


def check_of(run) -> Check:
    return Check("made_up", "Made up", Section.DATA, "?", "-", "-", "-", "-", run)


# --- The plan -------------------------------------------------------------------------------------------------


def test_every_check_of_the_catalog_has_its_own_id_and_words():
    ids = [check.id for check in catalog.CHECKS]
    assert len(set(ids)) == len(ids)
    for check in catalog.CHECKS:
        assert all((check.title, check.question, check.needs, check.bad_sign, check.limits, check.reference))


def test_demo_standard_plans_every_check_once():
    assert [planned.check for planned in standard().plan] == [check.id for check in catalog.CHECKS]


def test_demo_standard_blocks_exactly_what_it_says():
    blocking = {planned.check for planned in standard().plan if planned.force is Force.BLOCKING}
    assert blocking == {
        "artefact_digest",
        "serving_parity",
        "determinism",
        "jeffreys_portfolio",
        "jeffreys_grades",
        "adverse_impact_sex",
        "adverse_impact_age",
        "reason_deletion",
    }


def test_demo_standard_declares_its_references_and_bands_beforehand():
    sex, age = standard().fairness.attributes
    assert (sex.reference, age.reference) == ("male", "26–35")
    assert [group.name for group in age.groups] == ["≤25", "26–35", "36–45", "46–61", "62+"]
    assert sex.reference_reason
    assert age.reference_reason


@pytest.mark.parametrize(
    "content",
    [
        [],
        {},
        {"format": "countersign-standard/1"},
        {**standards.committed("card-limit-demo"), "extra": 1},
        {**standards.committed("card-limit-demo"), "confidence": 0.95},
        {**standards.committed("card-limit-demo"), "plan": [{"check": "auc", "force": "maybe"}]},
        {**standards.committed("card-limit-demo"), "fairness": []},
    ],
)
def test_malformed_standard_is_refused(content):
    from mrm.lib.errors import Invalid

    with pytest.raises(Invalid):
        standards.load(content)


def test_reference_outside_the_declared_groups_is_refused():
    from mrm.lib.errors import Invalid

    content = standards.committed("card-limit-demo")
    content["fairness"]["attributes"][0]["reference"] = "nobody"
    with pytest.raises(Invalid, match="reference"):
        standards.load(content)


def test_ages_fall_into_the_declared_bands():
    ages = pd.DataFrame({"AGE": [21, 25, 26, 35, 36, 45, 46, 61, 62, 79, None]})
    sample = bare_sample(pds=[0.1] * 11, defaulted=[0] * 11, protected=ages)
    names = groups_of(sample, standard().attribute("age"))
    assert list(names) == [
        "≤25",
        "≤25",
        "26–35",
        "26–35",
        "36–45",
        "36–45",
        "46–61",
        "46–61",
        "62+",
        "62+",
        "other",
    ]


def of_labels(**changed):
    groups = [{"name": "women", "labels": ["F", "female"]}, {"name": "men", "labels": ["M"]}]
    told = {"key": "sex", "label": "Sex", "column": "sex", "groups": groups, "reference": "men"}
    fairness = standards.committed("card-limit-demo")["fairness"] | {"attributes": [told | changed]}
    return standard(fairness=fairness).attribute("sex")


def test_labels_fall_into_the_groups_that_list_them():
    told = pd.DataFrame({"sex": ["F", "M", "female", "x", None]})
    sample = bare_sample(pds=[0.1] * 5, defaulted=[0] * 5, protected=told)
    assert list(groups_of(sample, of_labels())) == ["women", "men", "women", "other", "other"]


@pytest.mark.parametrize(
    "groups",
    [
        [{"name": "a", "labels": ["F"]}, {"name": "b", "codes": [1]}],
        [{"name": "a", "labels": ["F"], "at_least": 3}],
        [{"name": "a", "labels": "F"}],
        [{"name": "a"}],
    ],
)
def test_groups_of_labels_and_of_numbers_do_not_mix(groups):
    from mrm.lib.errors import Invalid

    with pytest.raises(Invalid):
        of_labels(groups=groups, reference="")


# --- Calibration ----------------------------------------------------------------------------------------------


def test_portfolio_that_defaults_as_assigned_passes():
    pds = np.full(4_000, 0.2)
    found = jeffreys_portfolio.run(bare_sample(pds=pds, defaulted=np.arange(4_000) % 5 == 0), standard())
    assert word_of(found.judgement) == "passed"


def test_portfolio_p_value_is_the_published_one():
    """Jeffreys (.02, 1000, 30) = .016238: amber at .05, not red at .01, so it warns and does not block."""
    sample = bare_sample(pds=np.full(1_000, 0.02), defaulted=np.arange(1_000) < 30)
    found = jeffreys_portfolio.run(sample, standard())
    assert found.measurements[0].p == pytest.approx(0.016238, abs=1e-6)
    assert word_of(found.judgement) == "amber"


def test_portfolio_far_below_what_happened_is_red():
    sample = bare_sample(pds=np.full(1_000, 0.02), defaulted=np.arange(1_000) < 60)
    assert jeffreys_portfolio.run(sample, standard()).judgement.severity is Severity.RED


def test_sample_without_power_reads_insufficient_data_and_never_passes():
    """(.02, N 200): power .254 at 1.5·PD."""
    sample = bare_sample(pds=np.full(200, 0.02), defaulted=np.arange(200) < 4)
    found = jeffreys_portfolio.run(sample, standard())
    assert found.measurements[0].power == pytest.approx(0.254, abs=1e-3)
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA


def test_grades_are_adjusted_by_holm_before_they_are_judged():
    """One grade of three has raw p between .01 and .05: amber alone, not after Holm."""
    sizes, pds = (1_000, 1_000, 1_000), (0.05, 0.2, 0.4)
    bads = (62, 180, 380)
    sample = bare_sample(
        pds=np.repeat(pds, sizes),
        defaulted=np.concatenate([np.arange(n) < d for n, d in zip(sizes, bads, strict=True)]),
        grades=Grades(bounds=(0.1, 0.3), pds=pds),
    )
    found = jeffreys_grades.run(sample, standard())
    first = found.measurements[0]
    assert 0.01 < first.p <= 0.05 < first.p_adjusted
    assert word_of(found.judgement) in {"passed", "insufficient_data"}


def test_grade_whose_alternative_is_no_rate_says_so():
    sample = bare_sample(
        pds=np.full(900, 0.7),
        defaulted=np.arange(900) < 620,
        grades=Grades(bounds=(0.1, 0.3), pds=(0.05, 0.2, 0.7)),
    )
    found = jeffreys_grades.run(sample, standard())
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA
    assert "no rate" in found.measurements[0].plain()["why"]


# --- Fairness -------------------------------------------------------------------------------------------------


def by_age(cut_off: str):
    pds, protected = planted_population()
    sample = bare_sample(pds=pds, defaulted=outcomes(3, pds), protected=protected, cut_off=cut_off)
    return adverse_impact_age.run(sample, standard()), sample


def test_wide_cut_off_passes_the_age_bands():
    found, _ = by_age("0.40")
    assert word_of(found.judgement) == "passed"


@pytest.mark.control("RegB:effects")
def test_narrow_cut_off_fails_the_age_bands_by_itself():
    found, sample = by_age("0.08")
    young = next(each for each in found.measurements if each.name == "air:≤25")
    age = sample.protected["AGE"].to_numpy()
    by_hand = sample.approved[age == 23].mean() / sample.approved[age == 30].mean()
    assert young.value == pytest.approx(by_hand)
    assert young.value < 0.80
    assert young.p < 0.05
    assert found.judgement.is_red


def test_same_narrow_cut_off_leaves_sex_alone():
    _, sample = by_age("0.08")
    assert word_of(adverse_impact_sex.run(sample, standard()).judgement) == "passed"


def test_ratio_is_the_published_one():
    """180/300 against 350/450 = .771429."""
    approved = np.concatenate([np.arange(300) < 180, np.arange(450) < 350])
    protected = pd.DataFrame({"SEX": [2] * 300 + [1] * 450})
    sample = bare_sample(
        pds=np.full(750, 0.2), defaulted=np.zeros(750), approved=approved, protected=protected
    )
    found = adverse_impact_sex.run(sample, standard())
    assert found.measurements[0].value == pytest.approx(0.771429, abs=1e-6)
    assert found.judgement.is_red


def test_group_below_the_minimum_is_not_judged():
    approved = np.concatenate([np.arange(20) < 2, np.arange(450) < 350])
    protected = pd.DataFrame({"SEX": [2] * 20 + [1] * 450})
    sample = bare_sample(
        pds=np.full(470, 0.2), defaulted=np.zeros(470), approved=approved, protected=protected
    )
    assert adverse_impact_sex.run(sample, standard()).judgement.verdict is Verdict.INSUFFICIENT_DATA


def test_absent_group_reads_insufficient_data():
    protected = pd.DataFrame({"AGE": [30] * 500})
    sample = bare_sample(pds=np.full(500, 0.2), defaulted=np.zeros(500), protected=protected)
    found = adverse_impact_age.run(sample, standard())
    assert found.judgement.verdict is Verdict.INSUFFICIENT_DATA
    assert {each.name for each in found.measurements} == {"air:≤25", "air:36–45", "air:46–61", "air:62+"}


def test_referred_are_counted_both_ways():
    protected = pd.DataFrame({"SEX": [2] * 300 + [1] * 450})
    approved = np.concatenate([np.arange(300) < 180, np.arange(450) < 350])
    sample = bare_sample(
        pds=np.full(750, 0.2),
        defaulted=np.zeros(750),
        approved=approved,
        referred=~approved,
        protected=protected,
    )
    found = adverse_impact_sex.run(sample, standard())
    beside = next(each for each in found.measurements if each.name.startswith("air_with_referred"))
    assert beside.value == 1.0
    assert beside.judgement is None
    assert found.judgement.is_red


def test_snapshot_without_the_protected_column_cannot_be_judged():
    sample = bare_sample(pds=np.full(100, 0.2), defaulted=np.zeros(100))
    outcome = runner.run_check(
        adverse_impact_age.CHECK, Planned("adverse_impact_age", Force.BLOCKING), sample, standard()
    )
    assert outcome.verdict == "insufficient_data"


# --- Economics ------------------------------------------------------------------------------------------------


def test_profit_is_the_assumed_matrix_by_hand_and_says_so():
    from validation.checks import scenario_profit

    sample = bare_sample(
        pds=[0.1, 0.1, 0.9],
        defaulted=[0, 1, 1],
        exposure=np.array([1_000.0, 2_000.0, 5_000.0]),
        cut_off="0.25",
    )
    found = scenario_profit.run(sample, standard())
    assert found.measurements[0].value == pytest.approx(0.06 * 1_000 - 0.20 * 2_000)
    assert "assumed cost matrix" in found.headline
    assert "assumed cost matrix" in found.measurements[0].label


def test_profit_without_money_is_refused():
    from validation.checks import scenario_profit

    with pytest.raises(NotMeasurable, match="exposure"):
        scenario_profit.run(bare_sample(pds=[0.1, 0.2], defaulted=[0, 1]), standard())


def test_swap_set_counts_whose_decision_flips():
    from validation.checks import swap_set

    sample = bare_sample(
        pds=[0.1, 0.3, 0.1, 0.9],
        defaulted=[0, 1, 0, 1],
        exposure=np.full(4, 100.0),
        incumbent=Incumbent("card-limit v1", np.array([True, True, False, False]), np.full(4, 0.1)),
    )
    found = swap_set.run(sample, standard())
    assert found.measurements[0].value == 2.0
    assert "1 newly approved, 1 no longer approved" in found.headline


def test_version_without_predecessor_has_nothing_to_swap():
    from validation.checks import swap_set

    found = swap_set.run(bare_sample(pds=[0.1, 0.2], defaulted=[0, 1]), standard())
    assert found.judgement.verdict is Verdict.REPORTED


# --- The runner -----------------------------------------------------------------------------------------------


def test_check_that_raises_becomes_an_error_that_blocks_and_tells_no_row():
    def run(sample, standard):
        raise ValueError("client 4711 owes 20,000")

    sample = bare_sample(pds=[0.1, 0.2], defaulted=[0, 1])
    outcome = runner.run_check(check_of(run), Planned("made_up", Force.REPORTED), sample, standard())
    assert outcome.verdict == "error"
    assert outcome.is_blocking
    assert "ValueError" in outcome.headline
    assert "4711" not in json.dumps(outcome.plain())


@pytest.mark.parametrize(
    ("verdict", "is_blocking", "fails"),
    [("failed", True, True), ("error", True, True), ("failed", False, False), ("amber", True, False)],
)
def test_only_what_blocks_is_a_blocking_failure(verdict, is_blocking, fails):
    assert runner.Outcome("made_up", verdict, is_blocking, "", [], {}).is_blocking_failure is fails


def test_number_without_a_canonical_form_is_the_fault_of_its_check():
    def run(sample, standard):
        return Measured("Fine.", Judgement(Verdict.PASSED, ""), (Measurement("n", "n", n=3.5),))

    sample = bare_sample(pds=[0.1, 0.2], defaulted=[0, 1])
    assert (
        runner.run_check(check_of(run), Planned("made_up", Force.AMBER), sample, standard()).verdict
        == "error"
    )


@pytest.mark.parametrize(
    ("force", "severity", "word"),
    [
        (Force.BLOCKING, Severity.RED, "failed"),
        (Force.BLOCKING, Severity.AMBER, "amber"),
        (Force.AMBER, Severity.RED, "amber"),
        (Force.AMBER, Severity.AMBER, "amber"),
        (Force.REPORTED, Severity.RED, "reported"),
        (Force.REPORTED, Severity.AMBER, "reported"),
    ],
)
def test_failure_is_as_grave_as_the_standard_lets_it_be(force, severity, word):
    judged = Judgement(Verdict.FAILED, "Beyond.", severity)
    assert word_of(runner.under(force, judged)) == word


def test_insufficient_data_stays_what_it_is_under_every_force():
    judged = Judgement(Verdict.INSUFFICIENT_DATA, "Too few.")
    assert {word_of(runner.under(force, judged)) for force in Force} == {"insufficient_data"}


def test_numbers_are_kept_as_text_that_reads_back_exactly():
    value = 0.1 + 0.2
    plain = Measurement("x", "X", value, n=3).plain()
    assert plain["value"] == "0.30000000000000004"
    assert float(plain["value"]) == value
    table = Table(("a", "b"), ((value, "≤25"), (3, None))).plain()
    assert table["rows"] == [["0.30000000000000004", "≤25"], ["3", None]]
    canonical.dumps([plain, table])


def test_progress_is_told_before_every_check():
    told: list[tuple[str, int]] = []
    short = dataclasses.replace(
        standard(), plan=(Planned("brier", Force.REPORTED), Planned("spiegelhalter", Force.REPORTED))
    )
    sample = bare_sample(
        pds=np.linspace(0.05, 0.6, 400),
        defaulted=outcomes(5, np.linspace(0.05, 0.6, 400)),
        quality={"target_rate": "0.3"},
    )
    made = runner.run_plan(sample, short, progress=lambda step, percent: told.append((step, percent)))
    assert [outcome.verdict for outcome in made] == ["reported", "reported"]
    assert [step for step, _ in told] == ["Brier score and its parts", "Spiegelhalter test"]
    assert all(0 < percent < 100 for _, percent in told)


def test_default_that_had_no_chance_leaves_the_brier_score_standing():
    sample = bare_sample(pds=[0.0, 0.2, 0.4, 0.6], defaulted=[1, 0, 0, 1])
    found = brier.run(sample, standard())
    told = {each.name: each for each in found.measurements}
    assert told["brier"].value == pytest.approx((1 + 0.04 + 0.16 + 0.16) / 4)
    assert told["log_loss"].value is None
    assert "infinite" in told["log_loss"].plain()["why"]


def test_handbook_of_the_checks_is_the_committed_page():
    committed = Path(__file__).resolve().parents[2] / "docs" / "battery.md"
    assert committed.read_text() == handbook.page(standard())


def test_limits_that_name_a_number_name_the_one_that_is_used():
    tried = (counterfactuals.MOST_ROWS, counterfactuals.VALUES)
    assert [int(each) for each in re.findall(r"\d+", counterfactuals.CHECK.limits)] == [*tried]
    drawn = (reason_stability.MOST_ROWS, reason_stability.BACKGROUND)
    assert [int(each) for each in re.findall(r"\d+", reason_stability.CHECK.limits)] == [*drawn]
