"""The law to the letter, asking and signing: what the ledger keeps of every act, which words refuse, where a limit lies. Each
test is here because a small change to the code got past the others."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.stepup import Proof
from approvals import opening, policy
from approvals.content import asked_of_version, shown_of
from approvals.models import ApprovalRequest
from approvals.policy import Insiders, Signed, SignVerdict, Standing
from approvals.services import (
    ask_for,
    open_act,
    open_request,
    sign_off,
    withdraw,
)
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, NotFound, Stale, WrongStage
from mrm.settings import governance
from tests.approvals.letter import READ, demanded, refused, reread, signing
from tests.law.model import DAY, HOUR, Deed
from tests.law.rungs import NOON, _store_of_its_own, db, ladder, ladder_of_module, store
from tests.law.world import WHY
from tests.validation import cases
from tests.validation.drawing import drawn

__all__ = ["_store_of_its_own", "db", "drawn", "ladder", "ladder_of_module", "store"]

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
