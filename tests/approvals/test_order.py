"""The order of signing, by tier: the validator's conclusion first, then as many approvers as the tier asks for, each on
what was concluded. There is no order among the approvers."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from approvals.content import asked_of_version
from approvals.models import ApprovalRequest, SignOff
from approvals.services import open_act, open_request
from mrm.lib import canonical, clock
from mrm.lib.errors import WrongStage
from registry.models import ModelVersion
from registry.services import advance
from tests.approvals.signed import signed
from tests.validation.cases import case_in_validation
from validation.selectors import latest_run

TIERS = (1, 2, 3)
APPROVERS = {1: 2, 2: 1, 3: 0}


@pytest.fixture
def case_of(cast, drawn):
    return lambda tier: case_in_validation(cast, drawn, tier=tier)


def approvers(case):
    return [case.cast.ada, case.cast.amir]


@pytest.mark.control("SR26-2:approval")
@pytest.mark.parametrize("tier", TIERS)
def test_nobody_is_asked_before_the_validator_has_concluded(case_of, tier):
    case = case_of(tier)
    case.evidence()
    with pytest.raises(WrongStage):
        open_request(actor=case.cast.dana, version=case.version)
    assert not ApprovalRequest.objects.exists()
    assert case.stage() == "in_validation"


@pytest.mark.parametrize("tier", TIERS)
def test_after_the_conclusion_the_tier_says_how_many_sign(case_of, tier):
    case = case_of(tier)
    case.evidence()
    case.concluded()
    request = open_request(actor=case.cast.dana, version=case.version)
    signers = approvers(case)[: APPROVERS[tier]]
    for user in signers:
        assert case.stage() == "in_review"
        signed(request, user)
    assert case.stage() == "approved"
    assert SignOff.objects.count() == APPROVERS[tier]


@pytest.mark.parametrize("first", [0, 1])
def test_among_the_approvers_there_is_no_order(case_of, first):
    case = case_of(1)
    case.evidence()
    case.concluded()
    request = open_request(actor=case.cast.dana, version=case.version)
    one, other = approvers(case)[first], approvers(case)[1 - first]
    signed(request, one)
    signed(request, other)
    assert case.stage() == "approved"


@pytest.mark.parametrize("tier", [1, 2])
def test_a_reopened_validation_voids_what_was_asked_and_signed(case_of, tier):
    case = case_of(tier)
    case.evidence()
    case.concluded()
    request = open_request(actor=case.cast.dana, version=case.version)
    if APPROVERS[tier] > 1:
        signed(request, case.cast.ada)
    version = ModelVersion.objects.get(pk=case.version.pk)
    advance(actor=case.cast.victor, version=version, move="reopen")
    with pytest.raises(WrongStage):
        signed(request, case.cast.amir)
    case.concluded()
    again = open_request(actor=case.cast.dana, version=case.version)
    request.refresh_from_db()
    assert (request.state, again.state) == ("void", "open")
    assert again.signoffs.count() == 0
    for user in approvers(case)[: APPROVERS[tier]]:
        signed(again, user)
    assert case.stage() == "approved"


def test_a_conclusion_from_before_the_reopening_does_not_count_again(case_of):
    case = case_of(3)
    case.evidence()
    case.concluded()
    advance(actor=case.cast.victor, version=case.version, move="reopen")
    with pytest.raises(WrongStage):
        open_request(actor=case.cast.dana, version=case.version)
    with pytest.raises(IntegrityError, match="conclusion of this validation"), transaction.atomic():
        ModelVersion.objects.filter(pk=case.version.pk).update(stage="validated")


# --- The database -----------------------------------------------------------------------------------------------


def signoff_of(user, request, **changed) -> SignOff:
    """As somebody would write it past the services."""
    columns = {
        "id": uuid.uuid4(),
        "user": user,
        "person_id": user.person_id,
        "printed_name": user.name,
        "meaning": "signoff:approve",
        "rationale": "Read.",
        "evidence_digest": request.evidence_digest,
        "shown_digest": "a" * 64,
        "governance_digest": "b" * 64,
        "at": clock.now(),
    }
    return SignOff(request=request, verdict="approve", **columns | changed)


def kept(signoff: SignOff) -> None:
    with transaction.atomic():
        signoff.save(force_insert=True)


def test_database_takes_no_signature_before_the_conclusion(case_of):
    case = case_of(1)
    case.evidence()
    run = latest_run(case.version)
    content = asked_of_version("approve-version", case.version)
    request = open_act(
        actor=case.cast.dana,
        act="approve-version",
        subject=str(case.version.pk),
        content=content,
        version=case.version,
    )
    early = ApprovalRequest(
        act="approve-version",
        subject=f"{case.version.pk}/early",
        content=content,
        digest=canonical.digest(content),
        version=case.version,
        evidence_digest=run.evidence_digest,
        quorum=2,
        opened_by=case.cast.dana,
        opened_at=clock.now(),
        due_at=clock.now(),
    )
    early.save(force_insert=True)
    for asked in (request, early):
        with pytest.raises(IntegrityError, match="concluded"):
            kept(signoff_of(case.cast.ada, asked))


def test_database_takes_no_signature_dated_before_the_conclusion(case_of):
    case = case_of(1)
    case.evidence()
    conclusion = case.concluded()
    request = open_request(actor=case.cast.dana, version=case.version)
    with pytest.raises(IntegrityError, match="concluded"):
        kept(signoff_of(case.cast.ada, request, at=conclusion.at - dt.timedelta(seconds=1)))
    kept(signoff_of(case.cast.ada, request))
