"""The law to the letter, exceptions, emergencies, what is in force, and the moves of a version: what the ledger keeps of every act, which words refuse, where a limit lies. Each
test is here because a small change to the code got past the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from approvals.emergencies import ask_break_glass, open_emergency_findings
from approvals.exceptions import ask_exception
from approvals.gates import blocking_failures_are_settled, quorum_is_reached, version_is_in_force
from approvals.in_force import VersionStanding, standing_of
from approvals.models import ApprovalRequest, Emergency, ValidationException
from mrm.lib import clock
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongStage
from mrm.settings import governance
from registry.lifecycle import MOVES, move_from
from registry.models import ModelVersion
from registry.services import (
    _months_later,
    advance,
    permission_of,
    resume_version,
    retire_version,
    submit_version,
    suspend_version,
)
from tests.approvals.letter import SECOND, WORDS, demanded, refused, reread, signing
from tests.law.model import DAY, HOUR, Deed
from tests.law.rungs import NOON, _store_of_its_own, db, ladder, ladder_of_module, store
from tests.law.world import FAILED, WHY, Life
from tests.validation import cases
from tests.validation.drawing import drawn
from validation.models import Severity

__all__ = ["_store_of_its_own", "db", "drawn", "ladder", "ladder_of_module", "store"]

# --- Exceptions ---------------------------------------------------------------------------------------------------


def excepting(life: Life, *, until: dt.datetime = NOON + DAY, check: str = FAILED):
    result = life.case.result(check)
    return lambda: ask_exception(actor=life.people["victor"], result=result, until=until, why=WHY)


def test_exception_is_asked_for_one_result_and_granted_with_its_date(ladder):
    life = ladder.at("failed")
    result, request = life.case.result(FAILED), excepting(life)()
    asked = {
        "why": WHY,
        "check": FAILED,
        "result": str(result.pk),
        "result_digest": result.digest,
        "headline": result.headline,
        "until": clock.stamp(NOON + DAY),
    }
    assert {name: request.content[name] for name in asked} == asked
    assert request.subject == f"{life.case.version.pk}/{FAILED}"
    life.requests["exception"] = request.pk
    assert blocking_failures_are_settled(actor=None, subject=reread(life)) is not None
    for who in ("ada", "amir"):
        life.do(Deed(who, "sign", "exception", "approve"))
    made = ValidationException.objects.get()
    assert (made.result, made.check_id, made.granted_at, made.until) == (result, FAILED, NOON, NOON + DAY)
    facts = {"request": str(request.pk), "check": FAILED, "until": clock.stamp(NOON + DAY)}
    assert ladder.told()[-1] == ("exception:granted", facts)
    assert blocking_failures_are_settled(actor=None, subject=reread(life)) is None
    ladder.clock.move_to(NOON + DAY)
    said = blocking_failures_are_settled(actor=None, subject=reread(life))
    assert said is not None
    assert said.startswith("Blocking checks failed: ")


def test_exception_has_a_date_within_its_limit(ladder):
    life = ladder.at("failed")
    days = governance.EXCEPTION_DAYS
    wrong = ("/until", "range", f"After now, and at most {days} days from now.")
    for until in (NOON - SECOND, NOON, NOON + days * DAY + SECOND):
        refused(Invalid, excepting(life, until=until), wrong)
    assert excepting(life, until=NOON + days * DAY)().state == "open"


def test_exception_is_for_a_failed_blocking_check_of_the_newest_evidence(ladder):
    life = ladder.at("failed")
    passed = life.case.outcomes()[0].check_id
    said = refused(Conflict, excepting(life, check=passed))
    assert said == "Only a failed blocking check needs an exception; nothing was asked."
    old = excepting(life)
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "bad"))
    said = refused(Conflict, old)
    assert said == "This result is not part of the newest evidence. Ask for the newest one."


def test_old_result_of_an_approved_version_may_still_be_excepted(ladder):
    life = ladder.at("approved")
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "bad"))
    old = excepting(life)
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "good"))
    assert old().state == "open"


def test_exception_whose_date_passed_while_it_waited_is_not_granted(ladder):
    life = ladder.at("failed")
    life.requests["exception"] = excepting(life)().pk
    life.do(Deed("ada", "sign", "exception", "approve"))
    ladder.clock.move_to(NOON + DAY)
    said = refused(Conflict, lambda: life.do(Deed("amir", "sign", "exception", "approve")))
    assert said == "The date of this exception has passed. Return it, so that another one is asked."
    assert life.approvals()["exception"] == 1


# --- Break-glass --------------------------------------------------------------------------------------------------


def test_emergency_lasts_the_hours_that_were_asked(ladder):
    life = ladder.at("suspended")
    request = life.do(Deed("otto", "ask", "break-glass"))
    assert (request.content["hours"], request.content["why"]) == (4, WHY)
    life.do(Deed("ada", "sign", "break-glass", "approve"))
    made = Emergency.objects.get()
    assert (made.begins_at, made.until) == (NOON, NOON + 4 * HOUR)
    assert life.request_of("break-glass").holds_until == NOON + 24 * HOUR
    facts = {"request": str(request.pk), "until": clock.stamp(NOON + 4 * HOUR)}
    assert ladder.told()[-1] == ("emergency:begun", facts)
    assert standing_of(reread(life)).emergency_until == NOON + 4 * HOUR
    ladder.clock.move_to(NOON + 4 * HOUR)
    assert standing_of(reread(life)).emergency_until is None


@pytest.mark.parametrize(("hours", "is_taken"), [(0, False), (1, True), (24, True), (25, False)])
def test_emergency_has_from_one_to_twentyfour_hours(ladder, hours, is_taken):
    life = ladder.at("suspended")

    def asking():
        return ask_break_glass(actor=life.people["otto"], version=life.case.version, hours=hours, why=WHY)

    if is_taken:
        assert asking().content["hours"] == hours
    else:
        refused(Invalid, asking, ("/hours", "range", "From 1 to 24 hours."))


def test_finding_of_an_emergency_says_when_and_why_and_is_opened_once(ladder):
    life = ladder.at("suspended")
    life.do(Deed("otto", "ask", "break-glass"))
    life.do(Deed("ada", "sign", "break-glass", "approve"))
    version = reread(life)
    opened = [open_emergency_findings(actor=life.people["ada"], version=version) for _ in range(2)]
    finding = version.findings.get()
    assert opened == [1, 0]
    assert finding.severity == Severity.HIGH
    assert finding.title == f"Break-glass use from {NOON:%Y-%m-%d %H:%M:%S} UTC"
    until = NOON + 4 * HOUR
    assert finding.text == (
        f"{version.label} was put back into force while suspended, until {until:%Y-%m-%d %H:%M} UTC."
        f" Reason given: {WHY}"
    )


# --- In force -----------------------------------------------------------------------------------------------------

STANDS = VersionStanding("v1", "approved", NOON + DAY, None, None, None, None, NOON)


def test_why_a_version_is_not_in_force_is_said_in_this_order():
    assert STANDS.why_not_in_force is None
    emergency = replace(STANDS, stage="suspended", emergency_until=NOON + HOUR)
    assert emergency.why_not_in_force is None
    said = "Only an approved version may be deployed and score."
    out = replace(STANDS, stage="in_review", expires_at=None)
    assert out.why_not_in_force == f"v1 is in review, not approved. {said}"
    for expires_at in (None, NOON, NOON - SECOND):
        expired = replace(STANDS, expires_at=expires_at, overdue_since=NOON)
        assert expired.why_not_in_force is not None
        assert expired.why_not_in_force.startswith("The approval of v1 has expired.")
    assert replace(STANDS, expires_at=NOON + SECOND).why_not_in_force is None
    overdue = replace(STANDS, overdue_since=NOON, lapsed_check="psi").why_not_in_force
    assert overdue is not None
    assert overdue.startswith(f"A condition of the approval of v1 is overdue since {NOON:%Y-%m-%d}.")
    lapsed = replace(STANDS, lapsed_check="psi").why_not_in_force
    assert lapsed is not None
    assert lapsed.startswith("The exception for the check psi of v1 has lapsed.")


def test_standing_is_read_anew_with_the_earliest_overdue_condition(ladder):
    life = ladder.at("signed")
    conditions = [*demanded(after=3 * DAY), *demanded(after=2 * DAY), *demanded(after=9 * DAY)]
    signing(life, "amir", verdict="approve_with_conditions", conditions=conditions)()
    version = reread(life)
    assert standing_of(version).why_not_in_force is None
    assert version_is_in_force(actor=None, subject=version) is None
    ladder.clock.move_to(NOON + 2 * DAY)
    assert standing_of(version).overdue_since == NOON + 2 * DAY
    ladder.clock.move_to(NOON + 4 * DAY)
    found = standing_of(version)
    assert (found.label, found.stage, found.at) == (version.label, "approved", NOON + 4 * DAY)
    assert (found.overdue_since, found.expires_at) == (NOON + 2 * DAY, version.expires_at)
    assert "overdue" in (version_is_in_force(actor=None, subject=version) or "")


def granted_exception(ladder, life: Life, until: dt.datetime, check: str = FAILED) -> None:
    life.requests["exception"] = excepting(life, until=until, check=check)().pk
    for who in ("ada", "amir"):
        life.do(Deed(who, "sign", "exception", "approve"))


def test_lapsed_exception_is_named_until_a_later_one_of_that_check_stands(ladder):
    life = ladder.at("approved")
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "bad"))
    granted_exception(ladder, life, NOON + 2 * DAY)
    version = reread(life)
    assert standing_of(version).lapsed_check is None
    ladder.clock.move_to(NOON + 2 * DAY)
    assert standing_of(version).lapsed_check == FAILED
    granted_exception(ladder, life, NOON + 5 * DAY)
    assert standing_of(version).lapsed_check is None


def test_longest_of_two_emergencies_counts_and_only_of_this_suspension(ladder):
    life = ladder.at("suspended")
    for hours in (9, 2):
        request = ask_break_glass(actor=life.people["otto"], version=reread(life), hours=hours, why=WHY)
        life.requests["break-glass"] = request.pk
        life.do(Deed("ada", "sign", "break-glass", "approve"))
    version = reread(life)
    assert standing_of(version).emergency_until == NOON + 9 * HOUR
    assert standing_of(ladder.at("approved").case.version).emergency_until is None
    ModelVersion.objects.filter(pk=version.pk).update(stage_since=NOON + SECOND)
    assert standing_of(version).emergency_until is None


def test_emergency_of_a_version_that_was_resumed_says_nothing(ladder):
    life = ladder.at("suspended")
    life.do(Deed("otto", "ask", "break-glass"))
    life.do(Deed("ada", "sign", "break-glass", "approve"))
    life.do(Deed("otto", "ask", "resume"))
    for who in ("ada", "amir"):
        life.do(Deed(who, "sign", "resume", "approve"))
    assert standing_of(reread(life)).emergency_until is None


# --- Gates --------------------------------------------------------------------------------------------------------


def test_gate_of_the_quorum_says_what_is_missing(ladder):
    gate = lambda life: quorum_is_reached(actor=None, subject=reread(life))  # noqa: E731
    life = ladder.at("validated")
    label = life.case.version.label
    assert gate(life) == f"Nobody has asked for the approval of {label}. Open a request."
    for rung, have in (("in review", 0), ("signed", 1)):
        life = ladder.at(rung)
        label = life.case.version.label
        assert gate(life) == f"{have} of 2 independent sign-offs on {label}. Ask another approver."
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "bad"))
    said = f"The request for {label} is about older evidence. Have it concluded and requested again."
    assert gate(life) == said


def test_gate_of_the_quorum_passes_once_all_have_signed(ladder):
    life = ladder.at("signed")
    request = life.request_of("approve")
    signature = cases.signing_of(life.people["amir"], request, "signoff:approve")
    from approvals.models import SignOff
    from validation.signing import signed_columns

    columns = signed_columns(
        actor=life.people["amir"], signature=signature, evidence_digest=request.evidence_digest
    )
    SignOff(request=request, verdict="approve", **columns).save(force_insert=True)
    assert quorum_is_reached(actor=None, subject=reread(life)) is None
    # The tier is asked again: a model that has become material takes its own quorum.
    assert ApprovalRequest.objects.get(pk=request.pk).quorum == 2


@pytest.mark.parametrize(("act", "what"), [(resume_version, "resumption"), (retire_version, "retirement")])
def test_move_without_a_grant_is_blocked_in_words(ladder, act, what):
    life = ladder.at("suspended")
    ada, version = life.people["ada"], life.case.version
    with pytest.raises(Blocked) as found:
        act(actor=ada, version=version, why=WHY)
    said = f"The {what} of {version.label} is not granted. Ask for it; approvers who had no part sign."
    assert found.value.reasons == (said,)
    verb = {"resumption": "resume", "retirement": "retire"}[what]
    assert found.value.message == f"{version.label}: {verb} is blocked. {said}"


# --- The lifecycle ------------------------------------------------------------------------------------------------

# Written down by hand: name, from, to, who, what the ledger calls it.
LAW = (
    ("submit", "draft", "in_validation", "registry:version:submit", "version:submitted"),
    ("conclude", "in_validation", "validated", "registry:version:conclude", "version:concluded"),
    ("reject", "in_validation", "rejected", "registry:version:conclude", "version:rejected"),
    ("return", "in_validation", "draft", "registry:version:conclude", "version:returned"),
    ("request", "validated", "in_review", "registry:version:request", "version:requested"),
    ("approve", "in_review", "approved", "registry:version:approve", "version:approved"),
    ("reject", "in_review", "rejected", "registry:version:approve", "version:rejected"),
    ("return", "in_review", "draft", "registry:version:approve", "version:returned"),
    ("withdraw", "in_review", "validated", "registry:version:request", "version:withdrawn"),
    ("reopen", "validated", "in_validation", "registry:version:reopen", "version:reopened"),
    ("reopen", "in_review", "in_validation", "registry:version:reopen", "version:reopened"),
    ("suspend", "approved", "suspended", "registry:version:suspend", "version:suspended"),
    ("resume", "suspended", "approved", "registry:version:approve", "version:resumed"),
    ("retire", "approved", "retired", "registry:version:approve", "version:retired"),
    ("retire", "suspended", "retired", "registry:version:approve", "version:retired"),
)


def test_moves_are_these_and_no_others():
    found = [(row.name, row.source, row.target, row.permission, row.event) for row in MOVES]
    assert [tuple(str(each) for each in row) for row in found] == list(LAW)


def test_move_is_found_by_its_name_and_where_it_begins():
    found = {(row.name, row.source): row for row in MOVES}
    for name in {row.name for row in MOVES}:
        for source in {row.source for row in MOVES}:
            assert move_from(name, source) == found.get((name, source))


def test_submission_names_the_submitter_and_its_stage_in_a_refusal(ladder):
    life = ladder.at("draft")
    dora = life.people["dora"]
    moved = submit_version(actor=dora, version=life.case.version)
    stored = reread(life)
    assert (moved.stage, moved.submitter, stored.stage) == ("in_validation", dora.person, "in_validation")
    assert stored.submitter == dora.person
    assert ladder.told()[-1][0] == "version:submitted"
    assert "why" not in ladder.told()[-1][1]
    said = refused(WrongStage, lambda: submit_version(actor=dora, version=stored))
    assert said == f"Cannot submit {stored.label}: it is in validation, not draft."
    nobody = refused(NotAllowed, lambda: submit_version(actor=life.people["ada"], version=stored))
    assert "registry:version:submit for card-limit-1" in nobody


def test_move_out_of_place_names_every_stage_it_has(ladder):
    life = ladder.at("in validation")
    victor, ada, version = life.people["victor"], life.people["ada"], life.case.version
    said = refused(WrongStage, lambda: advance(actor=victor, version=version, move="reopen"))
    assert said == f"Cannot reopen {version.label}: it is in validation, not in review or validated."
    said = refused(WrongStage, lambda: advance(actor=ada, version=version, move="retire"))
    assert said == f"Cannot retire {version.label}: it is in validation, not approved or suspended."
    said = refused(NotFound, lambda: advance(actor=ada, version=version, move="promote"))
    assert said == "The lifecycle has no move named promote."
    nobody = refused(NotAllowed, lambda: advance(actor=life.people["quinn"], version=version, move="return"))
    assert "registry:version:conclude for card-limit-1" in nobody


def test_move_that_has_two_places_asks_for_the_first_where_it_has_none(ladder):
    life = ladder.at("draft")
    version = life.case.version
    said = refused(WrongStage, lambda: advance(actor=life.people["victor"], version=version, move="reject"))
    assert said == f"Cannot reject {version.label}: it is draft, not in review or in validation."


def test_permission_is_that_of_the_stage_where_the_version_stands(ladder):
    life = ladder.at("in review")
    version = life.case.version
    nobody = refused(NotAllowed, lambda: advance(actor=life.people["victor"], version=version, move="reject"))
    assert "registry:version:approve" in nobody
    stale = reread(life)
    stale.stage = "in_validation"
    # Whoever may reject at the stage of an old copy may not at the present one.
    refused(WrongStage, lambda: advance(actor=life.people["victor"], version=stale, move="reject"))


def test_request_approves_by_itself_only_where_no_approver_is_asked():
    approve, reject = move_from("approve", "in_review"), move_from("reject", "in_review")
    for tier, wanted in ((1, "approve"), (2, "approve"), (3, "request"), (None, "approve")):
        risk_model = SimpleNamespace(tier=tier)
        assert permission_of(approve, risk_model) == f"registry:version:{wanted}"
        assert permission_of(reject, risk_model) == "registry:version:approve"


def test_suspension_is_noted_with_its_reason_and_keeps_its_date(ladder):
    life = ladder.at("approved")
    otto, version = life.people["otto"], life.case.version
    empty = ("/why", "required", "Say why, in a sentence others can act on.")
    refused(Invalid, lambda: suspend_version(actor=otto, version=version, why=" "), empty)
    nobody = refused(NotAllowed, lambda: suspend_version(actor=life.people["ada"], version=version, why=" "))
    assert "registry:version:suspend for card-limit-1" in nobody
    until = version.expires_at
    moved = suspend_version(actor=otto, version=version, why=WHY)
    assert (moved.stage, moved.stage_since, reread(life).expires_at) == ("suspended", NOON, until)
    event, facts = ladder.told()[0]
    assert (event, facts["why"], facts["from"], facts["to"]) == (
        "version:suspended",
        WORDS,
        "approved",
        "suspended",
    )
    assert "expires_at" not in facts


def test_resumption_keeps_the_date_of_the_approval_and_names_it(ladder):
    life = ladder.at("suspended")
    until = life.case.version.expires_at
    life.do(Deed("otto", "ask", "resume"))
    ladder.clock.shift(60)
    for who in ("ada", "amir"):
        life.do(Deed(who, "sign", "resume", "approve"))
    assert (reread(life).stage, reread(life).expires_at) == ("approved", until)
    facts = dict(ladder.told())["version:resumed"]
    assert (facts["expires_at"], facts["why"]) == (clock.stamp(until), WORDS)


def test_retirement_follows_from_its_grant(ladder):
    life = ladder.at("approved")
    life.do(Deed("otto", "ask", "retire"))
    for who in ("ada", "amir"):
        life.do(Deed(who, "sign", "retire", "approve"))
    assert reread(life).stage == "retired"
    events = [event for event, _ in ladder.told()]
    assert events[-2:] == ["request:closed", "version:retired"]


def test_rejected_act_moves_nothing_and_executes_nothing(ladder):
    life = ladder.at("approved")
    life.do(Deed("otto", "ask", "retire"))
    life.do(Deed("ada", "sign", "retire", "reject"))
    assert (reread(life).stage, life.request_of("retire").state) == ("approved", "rejected")


@pytest.mark.parametrize(
    ("moment", "months", "wanted"),
    [
        ("2026-03-15", 12, "2027-03-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-08-31", 36, "2029-08-31"),
        ("2026-10-31", 1, "2026-11-30"),
    ],
)
def test_months_end_on_the_same_day_or_the_last(moment, months, wanted):
    begins = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    assert f"{_months_later(begins, months):%Y-%m-%d}" == wanted
