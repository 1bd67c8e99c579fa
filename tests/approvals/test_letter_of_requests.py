"""The law to the letter, what happens to a request besides: conditions, withdrawal, claims, standing in: what the ledger keeps of every act, which words refuse, where a limit lies. Each
test is here because a small change to the code got past the others."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.stepup import Proof, open_challenge
from approvals.conditions import MET, check_demands
from approvals.content import shown_of_condition
from approvals.models import Condition, Delegation
from approvals.services import (
    claim,
    delegate,
    end_delegation,
    meet_condition,
    recuse,
    release,
    void_requests,
    withdraw,
)
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from tests.approvals.letter import SECOND, WORDS, demanded, refused, reread, signing
from tests.cast import PASSWORD
from tests.law.model import DAY, HOUR, Deed
from tests.law.rungs import NOON, _store_of_its_own, db, ladder, ladder_of_module, store
from tests.law.world import WHY, Life
from tests.validation.drawing import drawn
from validation.demands import MOST
from validation.signing import Signature

__all__ = ["_store_of_its_own", "db", "drawn", "ladder", "ladder_of_module", "store"]

# --- Conditions -------------------------------------------------------------------------------------------------


def test_conditions_stand_in_the_file_with_their_owner(ladder):
    life = ladder.at("signed")
    conditions = [*demanded(), *demanded(owner=life.people["otto"])]
    signing(life, "amir", verdict="approve_with_conditions", conditions=conditions)()
    first, second = (
        Condition.objects.get(owner=owner) for owner in (life.people["dana"], life.people["otto"])
    )
    assert (first.words, first.due_at, second.due_at) == ("Report.", NOON + DAY, NOON + DAY)
    told = [facts for event, facts in ladder.told() if event == "condition:set"]
    assert {
        "condition": str(first.pk),
        "request": str(life.requests["approve"]),
        "words": canonical.sha256(b"Report."),
        "due_at": clock.stamp(NOON + DAY),
    } in told
    assert len(told) == 2


def test_demands_are_checked_to_the_letter(ladder):
    ladder.at("draft")
    with_conditions = "approve_with_conditions"
    wrong = ("/conditions", "unexpected", "Leave them out.")

    def checking(demands, act: str = "approve-version", verdict: str = with_conditions):
        return lambda: check_demands(act, verdict, demands)

    refused(Invalid, checking(demanded(), verdict="approve"), wrong)
    check_demands("approve-version", "approve", [])
    refused(
        Invalid, checking(demanded(), act="retire-version"), ("/verdict", "unknown", "Approve or reject.")
    )
    check_demands("resume-version", with_conditions, demanded())
    for count in (0, MOST + 1):
        refused(Invalid, checking(demanded(count)), ("/conditions", "required", "From one to 20 conditions."))
    for count in (1, MOST):
        check_demands("approve-version", with_conditions, demanded(count))
    days = governance.CONDITION_DAYS
    late = ("/conditions", "range", f"After now, and at most {days} days from now.")
    for after in (-SECOND, 0 * DAY, days * DAY + SECOND):
        refused(Invalid, checking(demanded(after=after)), late)
    for after in (SECOND, days * DAY):
        check_demands("approve-version", with_conditions, demanded(after=after))
    empty = ("/conditions", "required", "Say why, in words that stand in the file.")
    refused(Invalid, checking(demanded(words=" ")), empty)


def conditional(ladder, owner: str = "dana") -> tuple[Life, Condition]:
    life = ladder.at("signed")
    demands = demanded(owner=life.people[owner])
    signing(life, "amir", verdict="approve_with_conditions", conditions=demands)()
    return life, Condition.objects.select_related("version__risk_model", "owner__person").get()


def meeting(life: Life, condition: Condition, who: str = "victor", meaning: str = MET):
    digest = shown_of_condition(condition).digest
    nonce = open_challenge(actor=life.people[who], digest=digest, meaning=meaning)
    signature = Signature(meaning, WHY, nonce, Proof(PASSWORD), digest)
    return lambda: meet_condition(actor=life.people[who], condition=condition, signature=signature)


def test_met_condition_is_signed_and_its_entry_says_so(ladder):
    life, condition = conditional(ladder)
    met = meeting(life, condition)()
    assert (met.condition, met.evidence_digest) == (condition, condition.request.evidence_digest)
    shown = shown_of_condition(condition).digest
    facts = {"condition": str(condition.pk), "shown": shown, "rationale": WORDS}
    assert ladder.told()[-1] == ("condition:met", facts)
    fresh = Condition.objects.select_related("version__risk_model", "owner__person").get()
    assert refused(WrongStage, meeting(life, fresh)) == "This condition is met already."


def test_condition_is_not_met_by_its_owner_a_maker_or_another_signature(ladder):
    life, condition = conditional(ladder, owner="vera")
    said = refused(NotAllowed, meeting(life, condition, "vera"))
    assert said == "Vera owns this condition. Another validator says that it is met."
    said = refused(NotAllowed, meeting(life, condition, "dana_again"))
    assert "cannot sign that its condition is met" in said
    said = refused(NotAllowed, meeting(life, condition, meaning="signoff:approve"))
    assert said == "This signature was prepared for something else."
    assert "approvals:condition:meet for card-limit-1" in refused(NotAllowed, meeting(life, condition, "ada"))


def test_signature_under_a_condition_is_confirmed(ladder):
    life, condition = conditional(ladder)
    digest = shown_of_condition(condition).digest
    nonce = open_challenge(actor=life.people["victor"], digest=digest, meaning=MET)
    signature = Signature(MET, WHY, nonce, Proof("guessed"), digest)
    refused(
        NotAllowed,
        lambda: meet_condition(actor=life.people["victor"], condition=condition, signature=signature),
    )


def test_condition_of_an_open_request_binds_nobody(ladder):
    life = ladder.at("in review")
    signing(life, "ada", verdict="approve_with_conditions", conditions=demanded())()
    condition = Condition.objects.select_related("version__risk_model", "owner__person").get()
    said = refused(WrongStage, meeting(life, condition))
    assert said == "This condition binds nobody: its request is open."


# --- Voiding, withdrawing -----------------------------------------------------------------------------------------


def test_void_requests_are_counted_and_say_why(ladder):
    life = ladder.at("signed")
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "good"))
    ladder.mark += len(ladder.told())
    victor = life.people["victor"]
    assert void_requests(actor=victor, version=life.case.version) == 1
    request = life.request_of("approve")
    assert request.closed_why == "There is new evidence: the request and its sign-offs are void."
    facts = {"request": str(request.pk), "state": "void", "evidence": request.evidence_digest}
    assert ladder.told() == [("request:voided", facts)]
    assert void_requests(actor=victor, version=life.case.version) == 0


def test_every_stale_request_is_void_and_no_other(ladder):
    life = ladder.at("approved")
    life.do(Deed("otto", "ask", "retire"))
    ladder.clock.shift(1)
    life.do(Deed("otto", "suspend"))
    for about in ("resume", "break-glass"):
        life.do(Deed("otto", "ask", about))
    assert void_requests(actor=life.people["otto"], version=life.case.version) == 0
    # Asking voided the stale one already.
    found = {about: life.request_of(about) for about in ("retire", "resume", "break-glass")}
    assert [each.state for each in found.values()] == ["void", "open", "open"]
    said = "The version has moved: the request and its sign-offs are void."
    assert found["retire"].closed_why == said


def test_two_stale_requests_are_voided_together(ladder):
    life = ladder.at("suspended")
    for about in ("resume", "retire"):
        life.do(Deed("victor", "ask", about))
    ladder.clock.shift(1)
    for who in ("ada", "amir"):
        life.do(Deed(who, "sign", "resume", "approve"))
    assert life.stage() == "approved"
    assert void_requests(actor=life.people["otto"], version=life.case.version) == 1


def test_request_in_review_on_its_evidence_is_not_void(ladder):
    life = ladder.at("signed")
    assert void_requests(actor=life.people["victor"], version=life.case.version) == 0
    assert life.request_of("approve").state == "open"


def test_withdrawal_closes_with_its_words_and_gives_the_version_back(ladder):
    life = ladder.at("signed")
    found = withdraw(actor=life.people["dana"], request=life.request_of("approve"), why=WHY)
    assert (found.state, found.closed_why, found.holds_until) == ("withdrawn", WHY, None)
    version = reread(life)
    change = version.changes.get(move="withdraw")
    assert (version.stage, change.why) == ("validated", WHY)
    told = ladder.told()
    assert [event for event, _ in told] == ["version:withdrawn", "request:closed"]
    assert told[0][1]["why"] == WORDS
    assert "expires_at" not in told[0][1]


def test_withdrawal_of_an_act_moves_nothing(ladder):
    life = ladder.at("approved")
    life.do(Deed("otto", "ask", "retire"))
    assert life.do(Deed("otto", "withdraw", "retire")).state == "withdrawn"
    assert reread(life).stage == "approved"


def test_only_who_asked_withdraws_and_says_why(ladder):
    life = ladder.at("in review")

    def withdrawing(who: str, why: str = WHY):
        return lambda: withdraw(actor=life.people[who], request=life.request_of("approve"), why=why)

    said = refused(NotAllowed, withdrawing("dora"))
    assert said == "Only Dana Duarte, who asked, withdraws this request."
    assert "registry:version:request for card-limit-1" in refused(NotAllowed, withdrawing("ada"))
    empty = ("/why", "required", "Say why, in words that stand in the file.")
    refused(Invalid, withdrawing("dana", " "), empty)


def test_request_whose_version_moved_on_is_withdrawn_without_a_move(ladder):
    life = ladder.at("in review")
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "good"))
    assert life.do(Deed("dana", "withdraw", "approve")).state == "withdrawn"
    assert reread(life).stage == "in_validation"


# --- Claims and conflicts -----------------------------------------------------------------------------------------


def test_claim_is_noted_with_its_end_and_given_back(ladder):
    life = ladder.at("in review")
    ada, request = life.people["ada"], life.request_of("approve")
    held = claim(actor=ada, request=request)
    until = NOON + governance.CLAIM_HOURS * HOUR
    assert (held.pk, held.claimed_by, held.claimed_at, held.claimed_until) == (request.pk, ada, NOON, until)
    stored = life.request_of("approve")
    assert (stored.claimed_by, stored.claimed_at, stored.claimed_until) == (ada, NOON, until)
    facts = {"request": str(request.pk), "until": clock.stamp(until)}
    assert ladder.told() == [("request:claimed", facts)]
    ladder.clock.shift(60)
    assert claim(actor=ada, request=request).claimed_until == until + 60 * SECOND
    given = release(actor=ada, request=request)
    assert given.claimed_by is None
    stored = life.request_of("approve")
    assert (stored.claimed_by, stored.claimed_at, stored.claimed_until) == (None, None, None)
    assert ladder.told()[-1] == ("request:released", {"request": str(request.pk)})


def test_claim_of_another_hinders_until_it_lapses(ladder):
    life = ladder.at("signed")
    amir, vera, request = (life.people["amir"], life.people["vera"], life.request_of("approve"))
    claim(actor=amir, request=request)
    said = refused(Conflict, lambda: claim(actor=vera, request=request))
    assert said == "Amir Aziz has it in hand. Ask them, or wait until the claim lapses."
    said = refused(Conflict, lambda: release(actor=vera, request=request))
    assert said == "You do not have this request in hand."
    said = refused(NotAllowed, lambda: claim(actor=life.people["ada"], request=request))
    assert said.startswith("Ada Abreu has signed this request already")
    assert said.endswith("and does not take it in hand.")
    ladder.clock.shift(governance.CLAIM_HOURS * HOUR)
    assert claim(actor=vera, request=request).claimed_by == vera


@pytest.mark.parametrize("act", [claim, release])
def test_only_a_signer_takes_a_request_in_hand_or_gives_it_back(ladder, act):
    life = ladder.at("in review")
    said = refused(NotAllowed, lambda: act(actor=life.people["otto"], request=life.request_of("approve")))
    assert "approvals:request:sign for card-limit-1" in said


def test_conflict_is_declared_once_in_words_and_lets_go_of_the_claim(ladder):
    life = ladder.at("signed")
    amir, request = life.people["amir"], life.request_of("approve")
    claim(actor=amir, request=request)
    made = recuse(actor=amir, request=request, why=WHY)
    assert (made.person, made.printed_name, made.why, made.at) == (amir.person, amir.name, WHY, NOON)
    assert life.request_of("approve").claimed_by is None
    assert ladder.told()[1:] == [
        ("request:released", {"request": str(request.pk)}),
        ("recusal:declared", {"request": str(request.pk), "why": WORDS}),
    ]
    said = refused(Conflict, lambda: recuse(actor=amir, request=request, why=WHY))
    assert said == "Amir Aziz has declared a conflict here already."
    said = refused(Conflict, lambda: recuse(actor=life.people["ada_again"], request=request, why=WHY))
    assert said == "Ada Abreu has signed this request already; what is signed stays."


def test_conflict_leaves_the_claim_of_others_and_needs_words(ladder):
    life = ladder.at("in review")
    amir, request = life.people["amir"], life.request_of("approve")
    claim(actor=amir, request=request)
    empty = ("/why", "required", "Say why, in words that stand in the file.")
    refused(Invalid, lambda: recuse(actor=life.people["ada"], request=request, why=" "), empty)
    recuse(actor=life.people["ada"], request=request, why=WHY)
    assert life.request_of("approve").claimed_by == amir
    said = refused(NotAllowed, lambda: recuse(actor=life.people["otto"], request=request, why=WHY))
    assert "approvals:request:sign for card-limit-1" in said


def test_conflict_where_nobody_has_it_in_hand_releases_nothing(ladder):
    life = ladder.at("in review")
    life.do(Deed("ada", "recuse", "approve"))
    assert [event for event, _ in ladder.told()] == ["recusal:declared"]


# --- Standing in --------------------------------------------------------------------------------------------------


def standing_in(
    ladder, giver: str = "ada", taker: str = "amir", *, until: dt.datetime = NOON + DAY, why: str = WHY
):
    people = ladder.people
    return lambda: delegate(actor=people[giver], to=people[taker], until=until, why=why)


def test_delegation_is_noted_and_ended_by_either(ladder):
    ladder.at("draft")
    people = ladder.people
    for who in ("ada", "amir"):
        made = standing_in(ladder)()
        stored = Delegation.objects.get(pk=made.pk)
        assert (stored.delegator, stored.delegate, stored.why) == (people["ada"], people["amir"], WHY)
        assert (stored.starts_at, stored.ends_at) == (NOON, NOON + DAY)
        facts = {"to": people["amir"].ledger_id, "until": clock.stamp(NOON + DAY), "why": WORDS}
        assert ladder.told()[-1] == ("delegation:given", facts)
        ended = end_delegation(actor=people[who], delegation=made)
        assert (ended.ended_at, ended.ended_by) == (NOON, people[who])
        stored.refresh_from_db()
        assert (stored.ended_at, stored.ended_by) == (NOON, people[who])
        assert ladder.told()[-1] == ("delegation:ended", {})
        said = refused(
            WrongStage, lambda made=made, who=who: end_delegation(actor=people[who], delegation=made)
        )
        assert said == "This delegation has ended already."


def test_entries_about_a_delegation_name_it(ladder):
    from audit.chain import Subject
    from audit.selectors import entries_about

    ladder.at("draft")
    made = standing_in(ladder)()
    assert len(entries_about(Subject("delegation", str(made.pk)))) == 1


def test_delegation_ends_by_the_clock_and_by_nobody_else(ladder):
    ladder.at("draft")
    made = standing_in(ladder)()
    said = refused(NotAllowed, lambda: end_delegation(actor=ladder.people["vera"], delegation=made))
    assert said == "Only who gave this delegation, or who has it, ends it."
    ladder.clock.move_to(NOON + DAY)
    said = refused(WrongStage, lambda: end_delegation(actor=ladder.people["ada"], delegation=made))
    assert said == "This delegation has ended already."


def test_nobody_stands_in_who_is_no_approver_or_the_same_person(ladder):
    ladder.at("draft")
    said = refused(NotAllowed, standing_in(ladder, taker="ada_again"))
    assert said == "Nobody stands in for themselves. Name another approver."
    said = refused(NotAllowed, standing_in(ladder, taker="quinn"))
    assert said == "Quinn Queiroz is no approver. A delegation gives nobody a role: name an approver."
    assert "approvals:request:sign" in refused(NotAllowed, standing_in(ladder, giver="quinn"))
    robot = ladder.people["amir"]
    robot.kind = "service"
    said = refused(NotAllowed, standing_in(ladder))
    robot.kind = "person"
    assert said.startswith("Amir Aziz is no approver.")


def test_delegations_make_no_chain(ladder):
    ladder.at("draft")
    standing_in(ladder)()
    said = refused(Conflict, standing_in(ladder, taker="vera"))
    assert said == "Somebody stands in for you already. End that delegation first."
    said = refused(Conflict, standing_in(ladder, giver="amir", taker="vera"))
    assert said == "You stand in for somebody: that is not passed on. End that delegation first."
    said = refused(Conflict, standing_in(ladder, giver="vera", taker="ada"))
    assert said == "Ada Abreu has somebody stand in for them, so does not stand in for you."
    # One approver may stand in for two.
    assert standing_in(ladder, giver="vera", taker="amir")().delegate == ladder.people["amir"]


def test_delegation_lasts_from_now_to_its_limit(ladder):
    ladder.at("draft")
    days = governance.DELEGATION_DAYS
    wrong = ("/until", "range", f"After now, and at most {days} days from now.")
    for until in (NOON - SECOND, NOON, NOON + days * DAY + SECOND):
        refused(Invalid, standing_in(ladder, until=until), wrong)
    empty = ("/why", "required", "Say why, in words that stand in the file.")
    refused(Invalid, standing_in(ladder, why=" "), empty)
    assert standing_in(ladder, until=NOON + days * DAY)().ends_at == NOON + days * DAY
