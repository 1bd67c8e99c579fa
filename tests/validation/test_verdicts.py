"""Deviations and conclusions: signed by whoever had no part, on what is shown now, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts.models import SignatureChallenge, User
from accounts.selectors import the_installation
from accounts.services import grant_role
from accounts.stepup import Proof
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, Stale, WrongStage
from mrm.settings import governance
from tests.validation.cases import signature
from validation import standards
from validation.findings import Raised
from validation.models import Conclusion, Deviation
from validation.selectors import shown, what_is_missing
from validation.services import conclude, freeze_content, open_finding, sign_deviation

FAILED = {"adverse_impact_age": "failed"}


def about(case, event: Event) -> int:
    return count_about(Subject("version", str(case.version.pk)), event)


def deviate(case, user=None, **changed):
    user = user or case.cast.victor
    signed = signature(user, case.version, "deviation", **changed)
    return sign_deviation(actor=user, result=case.result("adverse_impact_age"), **signed)


def finish(case, user=None, verdict="fit", **changed):
    user = user or case.cast.victor
    signed = signature(user, case.version, f"conclusion:{verdict}", **changed)
    return conclude(actor=user, version=case.version, verdict=verdict, **signed)


def test_validator_concludes_fit_on_clean_evidence(case):
    run = case.evidence()
    made = finish(case)
    assert case.stage() == "validated"
    assert (made.evidence_digest, made.meaning, made.printed_name) == (
        run.evidence_digest,
        "conclusion:fit",
        "Victor Vance",
    )
    assert made.governance_digest == governance.digest()
    assert about(case, Event.CONCLUSION_SIGNED) == 1
    assert about(case, Event.VERSION_CONCLUDED) == 1


def changed_standard(case):
    """The same standard under the same name, with another seed."""
    content = standards.committed(case.standard.slug) | {"seed": 20270101}
    return freeze_content(actor=case.cast.victor, content=content)


def test_run_is_void_once_its_standard_was_changed(case):
    case.evidence()
    changed_standard(case)
    with pytest.raises(Blocked, match="changed on"):
        finish(case)
    assert case.stage() == "in_validation"
    missing = what_is_missing(actor=case.cast.victor, version=case.version)["conclude"]
    assert any("the run is void" in reason for reason in missing)


def test_run_under_the_changed_standard_counts_again(case):
    case.evidence()
    again = replace(case, standard=changed_standard(case))
    again.evidence()
    finish(again)
    assert again.stage() == "validated"


def test_version_that_is_not_fit_may_be_turned_down_under_any_standard(case):
    case.evidence()
    changed_standard(case)
    finish(case, verdict="returned")
    assert case.stage() == "draft"


@pytest.mark.parametrize(("verdict", "stage"), [("not_fit", "rejected"), ("returned", "draft")])
def test_other_verdicts_make_their_move(case, verdict, stage):
    case.evidence(**FAILED)
    finish(case, verdict=verdict)
    assert case.stage() == stage


def test_nothing_is_concluded_without_evidence(case):
    with pytest.raises(NotFound):
        shown(case.version)
    with pytest.raises(WrongStage, match="no validation run"):
        conclude(
            actor=case.cast.victor,
            version=case.version,
            verdict="fit",
            rationale="Yes.",
            challenge="x",
            proof=Proof("x"),
            shown_digest="0" * 64,
        )


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_nobody_but_a_validator_concludes(case, who):
    case.evidence()
    with pytest.raises(NotAllowed):
        finish(case, getattr(case.cast, who))
    assert case.stage() == "in_validation"
    assert not Conclusion.objects.exists()


@pytest.mark.control("SR26-2:independence")
def test_author_who_is_also_a_validator_does_not_conclude(case):
    case.evidence()
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="author"):
        finish(case, case.cast.dana)


def test_second_account_of_the_author_does_not_conclude(case):
    case.evidence()
    twin = User(username="dana2", person=case.cast.dana.person)
    twin.set_password(case.cast.PASSWORD)
    twin.save()
    grant_role(actor=the_installation(), user=twin, role="validator")
    with pytest.raises(NotAllowed):
        finish(case, twin)


def test_database_itself_refuses_a_conclusion_by_the_author(case):
    run = case.evidence()
    row = Conclusion(
        user=case.cast.dana,
        person=case.cast.dana.person,
        printed_name="Dana",
        meaning="conclusion:fit",
        rationale="Mine.",
        evidence_digest=run.evidence_digest,
        shown_digest="0" * 64,
        governance_digest="0" * 64,
        at=clock.now(),
        version=case.version,
        run=run,
        verdict="fit",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_failed_blocking_check_blocks_and_says_what_to_do(case):
    case.evidence(**FAILED)
    with pytest.raises(Blocked) as blocked:
        finish(case)
    assert any("Adverse impact ratio by age band" in reason for reason in blocked.value.reasons)
    assert case.stage() == "in_validation"
    assert not Conclusion.objects.exists()
    assert about(case, Event.CONCLUSION_SIGNED) == 0


@pytest.mark.parametrize("verdict", ["amber", "inconclusive", "insufficient_data"])
def test_what_is_not_a_red_failure_does_not_block_but_is_listed(case, verdict):
    case.evidence(adverse_impact_age=verdict)
    assert shown(case.version).content["unjudged"][verdict] == ["adverse_impact_age"]
    finish(case)
    assert case.stage() == "validated"


def test_check_that_ended_in_an_error_blocks_and_no_deviation_helps(case):
    case.evidence(adverse_impact_age="error")
    with pytest.raises(Conflict):
        deviate(case)
    with pytest.raises(Blocked, match="ended in an error"):
        finish(case)


def test_all_reasons_are_told_at_once(case):
    case.evidence(**FAILED)
    open_finding(
        actor=case.cast.victor, version=case.version, raised=Raised("Leak", "The target leaks.", "critical")
    )
    with pytest.raises(Blocked) as blocked:
        finish(case)
    assert len(blocked.value.reasons) == 2
    assert what_is_missing(actor=case.cast.victor, version=case.version)["conclude"] == list(
        blocked.value.reasons
    )


def test_signed_deviation_lets_a_failed_check_stand(case):
    case.evidence(**FAILED)
    deviation = deviate(case)
    assert deviation.meaning == "deviation"
    assert about(case, Event.DEVIATION_SIGNED) == 1
    finish(case)
    assert case.stage() == "validated"


def test_deviation_does_not_carry_over_to_new_evidence(case):
    case.evidence(**FAILED)
    deviate(case)
    case.evidence(**FAILED)
    with pytest.raises(Blocked):
        finish(case)


def test_passed_check_needs_no_deviation(case):
    case.evidence()
    with pytest.raises(Conflict, match="failed blocking"):
        deviate(case)


def test_database_itself_refuses_a_deviation_on_a_passed_check(case):
    run = case.evidence()
    row = Deviation(
        user=case.cast.victor,
        person=case.cast.victor.person,
        printed_name="Victor",
        meaning="deviation",
        rationale="So.",
        evidence_digest=run.evidence_digest,
        shown_digest="0" * 64,
        governance_digest="0" * 64,
        at=clock.now(),
        result=case.result("brier"),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_deviation_is_signed_once(case):
    case.evidence(**FAILED)
    deviate(case)
    with pytest.raises(Conflict, match="already"):
        deviate(case)
    assert Deviation.objects.count() == 1


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "root"])
def test_nobody_but_a_validator_signs_a_deviation(case, who):
    case.evidence(**FAILED)
    with pytest.raises(NotAllowed):
        deviate(case, getattr(case.cast, who))
    assert not Deviation.objects.exists()


def test_wrong_password_signs_nothing_and_gives_the_challenge_back(case):
    case.evidence()
    with pytest.raises(NotAllowed, match="password"):
        finish(case, proof=Proof("not it"))
    assert not Conclusion.objects.exists()
    assert not SignatureChallenge.objects.exclude(used_at=None).exists()


def test_challenge_of_another_meaning_is_refused(case):
    case.evidence()
    signed = signature(case.cast.victor, case.version, "conclusion:not_fit")
    with pytest.raises(NotAllowed):
        conclude(actor=case.cast.victor, version=case.version, verdict="fit", **signed)


def test_challenge_of_somebody_else_is_refused(case):
    case.evidence()
    signed = signature(case.cast.ada, case.version, "conclusion:fit")
    with pytest.raises(NotAllowed):
        conclude(actor=case.cast.victor, version=case.version, verdict="fit", **signed)


def test_signature_is_not_replayed(case):
    case.evidence()
    signed = signature(case.cast.victor, case.version, "conclusion:returned")
    conclude(actor=case.cast.victor, version=case.version, verdict="returned", **signed)
    with pytest.raises(WrongStage):
        conclude(actor=case.cast.victor, version=case.version, verdict="returned", **signed)


def test_expired_challenge_is_refused(case, monkeypatch):
    import datetime as dt

    case.evidence()
    signed = signature(case.cast.victor, case.version, "conclusion:fit")
    later = clock.now() + dt.timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(NotAllowed, match="minute"):
        conclude(actor=case.cast.victor, version=case.version, verdict="fit", **signed)


def test_what_changed_since_it_was_shown_is_not_signed(case):
    case.evidence()
    signed = signature(case.cast.victor, case.version, "conclusion:fit")
    open_finding(actor=case.cast.victor, version=case.version, raised=Raised("Late", "Something new.", "low"))
    with pytest.raises(Stale):
        conclude(actor=case.cast.victor, version=case.version, verdict="fit", **signed)
    assert not Conclusion.objects.exists()


def test_signature_without_words_is_refused(case):
    case.evidence()
    with pytest.raises(Invalid):
        finish(case, rationale="   ")


def test_unknown_verdict_is_refused(case):
    case.evidence()
    signed = signature(case.cast.victor, case.version, "conclusion:fit")
    with pytest.raises(Invalid, match="no such verdict"):
        conclude(actor=case.cast.victor, version=case.version, verdict="superb", **signed)


def test_run_still_going_holds_the_conclusion_back(case):
    case.evidence()
    case.started()
    with pytest.raises(Blocked, match="still going"):
        finish(case)
