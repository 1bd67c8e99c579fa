"""When two numbers agree: within tolerances that stand beforehand, and never where one is missing."""

from __future__ import annotations

import copy

import pytest

from validation.reperformance.comparing import Recorded, compared
from validation.reperformance.rows import Again, Outcome, Reading, Way
from validation.reperformance.tolerances import frozen

NUMBERS = {"low": None, "high": None, "p": None, "p_adjusted": None, "n": 9, "power": None, "limit": None}
AUC = {"name": "auc", "label": "AUC", "value": "0.75", **NUMBERS, "verdict": None, "why": ""}
RESULT = {
    "check": "discrimination",
    "verdict": "reported",
    "measurements": [AUC],
    "tables": {"roc": {"columns": ["x", "name"], "rows": [["0.5", "all"], [None, "none"]]}},
}
DIGEST = "a" * 64


def rows(value=0.75, *, stored=RESULT, again=RESULT, metrics=None):
    recorded = Recorded([stored], DIGEST, DIGEST, DIGEST, 9, DIGEST, metrics or {})
    reading = Reading("discrimination", "auc", value, "scikit-learn")
    return compared(recorded, Again([again], [reading], DIGEST, 9, DIGEST), frozen())


def outcome(found, measure, way):
    [row] = [row for row in found if row.measure == measure and row.way is way]
    return row.outcome


def altered(**changed):
    stored = copy.deepcopy(RESULT)
    stored["measurements"][0].update(changed)
    return stored


def test_what_is_the_same_agrees_everywhere():
    assert {row.outcome for row in rows()} == {Outcome.AGREES}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.75 + 5e-10, Outcome.AGREES),
        (0.75 + 2e-9, Outcome.DIFFERS),
        (float("nan"), Outcome.DIFFERS),
        (float("inf"), Outcome.DIFFERS),
        (None, Outcome.NOT_REPERFORMED),
    ],
)
def test_an_independent_number_agrees_within_its_tolerance_alone(value, said):
    assert outcome(rows(value), "auc", Way.INDEPENDENT) is said


@pytest.mark.parametrize("value", [None, "nan", "0.76"])
def test_a_recorded_number_that_was_taken_away_or_changed_differs_on_both_ways(value):
    found = rows(stored=altered(value=value))
    assert outcome(found, "auc", Way.INDEPENDENT) is Outcome.DIFFERS
    assert outcome(found, "auc", Way.REPEATED) is Outcome.DIFFERS


@pytest.mark.parametrize("changed", [{"p": "0.5"}, {"n": 8}, {"verdict": "passed"}, {"label": "Gini"}])
def test_every_figure_of_a_repeated_measurement_is_compared(changed):
    assert outcome(rows(stored=altered(**changed)), "auc", Way.REPEATED) is Outcome.DIFFERS


@pytest.mark.parametrize("cell", ["0.6", None, "nan", "some"])
def test_one_cell_of_a_table_is_enough(cell):
    again = copy.deepcopy(RESULT)
    again["tables"]["roc"]["rows"][0][0] = cell
    assert outcome(rows(again=again), "table:roc", Way.REPEATED) is Outcome.DIFFERS


def test_a_measurement_on_one_side_only_differs():
    again = {**RESULT, "measurements": []}
    assert outcome(rows(again=again), "auc", Way.REPEATED) is Outcome.DIFFERS


def test_what_was_measured_neither_time_is_not_called_agreement():
    empty = altered(value=None, verdict="insufficient_data")
    found = rows(None, stored=empty, again=empty)
    assert outcome(found, "auc", Way.REPEATED) is Outcome.NOT_REPERFORMED


def test_the_developers_number_stands_beside_with_the_part_it_was_measured_on():
    [row] = [row for row in rows(metrics={"cross_fitted_auc": 0.8}) if row.way is Way.INDEPENDENT]
    assert (row.developer, row.developer_part) == ("0.8", "cross_fitted_auc")


def test_every_tolerance_says_why():
    tolerances = frozen()
    assert set(tolerances.measures.values()) <= set(tolerances.kinds)
    assert all(len(kind.why) > 40 for kind in tolerances.kinds.values())
    with pytest.raises(KeyError):
        tolerances.of("discrimination", "nothing", "value")
