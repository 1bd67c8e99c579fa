"""The tier of an accepted model: proposed anew, accepted by a second person, and never lowered under an open request."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.selectors import the_installation
from accounts.services import grant_role
from approvals.models import ApprovalRequest
from approvals.services import open_request, sign_off
from audit.selectors import rows
from audit.services import unit_of_work
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, WrongStage
from registry import tier_selectors
from registry.entries import EntryWords, propose_model
from registry.models import RiskModel, TierAcceptance, TierAssessment
from registry.tiers import Proposed, accept_tier, propose_tier
from tests.tiers import HIGH, LOW
from tests.validation.cases import case_in_validation, signing

LOWER = Proposed(LOW)
SAME = Proposed(HIGH)
OVERRIDDEN = Proposed(HIGH, tier=3, reason="It is switched off.")


@pytest.fixture
def events():
    """The events of the ledger so far."""
    return lambda: [row.event for row in rows()]


@pytest.fixture
def entry(case):
    return case.version.risk_model


def proposed(case, what=LOWER, by="dana"):
    return propose_tier(actor=getattr(case.cast, by), risk_model=case.version.risk_model, proposed=what)


def accepted(case, made, by="victor"):
    user = getattr(case.cast, by)
    return accept_tier(actor=user, risk_model=case.version.risk_model, number=made.number)


def in_review(case):
    case.evidence()
    case.concluded()
    return open_request(actor=case.cast.dana, version=case.version)


def test_tier_that_holds_goes_on_until_a_second_person_accepts(case, entry, events):
    made = proposed(case)
    entry.refresh_from_db()
    assert (made.number, made.computed_tier, entry.tier, events()[-1]) == (2, 2, 1, "tier:proposed")
    accepted(case, made)
    entry.refresh_from_db()
    assert (entry.tier, entry.tier_reason, events()[-1]) == (2, "", "tier:accepted")


def test_override_keeps_both_tiers_and_its_reason(case, entry):
    made = proposed(case, OVERRIDDEN)
    accepted(case, made)
    entry.refresh_from_db()
    assert (made.computed_tier, made.proposed_tier) == (1, 3)
    assert (entry.tier, entry.tier_reason) == (3, "It is switched off.")


@pytest.mark.parametrize(
    ("what", "pointer"),
    [
        (Proposed(HIGH, tier=2), "/tier_reason"),
        (Proposed(HIGH, tier=2, reason="  "), "/tier_reason"),
        (Proposed(HIGH, reason="None is needed."), "/tier_reason"),
        (Proposed(HIGH, tier=4, reason="Odd."), "/tier"),
        (Proposed({**HIGH, "purpose": "war"}), "/answers/purpose"),
        (Proposed({}), "/answers/exposure_amount"),
    ],
)
def test_wrong_proposals_are_refused_and_leave_nothing(case, events, what, pointer):
    before = events()
    with pytest.raises(Invalid) as refused:
        proposed(case, what)
    assert refused.value.errors[0].pointer == pointer
    assert (TierAssessment.objects.count(), events()) == (1, before)


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_developers_and_validators_propose(case, events, who):
    before = len(events())
    with pytest.raises(NotAllowed):
        proposed(case, by=who)
    assert TierAssessment.objects.count() == 1
    assert "tier:proposed" not in events()[before:]


@pytest.mark.parametrize("who", ["dana", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_validator_accepts(case, entry, who):
    made = proposed(case)
    with pytest.raises(NotAllowed):
        accepted(case, made, by=who)
    entry.refresh_from_db()
    assert (entry.tier, TierAcceptance.objects.count()) == (1, 1)


@pytest.mark.control("SR26-2:independence")
def test_validator_who_proposed_does_not_accept(case, entry, events):
    made = proposed(case, by="victor")
    before = events()
    with pytest.raises(NotAllowed, match="proposer"):
        accepted(case, made)
    entry.refresh_from_db()
    assert (entry.tier, events()) == (1, before)


@pytest.mark.control("SR26-2:independence")
def test_proposer_with_both_roles_does_not_accept(case):
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="proposer"):
        accepted(case, proposed(case), by="dana")


def test_only_the_newest_assessment_is_accepted_and_once(case):
    first, second = proposed(case), proposed(case, SAME)
    with pytest.raises(Conflict, match="newest"):
        accepted(case, first)
    accepted(case, second)
    with pytest.raises(WrongStage, match="already"):
        accepted(case, second)


def test_entry_that_nobody_accepted_is_amended_instead(cast):
    entry = propose_model(actor=cast.dana, slug="x", words=EntryWords("X", answers=HIGH))
    with pytest.raises(WrongStage, match="Amend"):
        propose_tier(actor=cast.dana, risk_model=entry, proposed=LOWER)
    with pytest.raises(WrongStage, match="Accept the entry"):
        accept_tier(actor=cast.victor, risk_model=entry, number=1)


def test_no_tier_is_lowered_while_an_approval_is_asked_for(case, entry, events):
    in_review(case)
    made = proposed(case)
    before = events()
    with pytest.raises(Blocked, match="approvers are asked about v1"):
        accepted(case, made)
    entry.refresh_from_db()
    assert (entry.tier, TierAcceptance.objects.count(), events()) == (1, 1, before)


def test_the_database_lowers_no_tier_under_an_open_request(case):
    in_review(case)
    made = proposed(case)
    row = TierAcceptance(assessment=made, accepted_by=case.cast.victor, accepted_at=made.proposed_at)
    with pytest.raises(IntegrityError, match="asked for"), transaction.atomic():
        row.save(force_insert=True)


def test_raised_tier_takes_its_own_quorum_of_an_open_request(cast, drawn):
    case = case_in_validation(cast, drawn, tier=2)
    request = in_review(case)
    accepted(case, proposed(case, SAME))
    signed = {"verdict": "approve", "request": request}
    sign_off(actor=cast.ada, signature=signing(cast.ada, case.version, "signoff:approve"), **signed)
    assert (case.stage(), ApprovalRequest.objects.get().state) == ("in_review", "open")
    sign_off(actor=cast.amir, signature=signing(cast.amir, case.version, "signoff:approve"), **signed)
    assert case.stage() == "approved"


def test_tier_moves_with_an_acceptance_and_with_nothing_else(case, entry):
    proposed(case)
    with pytest.raises(IntegrityError, match="newest accepted"), transaction.atomic():
        RiskModel.objects.filter(pk=entry.pk).update(tier=2)


def test_acceptance_that_fails_half_way_leaves_nothing(case, entry, events):
    made, before = proposed(case), events()

    @unit_of_work
    def fails():
        accepted(case, made)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    entry.refresh_from_db()
    assert (entry.tier, TierAcceptance.objects.count(), events()) == (1, 1, [*before])


def test_version_says_what_changed_since_it_was_submitted(case):
    assert tier_selectors.change_since(case.version) is None
    accepted(case, proposed(case, SAME))
    assert tier_selectors.change_since(case.version) is None
    accepted(case, proposed(case))
    assessment, before = tier_selectors.change_since(case.version)
    assert (before, assessment.proposed_tier) == (1, 2)
