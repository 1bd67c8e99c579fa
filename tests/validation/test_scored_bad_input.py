"""Whatever stands in a table of outcomes and scores: the file is refused with its column and count, or every check
answers in words. No run crashes, and nothing that was not measured passes."""

from __future__ import annotations

import numpy as np
import pytest

from registry.frames import TableRefused
from tests.validation import scored
from tests.validation.cases import accepted_model
from tests.validation.samples import standard
from validation import elsewhere, runner

ROWS = 900
NEED_THE_MODEL = (
    "artefact_digest", "serving_parity", "determinism", "importance", "additivity", "reason_deletion",
    "direction", "noise", "stress_shifts",
)  # fmt: skip
# What nobody learns of a model from its outcomes and scores: its inputs, and the version it would replace.
NOT_BROUGHT = (
    "data_quality", "information_value", "paired_discrimination", "psi_features", "feature_shift", "proxy_screen",
    "reason_stability", "counterfactuals", "overfit_gap",
)  # fmt: skip


@pytest.fixture
def answered(cast):
    def run(frame, **changes):
        sample = scored.frozen_sample(cast.dana, accepted_model(cast), frame, **changes)
        rules = standard()
        made = elsewhere.gather(actor=cast.victor, sample=sample, standard=rules)
        outcomes = runner.run_plan(made, rules, progress=lambda _title, _percent: None)
        return {each.check_id: each for each in outcomes}

    return run


def errors(found) -> list[str]:
    return [name for name, each in found.items() if each.verdict == "error"]


@pytest.mark.control("SR26-2:validation")
def test_the_whole_battery_answers_and_what_needs_the_model_says_that_it_lives_elsewhere(answered):
    found = answered(scored.table())
    assert (len(found), errors(found)) == (len(standard().plan), [])
    told = {name: found[name].headline for name in NEED_THE_MODEL}
    assert set(told.values()) == {elsewhere.NOT_SEALED}
    silent = (*NEED_THE_MODEL, *NOT_BROUGHT)
    assert {found[name].verdict for name in silent} == {"insufficient_data"}
    # Planted: PDs are calibrated, and the young have higher ones.
    for name in ("jeffreys_portfolio", "jeffreys_grades", "psi_score", "adverse_impact_sex"):
        assert found[name].verdict == "passed", found[name].headline
    assert found["adverse_impact_age"].verdict == "failed"
    assert found["expected_loss"].verdict == "reported"


def test_grades_are_those_that_were_given_and_not_cut_from_pds(answered):
    frame = scored.table(ROWS)
    upside_down = frame.assign(GRADE=frame["GRADE"].map({"A": "C", "B": "B", "C": "A"}))
    assert answered(upside_down)["jeffreys_grades"].verdict == "failed"


WITHOUT = {
    "no dates": (("date",), ("vintages", "walk_forward"), "insufficient_data"),
    "no money": (("exposure", "realised", "currency"), ("scenario_profit", "expected_loss"), "insufficient_data"),
    "no cut-offs": (("approve_below", "decline_from"), ("confusion", "adverse_impact_sex"), "insufficient_data"),
    "no grades": (("grade", "grades"), ("jeffreys_grades", "traffic_light", "concentration"), "insufficient_data"),
    "no development": (("reference",), ("psi_score", "auc_decline", "concentration"), "insufficient_data"),
    "no protected": (("protected",), ("adverse_impact_sex", "adverse_impact_age"), "insufficient_data"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT)
def test_what_was_not_brought_is_not_measured(answered, name):
    roles, checks, verdict = WITHOUT[name]
    found = answered(scored.table(ROWS), **scored.without(*roles))
    assert errors(found) == []
    assert {check: found[check].verdict for check in checks} == dict.fromkeys(checks, verdict)


def test_amounts_in_another_money_are_not_added_up(answered):
    found = answered(scored.table(ROWS), currency="EUR")
    for name in ("scenario_profit", "expected_loss"):
        assert found[name].verdict == "insufficient_data"
        assert "in EUR; the standard counts in TWD" in found[name].headline


def _third(frame, column):
    return frame.assign(**{column: frame[column].where(np.arange(len(frame)) % 3 != 1)})


# What may stand in a table, and the checks that must then not pass.
ODD = {
    "nobody defaulted": (lambda t: t.assign(BAD=0), ("discrimination", "ranking", "brier", "cox_calibration")),
    "everybody defaulted": (lambda t: t.assign(BAD=1), ("discrimination", "jeffreys_portfolio", "brier")),
    "equal scores": (lambda t: t.assign(PD=0.1), ("psi_score", "cox_calibration", "auc_decline")),
    "PDs of 0 and 1": (lambda t: t.assign(PD=t["PD"].where(t.index % 40 != 0, t.index % 80 / 40)), ("cox_calibration",)),
    "a grade without anybody": (lambda t: t.assign(GRADE=t["GRADE"].replace("B", "C")), ("jeffreys_grades",)),
    "groups of one": (lambda t: t.assign(AGE=[62, *[30] * (len(t) - 1)]), ("adverse_impact_age",)),
    "a third without age": (lambda t: _third(t, "AGE"), ("adverse_impact_age",)),
    "sex as text": (lambda t: t.assign(SEX="f"), ("adverse_impact_sex",)),
    "a segment as text": (lambda t: t.assign(LIMIT_BAL="high"), ()),
    "almost no rows": (lambda t: t.head(6), ("jeffreys_portfolio", "adverse_impact_sex", "psi_score")),
    "no profit known": (lambda t: t.assign(PROFIT=np.nan), ("realised_profit",)),
    "one day": (lambda t: t.assign(DECIDED="2024-05-05"), ()),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_data_are_answered_in_words_and_never_pass(answered, name):
    spoil, checks = ODD[name]
    found = answered(spoil(scored.table(ROWS)))
    assert errors(found) == []
    assert [check for check in checks if found[check].verdict == "passed"] == []


REFUSED = {
    "a PD is not a number": (lambda t: t.assign(PD=t["PD"].where(t.index != 4)), "in 1 of 900 rows the column 'PD' is empty, first in row 5"),
    "a PD above 1": (lambda t: t.assign(PD=t["PD"] * 100), "lies outside 0 to 1"),
    "an infinite PD": (lambda t: t.assign(PD=np.inf), "lies outside 0 to 1"),
    "classes for PDs": (lambda t: t.assign(PD=t["BAD"]), "holds classes"),
    "words for PDs": (lambda t: t.assign(PD="low"), "'PD' is text"),
    "three outcomes": (lambda t: t.assign(BAD=t["PAY_0"]), "is neither 0 nor 1"),
    "no outcome": (lambda t: _third(t, "BAD"), "in 300 of 900 rows the column 'BAD' is empty, first in row 2"),
    "an empty grade": (lambda t: _third(t, "GRADE"), "the column 'GRADE' is empty"),
    "a grade nobody declared": (lambda t: t.assign(GRADE="secret"), "is no grade with a declared PD"),
    "standardised money": (lambda t: t.assign(EXPOSURE=np.linspace(-1, 1, ROWS)), "is negative, as in standardised data"),
    "scaled money": (lambda t: t.assign(EXPOSURE=np.linspace(0, 1, ROWS)), "nowhere above 1"),
    "no readable date": (lambda t: t.assign(DECIDED="soon"), "not one date"),
    "all of development": (lambda t: t.assign(DEVELOPMENT=1), "is the same in every row"),
    "no such column": (lambda t: t.drop(columns="PD"), "lacks the declared columns 'PD'"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_judged_is_refused_by_column_and_count_and_no_cell_is_told(cast, name):
    spoil, words = REFUSED[name]
    with pytest.raises(TableRefused) as refusal:
        scored.frozen_sample(cast.dana, accepted_model(cast), spoil(scored.table(ROWS)))
    assert words in str(refusal.value)
    assert "secret" not in str(refusal.value)
