"""The reason certificate: what its lines rest on, and what a certificate that does not hold stops."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit import guards
from mrm.lib import canonical
from mrm.lib.errors import Blocked
from registry.sealed_reasons import reasons_given_by
from tests.validation.cases import signature
from training import card
from validation.certificate import Certificate, Cited, LetStand, Line, LineState, Words, lines_of
from validation.gates import reason_certificate_holds, reason_certificate_permits_deployment
from validation.models import Conclusion
from validation.selectors import certificate_now, reason_certificate, shown
from validation.services import sign_deviation

CHECKS = ("additivity", "reason_deletion", "reason_stability", "direction", "counterfactuals")
SIGNED = LetStand("Victor Vance", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def cited(check="additivity", verdict="passed", deviation=None, *, is_blocking=True):
    return Cited(check, verdict, is_blocking, "Read.", "d" * 64, deviation)


def words(wanted=("income",), languages=("en", "pt-br")):
    reasons = [{"key": "income", "code": "R01", "texts": {"en": "Income", "pt-br": "Renda"}}]
    return Words("e" * 64, {"format": "reason-dictionary/1", "reasons": reasons}, wanted, languages)


def certified(*changed, said=None):
    found = {each: cited(each) for each in CHECKS} | {each.check: each for each in changed}
    lines = lines_of(list(found.values()), said or words())
    return Certificate("v", "a" * 64, "e" * 64, ("en", "pt-br"), lines)


def line(certificate, name):
    return next(each for each in certificate.lines if each.line is name)


def test_certificate_holds_when_every_check_passed_and_the_dictionary_is_complete():
    certificate = certified()
    assert certificate.holds
    assert certificate.state == "certificate_holds"
    assert {each.state for each in certificate.lines} == {LineState.HOLDS}
    assert [each.line for each in certificate.lines] == list(Line)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (cited(verdict="failed"), LineState.FAILS),
        (cited(verdict="failed", deviation=SIGNED), LineState.LET_STAND),
        # A standard that lets it only warn does not make the reasons true.
        (cited(verdict="amber", is_blocking=False), LineState.FAILS),
        (cited(verdict="amber"), LineState.UNDECIDED),
        (cited(verdict="inconclusive"), LineState.UNDECIDED),
        (cited(verdict="reported", is_blocking=False), LineState.UNDECIDED),
        (cited(verdict="insufficient_data"), LineState.NOT_MEASURED),
        (cited(verdict="error"), LineState.NOT_MEASURED),
    ],
)
def test_a_line_follows_from_the_verdict_of_its_check(found, state):
    certificate = certified(found)
    assert line(certificate, Line.ADDITIVITY).state is state
    assert certificate.holds == (state in {LineState.LET_STAND, LineState.UNDECIDED})
    # What holds with a line open does not read as if every line held.
    assert certificate.state == ("certificate_open" if certificate.holds else "certificate_not_held")


@pytest.mark.parametrize("check", ["additivity", "reason_deletion"])
def test_what_reasons_rest_on_must_be_measured(check):
    assert not certified(cited(check, "insufficient_data")).holds


@pytest.mark.parametrize("check", ["reason_stability", "direction", "counterfactuals"])
def test_what_may_have_nothing_to_measure_on_does_not_stop(check):
    assert certified(cited(check, "insufficient_data")).holds
    assert not certified(cited(check, "failed")).holds


def test_check_that_the_standard_does_not_plan_is_not_measured():
    lines = lines_of([cited(each) for each in CHECKS if each != "additivity"], words())
    assert (lines[0].state, lines[0].because) == (LineState.NOT_MEASURED, "not_planned")
    assert lines_of(None, words())[0].because == "no_run"


def test_dictionary_fails_by_each_reason_and_language_it_has_no_words_for():
    said = words(wanted=("income", "age"), languages=("en", "pt-br", "es"))
    certificate = certified(said=said)
    lacking = {("income", "es"), ("age", "en"), ("age", "pt-br"), ("age", "es")}
    assert set(line(certificate, Line.DICTIONARY).lacking) == lacking
    assert not certificate.holds


def test_dictionary_is_not_measured_where_the_groups_are_not_the_sealed_ones():
    assert not certified(said=words(wanted=None)).holds


def test_digest_changes_with_what_a_line_rests_on():
    other = Cited("additivity", "passed", True, "Read.", "f" * 64)  # noqa: FBT003 (a row of facts)
    assert certified().digest == certified().digest
    assert certified(other).digest != certified().digest


def test_lines_cite_the_stored_results_by_their_digest(case):
    case.evidence()
    certificate = reason_certificate(actor=case.cast.quinn, version=case.version)
    assert line(certificate, Line.SIGN).rests_on == case.result("direction").digest
    assert line(certificate, Line.DICTIONARY).rests_on == case.version.dictionary.digest
    assert certificate.holds
    assert canonical.digest(certificate.document) == certificate.digest


def test_signer_is_shown_the_certificate_by_its_digest(case):
    case.evidence()
    certificate = certificate_now(case.version)
    content = shown(case.version).content
    assert content["certificate"] == {"digest": certificate.digest, "holds": True}


@pytest.mark.control("SR26-2:validation")
@pytest.mark.parametrize("failed", [{"reason_deletion": "failed"}, {"additivity": "amber"}])
def test_version_whose_reasons_fail_is_not_concluded_fit(case, failed):
    case.evidence(**failed)
    with pytest.raises(Blocked) as refused:
        case.concluded()
    assert any(
        "The reason certificate of card-limit v1 does not hold." in each for each in refused.value.reasons
    )
    assert case.stage() == "in_validation"


def test_signed_deviation_lets_the_line_stand_and_the_version_go_on(case):
    case.evidence(reason_deletion="failed")
    signed = signature(case.cast.victor, case.version, "deviation")
    sign_deviation(actor=case.cast.victor, result=case.result("reason_deletion"), **signed)
    certificate = certificate_now(case.version)
    assert line(certificate, Line.DELETION_FIDELITY).state is LineState.LET_STAND
    assert line(certificate, Line.DELETION_FIDELITY).plain()["deviation"]["by"] == "Victor Vance"
    case.concluded()
    assert case.stage() == "validated"


def test_language_that_the_product_learnt_later_is_lacking(case, settings):
    case.evidence()
    settings.LANGUAGES = [*settings.LANGUAGES, ("es", "Español")]
    said = reason_certificate_holds(actor=case.cast.victor, subject=case.version)
    assert said is not None
    assert "(es)" in said
    assert "Propose a complete dictionary" in said


def test_groups_of_a_recipe_count_only_by_the_digest_that_was_sealed(case):
    groups = [group.key for group in card.groups()]
    assert reasons_given_by(case.version) == tuple(groups)
    case.version.candidate.recipe["reasons"]["groups"].pop()
    assert reasons_given_by(case.version) is None


def test_before_the_approval_only_a_line_that_fails_stops_a_deployment(case):
    actor, version = case.cast.otto, case.version
    assert reason_certificate_holds(actor=actor, subject=version) is not None
    assert reason_certificate_permits_deployment(actor=actor, subject=version) is None
    case.tested(additivity="amber")
    assert reason_certificate_permits_deployment(actor=actor, subject=version) is not None


def test_approved_version_without_measured_reasons_is_not_deployed(case):
    case.tested(additivity="insufficient_data")
    case.version.stage = "approved"
    said = reason_certificate_permits_deployment(actor=case.cast.otto, subject=case.version)
    assert said is not None
    assert "Additivity" in said


@pytest.mark.parametrize(
    "found", [{"reason_deletion": "failed"}, {"direction": "amber"}, {"additivity": "insufficient_data"}]
)
def test_database_says_the_same_of_the_checks(case, found):
    guard = next(each for each in guards.declared() if each.name == "validation_conclusion_certified")
    with pytest.raises(IntegrityError, match=guard.message), transaction.atomic():
        _fit(case, case.evidence(**found)).save(force_insert=True)


def test_database_takes_a_conclusion_on_reasons_that_hold(case):
    _fit(case, case.evidence(reason_stability="reported", counterfactuals="insufficient_data")).save()


def _fit(case, run):
    return Conclusion(version=case.version, run=run, verdict="fit", **_columns(case, run.evidence_digest))


def _columns(case, evidence):
    from validation.signing import Signature, signed_columns

    signed = signature(case.cast.victor, case.version, "conclusion:fit")
    signing = Signature(meaning="conclusion:fit", **signed)
    return signed_columns(actor=case.cast.victor, signature=signing, evidence_digest=evidence)
