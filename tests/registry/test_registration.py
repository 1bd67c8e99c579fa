"""From candidate to sealed draft: parts that belong together, bytes that are what was trained, numbers without gaps."""

import pytest

from audit.selectors import rows
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from registry import decision_policies, registration, services
from registry.candidates import record_candidate
from registry.models import Candidate, ModelVersion, SealedArtifact
from registry.registration import sealed_from
from tests.registry import built
from tests.registry.documents import documented


@pytest.fixture
def trained(cast):
    """(candidate, its folder)"""
    return built.recorded_candidate(cast, built.accepted_model(cast), built.frozen_snapshot(cast.dana))


def register(cast, trained, actor=None, **more):
    candidate, folder = trained
    made = built.proposal(cast, candidate, **more)
    return registration.register_version(actor=actor or cast.dana, proposal=made, sealed=sealed_from(folder))


def test_a_version_begins_as_a_draft_of_sealed_bytes(cast, trained, events):
    version = register(cast, trained)
    assert (version.number, version.stage, version.artifact_id) == (1, "draft", trained[0].artifact_digest)
    assert version.author == version.trainer == cast.dana.person
    assert events()[-1] == "version:registered"


def test_the_trainer_stays_whoever_trained(cast, trained):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="developer")
    version = register(cast, trained, actor=cast.quinn)
    assert (version.author, version.trainer) == (cast.quinn.person, cast.dana.person)


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_registers(cast, trained, name, events):
    made = built.proposal(cast, trained[0])
    before = events()
    with pytest.raises(NotAllowed):
        registration.register_version(
            actor=getattr(cast, name), proposal=made, sealed=sealed_from(trained[1])
        )
    with pytest.raises(NotAllowed):
        registration.request_registration(actor=getattr(cast, name), proposal=made)
    assert (events(), SealedArtifact.objects.count()) == (before, 0)


def test_one_artefact_stands_in_two_versions_with_other_policies(cast, trained):
    first, second = register(cast, trained), register(cast, trained, policy="policy_v2.json")
    assert (second.number, second.artifact, second.predecessor) == (2, first.artifact, first)
    assert SealedArtifact.objects.count() == 1


def test_the_same_parts_are_one_version(cast, trained):
    register(cast, trained)
    with pytest.raises(Conflict, match="card-limit v1 was registered"):
        register(cast, trained)


def test_parts_of_another_model_are_refused(cast, trained):
    other = built.proposed_model(cast, "other")
    foreign = decision_policies.propose_policy(
        actor=cast.dana, risk_model=other, rules=built.demo_json("policy_v1.json")
    )
    made = built.proposal(cast, trained[0])
    mixed = registration.Proposal(made.candidate, foreign.policy, made.dictionary)
    with pytest.raises(Invalid) as refused:
        registration.request_registration(actor=cast.dana, proposal=mixed)
    assert [error.pointer for error in refused.value.errors] == ["/policy"]


def test_a_rule_that_reads_no_input_and_words_that_are_missing_are_told_together(cast, trained):
    rules = built.demo_json("policy_v1.json")
    rules["rules"].append(
        {"key": "young", "outcome": "decline", "input": "AGE", "comparison": "below", "value": "21"}
    )
    model = trained[0].risk_model
    policy = decision_policies.propose_policy(actor=cast.dana, risk_model=model, rules=rules).policy
    made = registration.Proposal(trained[0], policy, built.proposal(cast, trained[0]).dictionary)
    with pytest.raises(Invalid) as refused:
        registration.request_registration(actor=cast.dana, proposal=made)
    assert [error.code for error in refused.value.errors] == ["unknown-input", "no-words"]


def test_a_registered_version_keeps_its_parts(cast, trained):
    from django.db import DatabaseError

    version = register(cast, trained)
    version.artifact_id = None
    with pytest.raises((DatabaseError, ValueError)):
        ModelVersion.objects.filter(pk=version.pk).update(number=7)


def test_a_returned_draft_may_be_submitted_again(cast, trained, open_gates):
    version = services.submit_version(actor=cast.dana, version=documented(cast.dana, register(cast, trained)))
    version = services.advance(actor=cast.victor, version=version, move="return", why="Explain the groups.")
    assert version.stage == "draft"
    assert services.submit_version(actor=cast.dana, version=version).stage == "in_validation"
    with pytest.raises(WrongStage):
        services.submit_version(actor=cast.dana, version=version)


def test_a_second_attempt_of_a_training_job_finds_the_candidate_of_the_first(cast, trained, events):
    from registry.candidates import Trained

    candidate = trained[0]
    before = events()
    again = Trained(
        job_id=candidate.job_id,
        risk_model=candidate.risk_model,
        snapshot=candidate.snapshot,
        mlflow_run_id="another run",
        artifact_digest=candidate.artifact_digest,
        recipe=candidate.recipe,
        recipe_digest=candidate.recipe_digest,
        metrics={},
    )
    assert record_candidate(actor=cast.dana, trained=again) == candidate
    assert (Candidate.objects.count(), events()) == (1, before)


def test_the_entry_names_every_digest_of_the_version(cast, trained):
    version = register(cast, trained)
    body = next(row.body for row in rows() if row.event == "version:registered")
    for digest in (
        version.artifact_id,
        version.policy.digest,
        version.dictionary.digest,
        version.snapshot.digest,
    ):
        assert digest.encode() in body
