"""The law of a version's life, stated a second time: plain Python, no framework, nothing read from the tables that the
product follows. Written from the design: stages and moves, who asks and who signs, who is kept apart, how many it takes,
what the clock ends. `Law.against` says why a deed is refused, `Law.do` what becomes of one that is not.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Kind(StrEnum):
    """Of a refusal: who, when, not yet, in the way of something, or not a thing one can say here."""

    NOT_ALLOWED = "not-allowed"
    WRONG_STAGE = "wrong-stage"
    BLOCKED = "blocked"
    CONFLICT = "conflict"
    INVALID = "invalid"


@dataclass(frozen=True)
class Account:
    person: str
    roles: frozenset[str]


def _account(person: str, *roles: str) -> Account:
    return Account(person, frozenset(roles))


# Everybody of the cast, and those who hold more than one role or more than one account: only their part stops them.
ACCOUNTS = {
    "dana": _account("dana", "developer"),
    "dana_again": _account("dana", "developer", "validator", "approver", "operator"),
    "dora": _account("dora", "developer", "approver"),
    "victor": _account("victor", "validator"),
    "victor_again": _account("victor", "approver"),
    "vera": _account("vera", "validator", "approver"),
    "ada": _account("ada", "approver"),
    "ada_again": _account("ada", "approver"),
    "amir": _account("amir", "approver"),
    "otto": _account("otto", "operator"),
    "otto_again": _account("otto", "approver"),
    "lia": _account("lia", "loan_officer"),
    "quinn": _account("quinn", "auditor"),
    "root": _account("root"),
    "olga": _account("olga", "administrator"),
}
REACTION = "reaction"  # nobody's deed: what follows an event by itself
MAKER = "dana"  # author and trainer of every version here, and owner of its model


@dataclass(frozen=True)
class Question:
    """What is asked of the approvers: by whom, at which stages, by how many at each tier, who is kept out besides the
    makers, and whether they may answer with conditions."""

    asked_by: frozenset[str]
    stages: frozenset[str]
    quorum: tuple[int, int, int]
    kept_out: frozenset[str]
    takes_conditions: bool = False


_ASKS = frozenset({"validator", "operator"})
_BOTH = frozenset({"validator", "asker"})
QUESTIONS = {
    "approve": Question(
        frozenset({"developer", "validator"}),
        frozenset({"in_review"}),
        (2, 1, 0),
        frozenset({"validator"}),
        takes_conditions=True,
    ),
    "resume": Question(_ASKS, frozenset({"suspended"}), (2, 1, 1), _BOTH, takes_conditions=True),
    "retire": Question(_ASKS, frozenset({"approved", "suspended"}), (2, 1, 1), _BOTH),
    "exception": Question(
        frozenset({"validator"}), frozenset({"in_validation", "approved"}), (2, 1, 1), _BOTH
    ),
    "break-glass": Question(_ASKS, frozenset({"suspended"}), (1, 1, 1), frozenset({"asker"})),
}
VERDICTS = ("approve", "approve_with_conditions", "reject", "return", "dissent")
CONCLUSIONS = {"fit": "validated", "not_fit": "rejected", "returned": "draft"}
MONTHS = (12, 24, 36)
CLAIM, EMERGENCY = 24 * HOUR, 4 * HOUR
EXCEPTION, CONDITION, DELEGATION = 90 * DAY, 30 * DAY, 10 * DAY
_VALIDATES = frozenset({"validator"})
_SIGNS = frozenset({"approver"})
ROLES_FOR = {
    "submit": frozenset({"developer"}),
    "evidence": _VALIDATES,
    "deviate": _VALIDATES,
    "conclude": _VALIDATES,
    "open_finding": _VALIDATES,
    "close_finding": _VALIDATES,
    "meet": _VALIDATES,
    "suspend": _ASKS,
    "sign": _SIGNS,
    "recuse": _SIGNS,
    "claim": _SIGNS,
    "release": _SIGNS,
    "delegate": _SIGNS,
}


@dataclass(frozen=True)
class Deed:
    """Who does what: `about` names the question (or a detail), `word` the verdict, `whom` another person."""

    who: str
    what: str
    about: str = ""
    word: str = ""
    whom: str = ""


@dataclass
class Request:
    asked_by: str
    validator: str | None
    quorum: int
    since: dt.datetime  # when the version came to the stage it was asked at
    evidence: bool | None
    check_of: int = 0  # the evidence whose failed check an exception is about
    until: dt.datetime | None = None
    state: str = "open"
    signed: list[tuple[frozenset[str], str]] = field(default_factory=list)
    recused: set[str] = field(default_factory=set)
    claimed_by: str = ""
    claimed_until: dt.datetime | None = None

    def approvals(self) -> int:
        """People are counted: whoever is in two signatures is in one of them."""
        counted: set[str] = set()
        found = 0
        for people, verdict in self.signed:
            if verdict.startswith("approve") and not people & counted:
                counted |= people
                found += 1
        return found


@dataclass
class Condition:
    request: Request
    due_at: dt.datetime
    is_met: bool = False


@dataclass
class Delegation:
    giver: str
    taker: str
    until: dt.datetime


@dataclass
class Law:
    """One version of a model of this tier, and the people around it."""

    tier: int
    now: dt.datetime
    stage: str = "draft"
    since: dt.datetime | None = None
    submitter: str | None = None
    # The newest evidence: its number, and whether every check passed (the same facts are the same evidence).
    evidence: int = 0
    passes: bool | None = None
    validator: str | None = None
    expires_at: dt.datetime | None = None
    critical_findings: int = 0
    deviations: set[int] = field(default_factory=set)
    requests: dict[str, Request] = field(default_factory=dict)
    conditions: list[Condition] = field(default_factory=list)
    exceptions: list[tuple[int, dt.datetime]] = field(default_factory=list)
    emergencies: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)

    # --- What can be tried at all ---------------------------------------------------------------------------------

    def deeds(self) -> Iterator[Deed]:
        for who in ACCOUNTS:
            for what in ("submit", "suspend", "request", "open_finding"):
                yield Deed(who, what)
            for what in ("approve", "resume", "retire"):
                yield Deed(who, "take", what)
            for what in ("good", "bad"):
                yield Deed(who, "evidence", what)
            for verdict in CONCLUSIONS:
                yield Deed(who, "conclude", word=verdict)
            for about in ("resume", "retire", "break-glass"):
                yield Deed(who, "ask", about)
            for whom in ("ada", "amir", "vera", "lia"):
                yield Deed(who, "delegate", whom=whom)
            yield from self._deeds_on_what_there_is(who)
        yield Deed(REACTION, "void")

    def _deeds_on_what_there_is(self, who: str) -> Iterator[Deed]:
        if self.evidence:
            yield Deed(who, "deviate")
            yield Deed(who, "ask", "exception")
        if self.critical_findings:
            yield Deed(who, "close_finding")
        if self.conditions:
            yield Deed(who, "meet")
        if self.delegations:
            yield Deed(who, "end_delegation")
        for about in self.requests:
            for what in ("withdraw", "recuse", "claim", "release"):
                yield Deed(who, what, about)
            for word in VERDICTS:
                for whom in ("", "ada", "amir", "dana"):
                    yield Deed(who, "sign", about, word, whom)

    # --- Why not --------------------------------------------------------------------------------------------------

    def against(self, deed: Deed) -> frozenset[Kind]:
        """Every reason against it, empty where it is lawful. Whoever lacks the role is told nothing else."""
        if deed.who == REACTION:
            return frozenset()
        if not self.has_role(deed):
            return frozenset({Kind.NOT_ALLOWED})
        return frozenset(getattr(self, f"_against_{deed.what}")(deed))

    def has_role(self, deed: Deed) -> bool:
        wanted = self._roles_for(deed)
        return deed.who == REACTION or wanted is None or bool(wanted & ACCOUNTS[deed.who].roles)

    def _roles_for(self, deed: Deed) -> frozenset[str] | None:
        if deed.what in ("ask", "withdraw"):
            return QUESTIONS[deed.about].asked_by
        if deed.what == "request":
            return QUESTIONS["approve"].asked_by
        if deed.what == "take":
            is_by_asking = deed.about == "approve" and QUESTIONS["approve"].quorum[self.tier - 1] == 0
            return QUESTIONS["approve"].asked_by if is_by_asking else _SIGNS
        return ROLES_FOR.get(deed.what)

    def _against_submit(self, _: Deed) -> Iterator[Kind]:
        yield from self._unless("draft")

    def _against_suspend(self, _: Deed) -> Iterator[Kind]:
        yield from self._unless("approved")

    def _against_open_finding(self, _: Deed) -> Iterator[Kind]:
        yield from ()

    def _against_close_finding(self, deed: Deed) -> Iterator[Kind]:
        yield from self._if_maker(deed)

    def _against_evidence(self, deed: Deed) -> Iterator[Kind]:
        yield from self._unless("in_validation", "validated", "in_review", "approved")
        yield from self._if_maker(deed)

    def _against_deviate(self, deed: Deed) -> Iterator[Kind]:
        yield from self._unless("in_validation")
        yield from self._if_maker(deed)
        if self.passes or self.evidence in self.deviations:
            yield Kind.CONFLICT

    def _against_conclude(self, deed: Deed) -> Iterator[Kind]:
        yield from self._unless("in_validation")
        yield from self._if_maker(deed)
        if not self.evidence:
            yield Kind.WRONG_STAGE
        if deed.word == "fit":
            yield from self._if_unfit()

    def _against_request(self, _: Deed) -> Iterator[Kind]:
        yield from self._unless("validated")
        if QUESTIONS["approve"].quorum[self.tier - 1] == 0:
            yield from self._if_unfit()

    def _against_take(self, deed: Deed) -> Iterator[Kind]:
        """Nobody makes such a move by their own word: it takes the grant, and the grant makes it."""
        yield from self._unless(*QUESTIONS[deed.about].stages)
        yield Kind.BLOCKED

    def _against_ask(self, deed: Deed) -> Iterator[Kind]:
        yield from self._unless(*QUESTIONS[deed.about].stages)
        before = self.requests.get(deed.about)
        if before is not None and before.state == "open" and not self._is_stale(deed.about):
            yield Kind.CONFLICT
        if deed.about == "exception" and self.passes:
            yield Kind.CONFLICT

    def _against_withdraw(self, deed: Deed) -> Iterator[Kind]:
        request = self.requests[deed.about]
        if request.state != "open":
            yield Kind.WRONG_STAGE
        if request.asked_by != _person(deed):
            yield Kind.NOT_ALLOWED

    def _against_recuse(self, deed: Deed) -> Iterator[Kind]:
        request, person = self.requests[deed.about], _person(deed)
        yield from self._if_closed(deed.about)
        if person in request.recused or any(person in people for people, _ in request.signed):
            yield Kind.CONFLICT

    def _against_claim(self, deed: Deed) -> Iterator[Kind]:
        request = self.requests[deed.about]
        yield from self._if_closed(deed.about)
        if self._is_kept_out(_person(deed), deed.about):
            yield Kind.NOT_ALLOWED
        is_held = request.claimed_until is not None and request.claimed_until > self.now
        if is_held and request.claimed_by != deed.who:
            yield Kind.CONFLICT

    def _against_release(self, deed: Deed) -> Iterator[Kind]:
        yield from self._if_closed(deed.about)
        if self.requests[deed.about].claimed_by != deed.who:
            yield Kind.CONFLICT

    def _against_sign(self, deed: Deed) -> Iterator[Kind]:
        question = QUESTIONS[deed.about]
        if deed.word == "approve_with_conditions" and not question.takes_conditions:
            yield Kind.INVALID
        yield from self._if_closed(deed.about)
        for person in _people(deed):
            if self._is_kept_out(person, deed.about):
                yield Kind.NOT_ALLOWED
        if deed.whom and not self._stands_in(deed.who, deed.whom):
            yield Kind.NOT_ALLOWED
        if self._would_grant(deed):
            yield from self._if_hindered(deed.about)

    def _against_meet(self, deed: Deed) -> Iterator[Kind]:
        condition = self.conditions[-1]
        if condition.request.state != "granted" or condition.is_met:
            yield Kind.WRONG_STAGE
        yield from self._if_maker(deed)

    def _against_delegate(self, deed: Deed) -> Iterator[Kind]:
        giver, taker = _person(deed), ACCOUNTS[deed.whom].person
        if giver == taker or "approver" not in ACCOUNTS[deed.whom].roles:
            yield Kind.NOT_ALLOWED
        standing = [each for each in self.delegations if each.until > self.now]
        if any(giver in (each.giver, each.taker) or taker == each.giver for each in standing):
            yield Kind.CONFLICT

    def _against_end_delegation(self, deed: Deed) -> Iterator[Kind]:
        newest = self.delegations[-1]
        if _person(deed) not in (newest.giver, newest.taker):
            yield Kind.NOT_ALLOWED
        if newest.until <= self.now:
            yield Kind.WRONG_STAGE

    def _unless(self, *stages: str) -> Iterator[Kind]:
        if self.stage not in stages:
            yield Kind.WRONG_STAGE

    def _if_maker(self, deed: Deed) -> Iterator[Kind]:
        if _person(deed) in (MAKER, self.submitter):
            yield Kind.NOT_ALLOWED

    def _if_unfit(self) -> Iterator[Kind]:
        excepted = {number for number, until in self.exceptions if until > self.now}
        is_settled = self.passes or self.evidence in self.deviations | excepted
        if not is_settled or self.critical_findings:
            yield Kind.BLOCKED

    def _if_closed(self, about: str) -> Iterator[Kind]:
        is_open = self.requests[about].state == "open"
        if not is_open or self.stage not in QUESTIONS[about].stages or self._is_about_the_past(about):
            yield Kind.WRONG_STAGE

    def _if_hindered(self, about: str) -> Iterator[Kind]:
        """The quorum has signed, and something else stands in the way."""
        if about == "approve":
            yield from self._if_unfit()
        if about == "resume" and (self.critical_findings or self.has_expired()):
            yield Kind.BLOCKED
        until = self.requests[about].until
        if about == "exception" and until is not None and until <= self.now:
            yield Kind.CONFLICT

    def _is_kept_out(self, person: str, about: str) -> bool:
        request, question = self.requests[about], QUESTIONS[about]
        had_a_part = person in (MAKER, self.submitter)
        had_a_part |= "validator" in question.kept_out and person == request.validator
        had_a_part |= "asker" in question.kept_out and person == request.asked_by
        has_signed = any(person in people for people, _ in request.signed)
        return had_a_part or has_signed or person in request.recused

    def _stands_in(self, who: str, whom: str) -> bool:
        """`whom` must be an approver of their own; a delegation gives nobody a role."""
        wanted = (ACCOUNTS[whom].person, ACCOUNTS[who].person)
        given = [each for each in self.delegations if (each.giver, each.taker) == wanted]
        return "approver" in ACCOUNTS[whom].roles and any(each.until > self.now for each in given)

    def _is_about_the_past(self, about: str) -> bool:
        request = self.requests[about]
        return request.evidence != self.passes if about == "approve" else request.since != self.since

    def _is_stale(self, about: str) -> bool:
        return self._is_about_the_past(about) or (about == "approve" and self.stage != "in_review")

    def _would_grant(self, deed: Deed) -> bool:
        if not deed.word.startswith("approve"):
            return False
        request = self.requests[deed.about]
        return request.approvals() + 1 >= request.quorum

    # --- What becomes of it ---------------------------------------------------------------------------------------

    def do(self, deed: Deed) -> bool:
        """A lawful deed; False where there was nothing to do."""
        done = getattr(self, f"_do_{deed.what}")(deed)
        return done is None or bool(done)

    def _do_void(self, _: Deed) -> bool:
        stale = [
            name for name, each in self.requests.items() if each.state == "open" and self._is_stale(name)
        ]
        for about in stale:
            self.requests[about].state = "void"
        return bool(stale)

    def _do_submit(self, deed: Deed) -> None:
        self.submitter = _person(deed)
        self._move("in_validation")

    def _do_suspend(self, _: Deed) -> None:
        self._move("suspended")

    def _do_evidence(self, deed: Deed) -> None:
        self.evidence, self.passes = self.evidence + 1, deed.about == "good"
        if self.stage in ("validated", "in_review"):
            self._move("in_validation")

    def _do_deviate(self, _: Deed) -> None:
        self.deviations.add(self.evidence)

    def _do_conclude(self, deed: Deed) -> None:
        self.validator = _person(deed)
        self._move(CONCLUSIONS[deed.word])

    def _do_request(self, deed: Deed) -> None:
        self._do_void(deed)
        self._move("in_review")
        self._ask(deed, "approve")
        if self.requests["approve"].quorum == 0:
            self._grant("approve")

    def _do_ask(self, deed: Deed) -> None:
        self._do_void(deed)
        self._ask(deed, deed.about)

    def _do_withdraw(self, deed: Deed) -> None:
        self.requests[deed.about].state = "withdrawn"
        if deed.about == "approve" and self.stage == "in_review":
            self._move("validated")

    def _do_recuse(self, deed: Deed) -> None:
        request = self.requests[deed.about]
        request.recused.add(_person(deed))
        if request.claimed_by and ACCOUNTS[request.claimed_by].person == _person(deed):
            self._do_release(deed)

    def _do_claim(self, deed: Deed) -> None:
        request = self.requests[deed.about]
        request.claimed_by, request.claimed_until = deed.who, self.now + CLAIM

    def _do_release(self, deed: Deed) -> None:
        request = self.requests[deed.about]
        request.claimed_by, request.claimed_until = "", None

    def _do_sign(self, deed: Deed) -> None:
        request = self.requests[deed.about]
        request.signed.append((frozenset(_people(deed)), deed.word))
        if deed.word == "approve_with_conditions":
            self.conditions.append(Condition(request, self.now + CONDITION))
        if deed.word == "reject":
            request.state = "rejected"
        elif deed.word == "return":
            request.state = "returned"
        elif request.approvals() >= request.quorum:
            self._grant(deed.about)
        if deed.about == "approve" and request.state in ("rejected", "returned"):
            self._move({"rejected": "rejected", "returned": "draft"}[request.state])

    def _do_open_finding(self, _: Deed) -> None:
        self.critical_findings += 1

    def _do_close_finding(self, _: Deed) -> None:
        self.critical_findings -= 1

    def _do_meet(self, _: Deed) -> None:
        self.conditions[-1].is_met = True

    def _do_delegate(self, deed: Deed) -> None:
        given = Delegation(_person(deed), ACCOUNTS[deed.whom].person, self.now + DELEGATION)
        self.delegations.append(given)

    def _do_end_delegation(self, _: Deed) -> None:
        self.delegations[-1].until = self.now

    def _move(self, stage: str) -> None:
        self.stage, self.since = stage, self.now

    def _ask(self, deed: Deed, about: str) -> None:
        quorum = QUESTIONS[about].quorum[self.tier - 1]
        assert self.since is not None
        made = Request(_person(deed), self.validator, quorum, self.since, self.passes)
        if about == "exception":
            made.check_of, made.until = self.evidence, self.now + EXCEPTION
        self.requests[about] = made

    def _grant(self, about: str) -> None:
        request = self.requests[about]
        request.state = "granted"
        if about == "approve":
            self.expires_at = months_later(self.now, MONTHS[self.tier - 1])
        if about in ("approve", "resume"):
            self._move("approved")
        elif about == "retire":
            self._move("retired")
        elif about == "exception" and request.until is not None:
            self.exceptions.append((request.check_of, request.until))
        elif about == "break-glass":
            self.emergencies.append((self.now, self.now + EMERGENCY))

    # --- What stands ----------------------------------------------------------------------------------------------

    def has_expired(self) -> bool:
        return self.expires_at is None or self.expires_at <= self.now

    def is_in_force(self) -> bool:
        """May it be deployed, and score?"""
        is_emergency = self.stage == "suspended" and any(
            begins >= (self.since or begins) and until > self.now for begins, until in self.emergencies
        )
        is_overdue = any(
            each.request.state == "granted" and each.due_at <= self.now and not each.is_met
            for each in self.conditions
        )
        has_lapsed = bool(self.exceptions) and all(until <= self.now for _, until in self.exceptions)
        is_up = self.stage == "approved" or is_emergency
        return is_up and not self.has_expired() and not is_overdue and not has_lapsed


def months_later(moment: dt.datetime, months: int) -> dt.datetime:
    month = moment.month - 1 + months
    year, month = moment.year + month // 12, month % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _person(deed: Deed) -> str:
    return ACCOUNTS[deed.who].person


def _people(deed: Deed) -> set[str]:
    return {_person(deed)} | ({ACCOUNTS[deed.whom].person} if deed.whom else set())
