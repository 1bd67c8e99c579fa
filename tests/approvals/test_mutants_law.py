"""The law to the letter: what the ledger keeps of every act, which words refuse, where a limit lies. Each test is here
because a small change to the code got past the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from accounts.stepup import Proof, open_challenge
from approvals import opening, policy
from approvals.conditions import MET, check_demands
from approvals.content import asked_of_version, shown_of, shown_of_condition
from approvals.emergencies import ask_break_glass, open_emergency_findings
from approvals.exceptions import ask_exception
from approvals.gates import blocking_failures_are_settled, quorum_is_reached, version_is_in_force
from approvals.in_force import VersionStanding, standing_of
from approvals.models import ApprovalRequest, Condition, Delegation, Emergency, ValidationException
from approvals.policy import Insiders, Signed, SignVerdict, Standing
from approvals.services import (
    ask_for,
    claim,
    delegate,
    end_delegation,
    meet_condition,
    open_act,
    open_request,
    recuse,
    release,
    sign_off,
    void_requests,
    withdraw,
)
from mrm.lib import canonical, clock
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, Refusal, Stale, WrongStage
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
from tests.cast import PASSWORD
from tests.law.model import DAY, HOUR, Deed
from tests.law.rungs import NOON, _store_of_its_own, db, ladder, ladder_of_module, store
from tests.law.world import FAILED, WHY, Life
from tests.validation import cases
from tests.validation.drawing import drawn
from validation.demands import MOST, Demand
from validation.models import Severity
from validation.signing import Signature

__all__ = ["_store_of_its_own", "db", "drawn", "ladder", "ladder_of_module", "store"]

SECOND = dt.timedelta(seconds=1)
WORDS = canonical.sha256(WHY.encode())
READ = canonical.sha256(b"I have read it.")


def refused(kind: type[Refusal], act, *errors: tuple[str, str, str]) -> str:
    """The words of the refusal; of an input, also which part was wrong and how."""
    with pytest.raises(kind) as found:
        act()
    assert type(found.value) is kind or kind is NotAllowed
    if isinstance(found.value, Invalid):
        assert [(each.pointer, each.code, each.detail) for each in found.value.errors] == list(errors)
    return found.value.message


def reread(life: Life) -> ModelVersion:
    return ModelVersion.objects.select_related("risk_model").get(pk=life.case.version.pk)


def signing(life: Life, who: str, about: str = "approve", verdict: str = "approve", **more):
    user, request = life.people[who], life.request_of(about)
    meaning = more.pop("meaning", f"signoff:{verdict}")
    signature = cases.signing_of(user, request, meaning)
    return lambda: sign_off(actor=user, request=request, verdict=verdict, signature=signature, **more)


# --- Policy -----------------------------------------------------------------------------------------------------

PARTS = {
    "author": "author of this version",
    "trainer": "trainer of this version",
    "submitter": "submitter of this version",
    "validator": "concluding validator of this version",
    "opener": "one who asks for this",
}


@pytest.mark.parametrize("part", PARTS)
def test_part_is_named_to_whoever_had_it_and_nobody_else_has_one(part):
    insiders = Insiders(**{part: "pat"})
    said = f"is the {PARTS[part]}; approval takes somebody who had no part in it"
    assert policy.why_not_sign("pat", insiders, []) == said
    assert policy.why_not_sign("ada", insiders, []) is None
    assert insiders.part_of(None) is None


def test_conflict_and_first_signature_are_named():
    nobody = Insiders()
    said = "has declared a conflict here and signs nothing under this request"
    assert policy.why_not_sign("ada", nobody, [], ["ada"]) == said
    for signed in (Signed("ada", SignVerdict.DISSENT), Signed("amir", SignVerdict.APPROVE, "ada")):
        said = "has signed this request already; two accounts of one person count once"
        assert policy.why_not_sign("ada", nobody, [signed]) == said


@pytest.mark.parametrize("act", governance.ACTS)
def test_every_tier_has_its_quorum_and_an_unknown_one_the_most(act):
    quorum = governance.ACTS[act].quorum
    assert [policy.quorum_of(tier, act) for tier in (1, 2, 3)] == [quorum[tier] for tier in (1, 2, 3)]
    assert [policy.quorum_of(tier, act) for tier in (None, 9)] == [max(quorum.values())] * 2


def test_people_are_counted_once_however_they_sign():
    nobody, approve = Insiders(), SignVerdict.APPROVE
    for_amir = Signed("ada", approve, "amir")
    assert for_amir.people == {"ada", "amir"}
    assert Signed("ada", approve).people == {"ada"}
    assert policy.approvers([], nobody) == 0
    assert policy.approvers([for_amir, Signed("amir", approve), Signed("vera", approve)], nobody) == 2
    with_conditions = Signed("amir", SignVerdict.APPROVE_WITH_CONDITIONS)
    assert policy.approvers([Signed("ada", SignVerdict.DISSENT), with_conditions], nobody) == 1
    assert policy.approvers([for_amir, Signed("vera", approve)], Insiders(author="amir")) == 1


def test_first_word_of_somebody_without_a_part_ends_a_request_and_a_full_quorum_grants():
    said = {verdict: Signed("ada", verdict) for verdict in SignVerdict}
    insider = Insiders(author="dana")
    assert policy.standing([], insider, 0) is Standing.GRANTED
    assert policy.standing([said[SignVerdict.REJECT]], insider, 1) is Standing.REJECTED
    assert policy.standing([said[SignVerdict.RETURN]], insider, 1) is Standing.RETURNED
    assert policy.standing([said[SignVerdict.APPROVE]], insider, 1) is Standing.GRANTED
    assert policy.standing([said[SignVerdict.APPROVE]], insider, 2) is Standing.OPEN
    of_insider = Signed("dana", SignVerdict.REJECT)
    assert policy.standing([of_insider], insider, 1) is Standing.OPEN
    assert policy.standing([of_insider, said[SignVerdict.RETURN]], insider, 1) is Standing.RETURNED


# --- Asking -----------------------------------------------------------------------------------------------------


def test_request_is_due_by_its_act_and_its_entry_says_what_was_asked(ladder):
    life = ladder.at("validated")
    request = life.do(Deed("dana", "request"))
    due_at = NOON + governance.ACTS["approve-version"].due_days * DAY
    evidence = cases.latest_run(life.case.version).evidence_digest
    assert (request.quorum, request.opened_at, request.due_at) == (2, NOON, due_at)
    assert (request.conclusion.verdict, request.evidence_digest) == ("fit", evidence)
    assert request.content["evidence"] == evidence
    assert ladder.told()[-1] == (
        "request:opened",
        {
            "request": str(request.pk),
            "act": "approve-version",
            "asked": request.digest,
            "evidence": evidence,
            "quorum": 2,
            "due_at": clock.stamp(due_at),
        },
    )


def test_act_is_bound_to_what_is_asked(ladder):
    life = ladder.at("approved")
    request = life.do(Deed("otto", "ask", "retire"))
    assert request.content == asked_of_version("retire-version", reread(life), why=WHY)
    assert (request.digest, request.evidence_digest) == (canonical.digest(request.content),) * 2
    assert (request.subject, request.quorum) == (str(life.case.version.pk), 2)
    assert request.conclusion.person == life.people["victor"].person
    assert [event for event, _ in ladder.told()] == ["request:opened"]


def test_act_without_a_version_is_asked_of_the_house(ladder):
    """No row of the table is about no version today; other apps' acts are."""
    ladder.at("draft")
    actor = ladder.people["otto"]
    request = open_act(actor=actor, act="retire-version", subject="a rule", content={"a": "b"})
    assert (request.version, request.conclusion, request.quorum) == (None, None, 2)
    signed = sign_off(
        actor=ladder.people["ada"],
        request=request,
        verdict="dissent",
        signature=cases.signing_of(ladder.people["ada"], request, "signoff:dissent"),
    )
    assert signed.request.state == "open"
    withdraw(actor=actor, request=request, why=WHY)
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_what_cannot_be_asked_is_refused_in_words(ladder):
    life = ladder.at("approved")
    otto, version = ladder.people["otto"], life.case.version
    long = "x" * 70

    def asking(act: str = "retire-version", why: str = WHY):
        return lambda: ask_for(actor=otto, version=version, act=act, why=why)

    refused(
        Invalid,
        asking("approve-version"),
        ("/act", "unknown", "One of resume-version, retire-version."),
    )
    refused(Invalid, asking(why=" "), ("/why", "required", "Say why, in words that stand in the file."))
    said = f"Cannot ask: {version.label} is approved, not suspended."
    assert refused(WrongStage, asking("resume-version")) == said
    said = refused(NotFound, lambda: open_act(actor=otto, act=long, subject="x", content={}))
    assert said == f"There is no act named {'x' * 64}."
    life.do(Deed("otto", "ask", "retire"))
    said = refused(Conflict, asking())
    assert said == "Otto Oliveira has asked for this already, and the request is open."


def test_version_that_is_not_validated_is_not_requested(ladder):
    life = ladder.at("in validation")
    said = refused(WrongStage, lambda: life.do(Deed("dana", "request")))
    assert said == f"Cannot request {life.case.version.label}: it is in validation, not validated."


def test_version_in_review_is_not_requested_again(ladder):
    life = ladder.at("in review")
    said = refused(WrongStage, lambda: life.do(Deed("dana", "request")))
    assert said == f"Cannot request {life.case.version.label}: it is in review, not validated."


def test_request_on_older_evidence_does_not_stand_in_the_way_of_the_next(ladder):
    life = ladder.at("in review")
    older = life.requests["approve"]
    for deed in (
        Deed("victor", "evidence", "good"),
        Deed("victor", "conclude", word="fit"),
        Deed("dana", "request"),
    ):
        ladder.clock.shift(1)
        life.do(deed)
    assert life.request_of("approve").state == "open"
    assert ApprovalRequest.objects.get(pk=older).state == "void"


@pytest.mark.parametrize(("about", "rung"), [("resume", "approved"), ("exception", "suspended")])
def test_stages_of_an_act_are_named_in_words(ladder, about, rung):
    life = ladder.at(rung)
    wanted = {"resume": "suspended", "exception": "in validation or approved"}[about]
    who = {"resume": "otto", "exception": "victor"}[about]
    said = refused(WrongStage, lambda: life.do(Deed(who, "ask", about)))
    assert said == f"Cannot ask: {life.case.version.label} is {rung}, not {wanted}."


def test_nobody_asks_without_the_permission_of_the_act(ladder):
    life, quinn = ladder.at("approved"), ladder.people["quinn"]
    version = life.case.version
    said = refused(
        NotAllowed,
        lambda: open_act(
            actor=quinn, act="retire-version", subject=str(version.pk), content={}, version=version
        ),
    )
    assert "registry:version:suspend for card-limit-1" in said
    assert "request" in refused(NotAllowed, lambda: open_request(actor=quinn, version=version))
    # At a stage at which it could not be asked either, the permission is what is told.
    assert refused(NotAllowed, lambda: ask_for(actor=quinn, version=version, act="resume-version", why=WHY))


def test_where_no_approver_is_asked_the_request_is_granted_with_these_words(ladder):
    life = ladder.at("validated", tier=3)
    request = life.do(Deed("dana", "request"))
    assert (request.state, request.closed_why) == ("granted", "The tier asks for no approver.")
    assert reread(life).expires_at == clock.now() + dt.timedelta(days=1096)
    assert [event for event, _ in ladder.told()][-4:] == [
        "version:requested",
        "request:opened",
        "version:approved",
        "request:closed",
    ]


def test_conclusion_that_vanished_binds_nothing(ladder):
    life = ladder.at("draft")
    said = refused(WrongStage, lambda: opening._concluded(life.case.version))
    assert said == f"{life.case.version.label} has no signed conclusion."


# --- Signing ----------------------------------------------------------------------------------------------------


def test_entry_of_a_signature_says_what_was_signed_and_for_whom(ladder):
    life = ladder.at("in review")
    life.do(Deed("amir", "delegate", whom="ada"))
    request, version = life.request_of("approve"), life.case.version
    signature = cases.signing_of(life.people["ada"], request, "signoff:approve")
    signed = sign_off(
        actor=life.people["ada"],
        request=request,
        verdict="approve",
        signature=signature,
        on_behalf_of=life.people["amir"],
    )
    assert (signed.on_behalf_of, signed.at, signed.meaning) == (
        life.people["amir"].person,
        NOON,
        "signoff:approve",
    )
    assert ladder.told()[-1] == (
        "signoff:recorded",
        {
            "request": str(request.pk),
            "act": "approve-version",
            "verdict": "approve",
            "meaning": "signoff:approve",
            "evidence": request.evidence_digest,
            "shown": shown_of(request).digest,
            "rationale": READ,
            "on_behalf_of": life.people["amir"].ledger_id,
        },
    )
    assert version.stage == "in_review"


@pytest.mark.parametrize("verdict", ["approve", "dissent", "reject", "return"])
def test_event_and_closing_follow_from_the_verdict(ladder, verdict):
    life = ladder.at("in review")
    life.do(Deed("ada", "sign", "approve", verdict))
    told = ladder.told()
    event = "dissent:recorded" if verdict == "dissent" else "signoff:recorded"
    ends = {"reject": ("rejected", "version:rejected"), "return": ("returned", "version:returned")}
    state, moved = ends.get(verdict, ("open", ""))
    assert [name for name, _ in told] == [event, *([moved, "request:closed"] if moved else [])]
    assert told[0][1]["on_behalf_of"] is None
    request = life.request_of("approve")
    assert (request.state, request.holds_until) == (state, None)
    if moved:
        closed = {"request": str(request.pk), "state": state, "evidence": request.evidence_digest}
        assert told[-1] == ("request:closed", closed)
        assert (request.closed_at, request.closed_why) == (NOON, "I have read it.")


def test_last_signature_makes_the_move_in_its_signers_name_and_grants_for_an_hour(ladder):
    life = ladder.at("signed")
    life.do(Deed("amir", "sign", "approve", "approve"))
    request, version = life.request_of("approve"), reread(life)
    assert (request.state, request.closed_at, request.holds_until) == ("granted", NOON, NOON + HOUR)
    assert (version.stage, version.stage_since) == ("approved", NOON)
    assert version.expires_at == NOON.replace(year=NOON.year + 1)
    change = version.changes.get(move="approve")
    assert (change.source, change.target, change.why) == ("in_review", "approved", "I have read it.")
    assert (change.made_by, change.made_at) == (life.people["amir"], NOON)
    assert ladder.told()[1] == (
        "version:approved",
        {
            "model": "card-limit-1",
            "number": version.number,
            "from": "in_review",
            "to": "approved",
            "artifact": version.artifact_id,
            "policy": version.policy.digest,
            "rules": governance.digest(),
            "why": READ,
            "expires_at": clock.stamp(version.expires_at),
        },
    )


def test_signature_of_another_meaning_or_verdict_is_refused(ladder):
    life = ladder.at("in review")
    said = refused(NotAllowed, signing(life, "ada", meaning="signoff:reject"))
    assert said.startswith("This signature was prepared for another decision.")
    known = "approve, approve_with_conditions, reject, return, dissent"
    refused(Invalid, signing(life, "ada", verdict="perhaps"), ("/verdict", "unknown", f"One of {known}."))


def test_signature_is_confirmed_and_its_conditions_are_checked(ladder):
    life = ladder.at("in review")
    ada, request = life.people["ada"], life.request_of("approve")
    for wrong, kind in (({"proof": Proof("guessed")}, NotAllowed), ({"shown_digest": "0" * 64}, Stale)):
        signature = cases.signing_of(ada, request, "signoff:approve", **wrong)
        sign = lambda signature=signature: sign_off(  # noqa: E731
            actor=ada, request=request, verdict="approve", signature=signature
        )
        refused(kind, sign)
    unexpected = ("/conditions", "unexpected", "Leave them out.")
    refused(Invalid, signing(life, "ada", conditions=demanded()), unexpected)


def test_who_may_not_sign_is_told_why_and_whom_to_ask(ladder):
    life = ladder.at("signed")
    part = "approval takes somebody who had no part in it. Ask another approver."
    assert (
        refused(NotAllowed, signing(life, "dana_again"))
        == f"Dana Duarte is the author of this version; {part}"
    )
    once = "has signed this request already; two accounts of one person count once"
    assert refused(NotAllowed, signing(life, "ada_again")) == f"Ada Abreu {once}. Ask another approver."
    own = "Sign in your own name, or ask another approver."
    said = refused(NotAllowed, signing(life, "vera", on_behalf_of=life.people["amir"]))
    assert said == f"Vera does not stand in for Amir Aziz now. {own}"
    assert "approvals:request:sign for card-limit-1" in refused(NotAllowed, signing(life, "quinn"))


def test_nobody_signs_for_somebody_who_may_not_or_has_signed(ladder):
    life = ladder.at("signed")
    ada = life.people["ada"]
    life.do(Deed("ada", "delegate", whom="amir"))
    said = refused(NotAllowed, signing(life, "amir", on_behalf_of=ada))
    assert said.startswith("Ada Abreu has signed this request already")


def test_closed_and_stale_requests_say_what_became_of_them(ladder):
    life = ladder.at("in review")
    life.do(Deed("ada", "sign", "approve", "reject"))
    for who, verb, act in (
        ("amir", "sign", signing(life, "amir")),
        ("amir", "declare a conflict", lambda: life.do(Deed("amir", "recuse", "approve"))),
        ("amir", "take it", lambda: life.do(Deed("amir", "claim", "approve"))),
        ("amir", "give it back", lambda: life.do(Deed("amir", "release", "approve"))),
        ("dana", "withdraw", lambda: life.do(Deed("dana", "withdraw", "approve"))),
    ):
        assert refused(WrongStage, act) == f"Cannot {verb}: this request is rejected. I have read it.", who
    life = ladder.at("approved")
    life.do(Deed("otto", "ask", "retire"))
    ladder.clock.shift(1)
    life.do(Deed("otto", "suspend"))
    said = refused(WrongStage, signing(life, "ada", "retire"))
    label = life.case.version.label
    assert said == f"Cannot sign: {label} has moved since this was asked: it is suspended now."


def test_new_evidence_sends_a_version_back_and_its_request_is_not_signed(ladder):
    life = ladder.at("in review")
    ladder.clock.shift(1)
    life.do(Deed("victor", "evidence", "bad"))
    label = life.case.version.label
    assert (
        refused(WrongStage, signing(life, "ada")) == f"Cannot sign: {label} is in validation, not in review."
    )


# --- Conditions -------------------------------------------------------------------------------------------------


def demanded(
    count: int = 1, *, after: dt.timedelta = DAY, words: str = "Report.", owner=None
) -> list[Demand]:
    return [Demand(words, NOON + after, owner)] * count


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
