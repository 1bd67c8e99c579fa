"""Installed packs: kept once, signed by somebody else, asked of standards, crossed with evidence that exists."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib.errors import Conflict, Invalid, NotAllowed, Stale, Unavailable
from tests.validation.cases import pack_signature
from tests.validation.test_packs import of_the_bank
from validation import standards
from validation.installing import install_pack, install_shipped, review_pack
from validation.models import PackReview, PolicyPack
from validation.pack_selectors import cross_reference, packs, packs_of, read
from validation.packs import reading
from validation.packs.crossing import Because, Standing
from validation.services import freeze_content

TAIWAN = {"jurisdictions": ["TW"]}


def reviewed(user, pack, **changed):
    return review_pack(actor=user, pack=pack, **pack_signature(user, pack, **changed))


@pytest.fixture
def own(cast):
    """A pack of the bank's own that a limit in Taiwan falls under, with a floor as strict as the standard."""
    return install_pack(actor=cast.victor, content=of_the_bank("0.80", **TAIWAN))


def strict(cast):
    return install_pack(actor=cast.victor, content=of_the_bank("0.81", **TAIWAN))


def test_a_pack_is_installed_once_with_one_entry(cast):
    first = install_shipped(actor=cast.victor, slug="us-reg-b")
    assert install_shipped(actor=cast.victor, slug="us-reg-b") == first
    assert count_about(Subject("pack", str(first.pk)), Event.PACK_INSTALLED) == 1


@pytest.mark.parametrize("name", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_installs_a_pack(cast, name):
    with pytest.raises(NotAllowed):
        install_shipped(actor=getattr(cast, name), slug="us-reg-b")
    assert not PolicyPack.objects.exists()


def test_a_pack_that_cannot_be_read_is_not_installed(cast):
    with pytest.raises(Invalid, match="could not be read"):
        install_pack(actor=cast.victor, content={"format": "countersign-policy-pack/1"})
    assert not PolicyPack.objects.exists()


def test_revisions_follow_one_another_and_take_no_effect_backwards(cast):
    install_shipped(actor=cast.victor, slug="us-sr-26-2")
    content = reading.committed("us-sr-26-2")
    with pytest.raises(Invalid, match="due is 2"):
        install_pack(actor=cast.victor, content=content | {"revision": 3})
    early = {"revision": 2, "effective_from": "2026-04-16"}
    with pytest.raises(Invalid, match="takes effect on 2026-04-17"):
        install_pack(actor=cast.victor, content=content | early)
    assert PolicyPack.objects.count() == 1


def test_a_pack_is_unreviewed_until_somebody_else_has_signed_it(cast, own):
    assert not packs(actor=cast.quinn).get().reviews.exists()
    made = reviewed(cast.ada, own)
    assert (made.evidence_digest, made.meaning, made.printed_name) == (
        own.digest,
        "pack:reviewed",
        "Ada Abreu",
    )
    assert count_about(Subject("pack", str(own.pk)), Event.PACK_REVIEWED) == 1


def test_whoever_installed_a_pack_does_not_review_it(cast, own):
    with pytest.raises(NotAllowed, match="installed us-own r1 and cannot review it"):
        reviewed(cast.victor, own)
    assert not PackReview.objects.exists()


@pytest.mark.parametrize("name", ["dana", "otto", "lia", "quinn", "root", "olga"])
def test_only_validators_and_approvers_review_a_pack(cast, own, name):
    with pytest.raises(NotAllowed):
        reviewed(getattr(cast, name), own)
    assert not PackReview.objects.exists()


def test_a_review_is_signed_once_with_words_and_for_what_was_shown(cast, own):
    with pytest.raises(Invalid):
        reviewed(cast.ada, own, rationale=" ")
    with pytest.raises(Stale):
        reviewed(cast.ada, own, shown_digest="0" * 64)
    reviewed(cast.ada, own)
    with pytest.raises(Conflict):
        reviewed(cast.ada, own)
    assert PackReview.objects.count() == 1


@pytest.mark.parametrize("change", [lambda rows: rows.update(rationale="So."), lambda rows: rows.delete()])
def test_the_database_keeps_reviews_as_they_were_signed(cast, own, change):
    reviewed(cast.ada, own)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(PackReview.objects.all())


def test_the_database_keeps_packs_as_they_were_installed(cast, own):
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyPack.objects.update(content={})


def test_a_pack_whose_content_no_longer_gives_its_digest_is_not_read(own):
    own.content = of_the_bank("0.10", **TAIWAN)
    with pytest.raises(Unavailable, match="digest"):
        read(own)


def test_a_standard_looser_than_a_pack_of_its_version_is_refused(case):
    strict(case.cast)
    with pytest.raises(Invalid, match=r"weaker than the 0.81 that blocks under the policy pack us-own r1"):
        case.started()


def test_a_standard_as_strict_as_the_pack_runs(case, own):
    assert case.started().standard == case.standard


def test_a_standard_for_packs_judges_no_version_outside_them(case):
    content = case.standard.content | {"applies": {"packs": ["us-own"]}}
    case.standard = freeze_content(actor=case.cast.victor, content=content)
    with pytest.raises(Invalid, match="falls under none of them today"):
        case.started()
    install_pack(actor=case.cast.victor, content=of_the_bank("0.80", **TAIWAN))
    assert case.started().standard == case.standard


def test_a_standard_looser_than_a_pack_it_names_is_not_frozen(cast):
    strict(cast)
    content = standards.committed("card-limit-demo") | {"applies": {"packs": ["us-own"]}}
    with pytest.raises(Invalid, match=r"cannot be frozen.*0.81"):
        freeze_content(actor=cast.victor, content=content)


@pytest.mark.parametrize("named", [[], ["US"], ["a", "a"], "us-own"])
def test_a_standard_names_packs_in_one_way(named):
    with pytest.raises(Invalid, match="applies"):
        standards.load(standards.committed("card-limit-demo") | {"applies": {"packs": named}})


def crossed(case):
    (found,) = cross_reference(actor=case.cast.quinn, version=case.version).packs
    return {each.clause.key: each for each in found.crossing.clauses}


def test_before_a_run_a_clause_says_that_there_is_none(case, own):
    found = crossed(case)["revalidation"]
    assert found.standing is Standing.OPEN
    assert found.gaps[0].because is Because.NO_RUN


def test_the_cross_reference_names_results_and_records_that_exist(case, own):
    run = case.evidence()
    found = crossed(case)
    results = set(run.results.all())
    named = [each for clause in found.values() for each in clause.evidence]
    assert named
    assert all(each.result in results for each in named if each.result is not None)
    assert found["revalidation"].standing is Standing.ANSWERED
    assert {each.of for each in found["revalidation"].evidence} == {
        "discrimination",
        "jeffreys_portfolio",
        "monitoring_plan",
    }


def test_a_failed_check_leaves_its_clause_open(case, own):
    case.evidence(jeffreys_portfolio="failed")
    (gap,) = crossed(case)["revalidation"].gaps
    assert (gap.because, gap.of) == (Because.NOT_PASSED, "jeffreys_portfolio")
    assert gap.result == case.result("jeffreys_portfolio")


def test_a_clause_that_nothing_here_answers_says_so_and_a_superseded_one_does_not_apply(case, own):
    case.evidence()
    found = crossed(case)
    assert found["notice-clock"].gaps[0].because is Because.NO_PLACE
    assert found["effects-test"].standing is Standing.NOT_APPLICABLE
    assert found["effects-test"].gaps[0].because is Because.SUPERSEDED


def test_only_a_pack_of_its_country_and_use_is_asked_of_a_version(case, own):
    install_shipped(actor=case.cast.victor, slug="br-lgpd")
    assert [each.slug for each in packs_of(case.version, dt.date(2026, 11, 24))] == ["us-own"]
