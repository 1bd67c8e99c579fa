"""Requests and sign-offs: bound to the evidence, by independent people, exactly as many as the tier asks for."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import grant_role
from accounts.stepup import Proof
from approvals.models import ApprovalRequest, SignOff
from approvals.selectors import missing_signoffs, why_actor_cannot_sign
from approvals.services import open_request, sign_off, void_requests
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Blocked, Invalid, NotAllowed, Stale, WrongStage
from tests.validation.cases import Case, case_in_validation, signing
from validation.findings import Raised
from validation.services import complete_run, open_finding


@pytest.fixture
def validated(case) -> Case:
    case.evidence()
    case.concluded()
    return case


@pytest.fixture
def request_(validated) -> ApprovalRequest:
    return open_request(actor=validated.cast.dana, version=validated.version)


def about(case, event: Event) -> int:
    return count_about(Subject("version", str(case.version.pk)), event)


def sign(case, request, user, verdict="approve", **changed):
    signed = signing(user, case.version, f"signoff:{verdict}", **changed)
    return sign_off(actor=user, request=request, verdict=verdict, signature=signed)


def state(request) -> str:
    request.refresh_from_db()
    return request.state


# --- Asking ---------------------------------------------------------------------------------------------------


def test_request_binds_the_evidence_that_was_concluded_on(validated, request_):
    assert validated.stage() == "in_review"
    assert request_.evidence_digest == request_.conclusion.evidence_digest
    assert request_.quorum == 2
    assert about(validated, Event.REQUEST_OPENED) == 1


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_developer_and_validator_ask(validated, who):
    with pytest.raises(NotAllowed):
        open_request(actor=getattr(validated.cast, who), version=validated.version)
    assert validated.stage() == "validated"
    assert not ApprovalRequest.objects.exists()


def test_version_in_validation_is_not_requested(case):
    with pytest.raises(WrongStage):
        open_request(actor=case.cast.dana, version=case.version)
    assert about(case, Event.REQUEST_OPENED) == 0


def test_second_request_is_refused(validated, request_):
    with pytest.raises(WrongStage):
        open_request(actor=validated.cast.dana, version=validated.version)
    row = ApprovalRequest.objects.get(pk=request_.pk)
    row.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# --- Signing --------------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:approval")
def test_second_approver_completes_the_quorum_and_makes_the_move(validated, request_):
    sign(validated, request_, validated.cast.ada)
    assert (validated.stage(), state(request_), missing_signoffs(request_)) == ("in_review", "open", 1)
    sign(validated, request_, validated.cast.amir)
    assert (validated.stage(), state(request_)) == ("approved", "granted")
    assert validated.version.expires_at > clock.now() + dt.timedelta(days=360)
    assert about(validated, Event.SIGNOFF_RECORDED) == 2
    assert about(validated, Event.VERSION_APPROVED) == 1
    assert validated.version.changes.get(move="approve").made_by == validated.cast.amir


@pytest.mark.parametrize("who", ["dana", "victor", "otto", "lia", "quinn", "root", "olga"])
def test_nobody_but_an_approver_signs(validated, request_, who):
    with pytest.raises(NotAllowed):
        sign(validated, request_, getattr(validated.cast, who))
    assert not SignOff.objects.exists()
    assert about(validated, Event.SIGNOFF_RECORDED) == 0


@pytest.mark.parametrize(("who", "part"), [("dana", "author"), ("victor", "concluding validator")])
def test_insider_with_the_role_does_not_sign(validated, request_, who, part):
    user = getattr(validated.cast, who)
    grant_role(actor=the_installation(), user=user, role="approver")
    with pytest.raises(NotAllowed, match=part):
        sign(validated, request_, user)
    assert part in why_actor_cannot_sign(actor=user, request=request_)


def test_second_account_of_a_person_counts_once(validated, request_):
    sign(validated, request_, validated.cast.ada)
    twin = User(username="ada2", person=validated.cast.ada.person)
    twin.set_password(validated.cast.PASSWORD)
    twin.save()
    grant_role(actor=the_installation(), user=twin, role="approver")
    with pytest.raises(NotAllowed, match="count once"):
        sign(validated, request_, twin)
    assert validated.stage() == "in_review"


def test_nobody_signs_twice(validated, request_):
    sign(validated, request_, validated.cast.ada)
    with pytest.raises(NotAllowed, match="signed this request already"):
        sign(validated, request_, validated.cast.ada)
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize(
    ("verdict", "stage", "closed"), [("reject", "rejected", "rejected"), ("return", "draft", "returned")]
)
def test_one_approver_rejects_or_returns(validated, request_, verdict, stage, closed):
    sign(validated, request_, validated.cast.ada, verdict)
    assert (validated.stage(), state(request_)) == (stage, closed)
    with pytest.raises(WrongStage):
        sign(validated, request_, validated.cast.amir)


def test_wrong_password_signs_nothing(validated, request_):
    with pytest.raises(NotAllowed, match="password"):
        sign(validated, request_, validated.cast.ada, proof=Proof("wrong"))
    assert not SignOff.objects.exists()
    assert about(validated, Event.SIGNOFF_RECORDED) == 0


def test_challenge_for_a_rejection_does_not_approve(validated, request_):
    signed = signing(validated.cast.ada, validated.version, "signoff:reject")
    with pytest.raises(NotAllowed):
        sign_off(actor=validated.cast.ada, request=request_, verdict="approve", signature=signed)


def test_unknown_verdict_and_empty_words_are_refused(validated, request_):
    signed = signing(validated.cast.ada, validated.version, "signoff:approve")
    with pytest.raises(Invalid):
        sign_off(actor=validated.cast.ada, request=request_, verdict="bless", signature=signed)
    with pytest.raises(Invalid):
        sign(validated, request_, validated.cast.ada, rationale=" ")


def test_what_changed_since_it_was_shown_is_not_signed(validated, request_):
    signed = signing(validated.cast.ada, validated.version, "signoff:approve")
    open_finding(
        actor=validated.cast.victor, version=validated.version, raised=Raised("New", "Seen late.", "low")
    )
    with pytest.raises(Stale):
        sign_off(actor=validated.cast.ada, request=request_, verdict="approve", signature=signed)
    assert not SignOff.objects.exists()


def test_open_critical_finding_holds_back_the_signature_that_would_approve(validated, request_):
    sign(validated, request_, validated.cast.ada)
    open_finding(
        actor=validated.cast.victor, version=validated.version, raised=Raised("Leak", "It leaks.", "critical")
    )
    with pytest.raises(Blocked):
        sign(validated, request_, validated.cast.amir)
    assert SignOff.objects.count() == 1
    assert validated.stage() == "in_review"


# --- New evidence ---------------------------------------------------------------------------------------------


@pytest.mark.control("SR26-2:new-evidence")
def test_new_evidence_voids_the_open_request_and_its_signatures(validated, request_, work):
    sign(validated, request_, validated.cast.ada)
    validated.evidence(brier="inconclusive")
    assert validated.stage() == "in_validation"
    # Even before the reaction has run, nobody can sign what is out of date.
    with pytest.raises(WrongStage):
        sign(validated, request_, validated.cast.amir)
    void_requests(actor=validated.cast.victor, version=validated.version)
    assert state(request_) == "void"
    assert about(validated, Event.REQUEST_VOIDED) == 1
    validated.concluded()
    fresh = open_request(actor=validated.cast.dana, version=validated.version)
    sign(validated, fresh, validated.cast.amir)
    assert (validated.stage(), missing_signoffs(fresh)) == ("in_review", 1)


def test_reaction_to_new_evidence_is_queued_in_the_same_transaction(validated, request_):
    from jobs.models import Job

    validated.evidence()
    waiting = Job.objects.filter(kind="void-requests", subject_id=str(validated.version.pk), state="queued")
    assert waiting.count() == 2


def test_same_numbers_measured_again_void_the_request_too(validated, request_):
    validated.evidence()
    assert void_requests(actor=validated.cast.victor, version=validated.version) == 1
    assert state(request_) == "void"


def test_request_on_the_newest_evidence_is_left_alone(validated, request_):
    assert void_requests(actor=validated.cast.victor, version=validated.version) == 0
    assert state(request_) == "open"


def test_stale_request_does_not_stand_in_the_way_of_the_next(validated, request_):
    validated.evidence()
    validated.concluded()
    fresh = open_request(actor=validated.cast.dana, version=validated.version)
    assert state(request_) == "void"
    assert fresh.state == "open"


def test_approved_version_stays_in_force_and_a_failed_check_opens_a_finding(validated, request_):
    sign(validated, request_, validated.cast.ada)
    sign(validated, request_, validated.cast.amir)
    validated.evidence(adverse_impact_age="failed")
    assert validated.stage() == "approved"
    assert state(request_) == "granted"
    finding = validated.version.findings.get()
    assert (finding.severity, finding.result.check_id) == ("high", "adverse_impact_age")


# --- Tiers ----------------------------------------------------------------------------------------------------


def test_tier_two_takes_one_approver(cast, drawn):
    case = case_in_validation(cast, drawn, tier=2)
    case.evidence()
    case.concluded()
    request = open_request(actor=cast.dana, version=case.version)
    sign(case, request, cast.ada)
    assert case.stage() == "approved"


def test_tier_three_is_approved_by_the_request_itself(cast, drawn):
    case = case_in_validation(cast, drawn, tier=3)
    case.evidence()
    case.concluded()
    request = open_request(actor=cast.dana, version=case.version)
    assert (case.stage(), state(request)) == ("approved", "granted")
    assert not SignOff.objects.exists()
    assert about(case, Event.VERSION_APPROVED) == 1


# --- What the database itself refuses --------------------------------------------------------------------------


def row(case, request, user, **changed) -> SignOff:
    columns = {
        "request": request,
        "verdict": "approve",
        "user": user,
        "person": user.person,
        "printed_name": user.name,
        "meaning": "signoff:approve",
        "rationale": "So.",
        "evidence_digest": request.evidence_digest,
        "shown_digest": "0" * 64,
        "governance_digest": "0" * 64,
        "at": clock.now(),
    }
    return SignOff(**columns | changed)


@pytest.mark.parametrize("who", ["dana", "victor"])
def test_database_refuses_a_signature_of_an_insider(validated, request_, who):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(validated, request_, getattr(validated.cast, who)).save(force_insert=True)


def test_database_refuses_a_signature_in_anothers_name(validated, request_):
    forged = row(validated, request_, validated.cast.ada, person=validated.cast.amir.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        forged.save(force_insert=True)


def test_database_refuses_a_signature_on_other_evidence(validated, request_):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(validated, request_, validated.cast.ada, evidence_digest="f" * 64).save(force_insert=True)


def test_database_refuses_an_approval_without_its_quorum(validated, request_):
    sign(validated, request_, validated.cast.ada)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_modelversion SET stage = 'approved', expires_at = CURRENT_TIMESTAMP")


def test_database_refuses_to_change_a_signature_or_a_closed_request(validated, request_):
    sign(validated, request_, validated.cast.ada, "reject")
    for sql in (
        "UPDATE approvals_signoff SET verdict = 'approve'",
        "DELETE FROM approvals_signoff",
        "UPDATE approvals_approvalrequest SET state = 'open', closed_at = NULL",
        "DELETE FROM approvals_approvalrequest",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_results_of_a_run_cannot_be_completed_by_an_approver(validated):
    run = validated.started()
    with pytest.raises(NotAllowed):
        complete_run(actor=validated.cast.ada, run=run, outcomes=validated.outcomes())
