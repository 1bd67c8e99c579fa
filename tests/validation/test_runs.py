"""Standards and runs: frozen before, started by who may, completed all at once."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.services import grant_role
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from jobs.models import Job
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongStage
from registry.models import ModelVersion
from registry.tiers import Proposed, accept_tier, propose_tier
from registry.uses import Use
from tests.tiers import LOW
from tests.validation.cases import Case
from validation import standards
from validation.gates import standard_applies
from validation.models import CheckResult, ValidationRun, ValidationStandard
from validation.runner import Outcome
from validation.selectors import choosable_standards, evidence, latest_run
from validation.selectors import standards as frozen_standards
from validation.services import (
    complete_run,
    freeze_content,
    freeze_standard,
    start_run,
)


def _about(case: Case, event: Event) -> int:
    return count_about(Subject("version", str(case.version.pk)), event)


def test_standard_is_frozen_once_with_one_entry(cast):
    first = freeze_standard(actor=cast.victor, slug="card-limit-demo")
    again = freeze_standard(actor=cast.victor, slug="card-limit-demo")
    assert first.pk == again.pk
    assert count_about(Subject("standard", str(first.pk)), Event.STANDARD_FROZEN) == 1


def test_migrating_freezes_nothing(db):
    assert not ValidationStandard.objects.exists()


def test_developer_freezes_no_standard(cast):
    with pytest.raises(NotAllowed):
        freeze_standard(actor=cast.dana, slug="card-limit-demo")
    assert not ValidationStandard.objects.exists()


def test_unknown_standard_is_refused(cast):
    with pytest.raises(NotFound):
        freeze_standard(actor=cast.victor, slug="../settings")


def test_changed_threshold_is_another_standard(cast):
    content = standards.committed("card-limit-demo")
    frozen = freeze_content(actor=cast.victor, content=content)
    content["fairness"]["air_limit"] = "0.50"
    assert freeze_content(actor=cast.victor, content=content).digest != frozen.digest


def test_standard_that_plans_an_unknown_check_is_refused(cast):
    content = standards.committed("card-limit-demo")
    content["plan"].append({"check": "wishful_thinking", "force": "blocking"})
    with pytest.raises(Invalid, match="do not exist"):
        freeze_content(actor=cast.victor, content=content)


def test_frozen_standard_does_not_change_even_by_sql(case):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE validation_validationstandard SET slug = 'softer'")


def test_run_under_a_standard_frozen_later_cannot_exist(case):
    earlier = case.standard.frozen_at - dt.timedelta(days=1)
    row = ValidationRun(
        version=case.version,
        standard=case.standard,
        plan=[],
        plan_digest="0" * 64,
        job_id=uuid.uuid4(),
        started_by=case.cast.victor,
        started_at=earlier,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_validator_starts_a_run_and_a_job_waits(case):
    run = case.started()
    assert Job.objects.get(pk=run.job_id).payload == {"run": str(run.pk)}
    assert run.plan == [each["check"] for each in case.standard.content["plan"]]
    assert _about(case, Event.RUN_STARTED) == 1


@pytest.mark.parametrize("who", ["dana", "ada", "amir", "otto", "lia", "quinn", "root", "olga"])
def test_nobody_but_a_validator_starts_a_run(case, who):
    with pytest.raises(NotAllowed):
        start_run(actor=getattr(case.cast, who), version=case.version, standard=case.standard)
    assert not ValidationRun.objects.exists()
    assert _about(case, Event.RUN_STARTED) == 0


@pytest.mark.control("SR26-2:validation")
def test_author_who_is_also_a_validator_starts_no_run_on_their_version(case):
    from accounts.selectors import the_installation

    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="author"):
        start_run(actor=case.cast.dana, version=case.version, standard=case.standard)


def test_second_account_of_the_author_starts_no_run(case):
    from accounts.selectors import the_installation

    twin = User(username="dana2", person=case.cast.dana.person)
    twin.set_unusable_password()
    twin.save()
    grant_role(actor=the_installation(), user=twin, role="validator")
    with pytest.raises(NotAllowed, match="People are counted"):
        start_run(actor=twin, version=case.version, standard=case.standard)


def test_second_run_beside_one_that_is_going_is_refused(case):
    case.started()
    with pytest.raises(Conflict, match="going already"):
        case.started()


def for_tiers(case: Case, *tiers: int) -> ValidationStandard:
    content = case.standard.content | {"slug": "for-some", "applies": {"tiers": list(tiers)}}
    return freeze_content(actor=case.cast.victor, content=content)


@pytest.mark.parametrize("tiers", [(2,), (3, 2)])
def test_standard_of_other_tiers_judges_no_version(case, tiers):
    elsewhere = for_tiers(case, *tiers)
    with pytest.raises(Invalid, match="applies to models of tier") as refused:
        start_run(actor=case.cast.victor, version=case.version, standard=elsewhere)
    assert refused.value.errors[0].pointer == "/standard"
    assert not ValidationRun.objects.exists()


@pytest.mark.parametrize("tiers", [(1,), (3, 1), (3, 2, 1)])
def test_standard_judges_each_tier_that_it_names(case, tiers):
    run = start_run(actor=case.cast.victor, version=case.version, standard=for_tiers(case, *tiers))
    assert run.plan


def for_uses(case: Case, *uses: str) -> ValidationStandard:
    content = case.standard.content | {"slug": "for-uses", "applies": {"uses": list(uses)}}
    return freeze_content(actor=case.cast.victor, content=content)


def test_standard_for_other_uses_judges_no_version(case):
    with pytest.raises(Invalid, match="was submitted for limit_management as well") as refused:
        start_run(actor=case.cast.victor, version=case.version, standard=for_uses(case, "pricing", "capital"))
    assert (refused.value.errors[0].pointer, refused.value.errors[0].code) == ("/standard", "use")
    assert not ValidationRun.objects.exists()


def test_standard_judges_what_it_names_and_the_list_says_so(case):
    pricing, both = for_uses(case, "pricing"), for_uses(case, "limit_management", "pricing")
    assert start_run(actor=case.cast.victor, version=case.version, standard=both).plan
    listed = set(frozen_standards(actor=case.cast.quinn, use="pricing"))
    assert listed == {pricing, both}


def test_uses_of_standards_are_those_of_the_inventory():
    assert tuple(Use) == standards.USES
    assert not [(one, two) for one in Use for two in Use if one != two and one in two]


def test_evidence_under_a_standard_of_the_former_tier_is_not_concluded_on(case):
    case.standard = for_tiers(case, 1)
    case.evidence()
    assert standard_applies(actor=case.cast.victor, subject=case.version) is None
    entry = case.version.risk_model
    made = propose_tier(actor=case.cast.dana, risk_model=entry, proposed=Proposed(LOW))
    accept_tier(actor=case.cast.victor, risk_model=entry, number=made.number)
    case.version = ModelVersion.objects.get(pk=case.version.pk)
    with pytest.raises(Blocked, match="is of tier 2"):
        case.concluded()


def test_standard_that_names_no_tiers_judges_every_one(case):
    content = dict(case.standard.content)
    del content["applies"]
    anywhere = freeze_content(actor=case.cast.victor, content=content)
    assert start_run(actor=case.cast.victor, version=case.version, standard=anywhere).plan


@pytest.mark.parametrize(
    "applies",
    [
        {},
        {"uses": []},
        {"uses": ["war"]},
        {"uses": ["pricing", "pricing"]},
        {"uses": "pricing"},
        {"tiers": []},
        {"tiers": [1, 1]},
        {"tiers": [4]},
        {"tiers": ["1"]},
        [],
    ],
)
def test_standard_says_in_one_way_what_it_applies_to(applies):
    with pytest.raises(Invalid, match="applies"):
        standards.load(standards.committed("card-limit-demo") | {"applies": applies})


@pytest.mark.parametrize(("tiers", "tier", "found"), [((1, 3), 3, True), ((1, 3), 2, False), ((2,), 2, True)])
def test_standards_are_listed_by_the_tier_they_apply_to(case, tiers, tier, found):
    content = dict(case.standard.content)
    del content["applies"]
    anywhere = freeze_content(actor=case.cast.victor, content=content)
    some = for_tiers(case, *tiers)
    listed = set(frozen_standards(actor=case.cast.quinn, tier=tier))
    assert listed == {case.standard, anywhere, *([some] if found else [])}


def test_only_standards_of_its_tier_are_offered_for_a_version(case):
    offered = choosable_standards(actor=case.cast.victor, version=case.version)
    assert offered == [("card-limit-demo", "Card limit, demonstration standard")]
    case.version.risk_model.tier = None
    assert choosable_standards(actor=case.cast.victor, version=case.version) == []


def test_draft_is_not_validated(case):
    case.evidence()
    case.concluded("returned")
    with pytest.raises(WrongStage, match="draft"):
        case.started()


def test_results_arrive_all_at_once_with_their_digest(case):
    run = case.evidence()
    assert run.results.count() == len(run.plan)
    assert run.evidence_digest == evidence(case.version).digest
    assert _about(case, Event.RUN_COMPLETED) == 1


def test_same_facts_have_the_same_evidence_digest(case):
    assert case.evidence().evidence_digest == case.evidence().evidence_digest
    assert case.evidence(brier="inconclusive").evidence_digest != case.evidence().evidence_digest


def test_completed_run_takes_no_more_results(case):
    run = case.evidence()
    with pytest.raises(Conflict):
        complete_run(actor=case.cast.victor, run=run, outcomes=case.outcomes())
    row = CheckResult(
        run=run,
        check_id="late",
        ordinal=99,
        verdict="passed",
        is_blocking=False,
        headline="",
        measurements=[],
        digest="",
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_results_of_another_plan_are_refused(case):
    run = case.started()
    with pytest.raises(Conflict, match="plan"):
        complete_run(actor=case.cast.victor, run=run, outcomes=case.outcomes()[1:])
    assert not CheckResult.objects.exists()


def test_unknown_verdict_does_not_enter_the_database(case):
    run = case.started()
    with pytest.raises(IntegrityError), transaction.atomic():
        complete_run(actor=case.cast.victor, run=run, outcomes=case.outcomes(brier="splendid"))
    assert not CheckResult.objects.exists()


def test_new_evidence_takes_a_validated_version_back(case):
    case.evidence()
    case.concluded()
    case.evidence(brier="inconclusive")
    assert case.stage() == "in_validation"
    assert _about(case, Event.VERSION_REOPENED) == 1


def test_altered_result_no_longer_matches_its_evidence(case):
    from audit import guards
    from validation.gates import evidence_is_complete

    case.evidence()
    assert evidence_is_complete(actor=case.cast.victor, subject=case.version) is None
    guards.lift()
    CheckResult.objects.filter(check_id="brier").update(headline="Better than it was.")
    guards.install()
    assert "do not match" in evidence_is_complete(actor=case.cast.victor, subject=case.version)


def test_run_whose_job_ended_without_results_hinders_nobody(case):
    run = case.started()
    Job.objects.filter(pk=run.job_id).update(state="dead", reason="gave up", ended_at=run.started_at)
    assert case.started().pk != run.pk
    assert latest_run(case.version) is None


def test_outcome_digest_covers_every_member():
    first = Outcome(
        "auc", "passed", is_blocking=True, headline="Fine.", measurements=[{"value": "0.5"}], tables={}
    )
    second = Outcome(
        "auc", "passed", is_blocking=True, headline="Fine.", measurements=[{"value": "0.6"}], tables={}
    )
    assert first.digest() != second.digest()
