"""Section 5 of a dossier, and the mark beside every printed number."""

from __future__ import annotations

import uuid

import pytest

from reports.build.checks import measurements
from reports.build.content import NotAssessed, State, Table
from reports.build.dossier import document
from reports.build.facts import gather
from reports.signing import signing_key
from tests.reports import world
from tests.validation.performed import AGREED, APART, REPEATED, ROWS
from validation.models import CheckResult
from validation.reperformance.tolerances import frozen
from validation.reperformed import marks_of
from validation.selectors import latest_run
from validation.services import complete_reperformance

AUC = {
    "name": "auc",
    "label": "AUC",
    "value": "0.75",
    "low": None,
    "high": None,
    "p": None,
    "p_adjusted": None,
}
AUC |= {"n": 9, "power": None, "limit": None, "verdict": None, "why": ""}
RESULT = CheckResult(
    check_id="discrimination", verdict="reported", headline="Read.", measurements=[AUC], tables={}
)


def performed(case, rows):
    victor, run = case.cast.victor, latest_run(case.version)
    return complete_reperformance(actor=victor, run=run, job_id=uuid.uuid4(), rows=rows, tolerances=frozen())


def section_five(case):
    facts = gather(actor=case.cast.victor, version=case.version, signer=signing_key().signer)
    return next(each for each in document(facts).sections if each.number == 5)


def test_without_a_re_performance_the_section_says_that_nobody_did_it(approved):
    said = [block.why for block in section_five(approved).blocks if isinstance(block, NotAssessed)]
    assert any("Nobody has performed the tests of this run again" in why for why in said)


def test_the_comparison_is_printed_with_what_differs_first(approved):
    performed(approved, (AGREED, APART, REPEATED))
    tables = [block for block in section_five(approved).blocks if isinstance(block, Table)]
    rows = next(each.rows for each in tables if each.columns[0].head == "Measure")
    assert [row[6].text for row in rows] == ["differs", "agrees"]
    assert rows[0][1:5] == ("0.7000", "0.7500", "0.7600", "1e-9")
    assert (rows[1][5].text, rows[1][5].note) == ("independent", "scikit-learn roc_auc_score")


@pytest.mark.parametrize(
    ("rows", "said", "state"),
    [
        ((), "recorded", State.QUIET),
        (ROWS, "re-performed", State.GOOD),
        ((REPEATED,), "repeated", State.QUIET),
        ((APART, *ROWS), "differs", State.BAD),
    ],
)
def test_every_printed_number_says_how_it_stands(approved, rows, said, state):
    if rows:
        performed(approved, rows)
    [table] = measurements(RESULT, marks_of(latest_run(approved.version)))
    assert table.columns[-1].head == "Proof"
    assert (table.rows[0][-1].text, table.rows[0][-1].state) == (said, state)


def test_a_dossier_of_a_run_performed_again_is_drawn(approved):
    performed(approved, ROWS)
    _, first = world.rendered(approved)
    assert first.pages > 10
