"""Two deeds at once, each in a thread and a connection of its own: which of the two comes first is chance, and either way
the outcome is one that the law knows."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from accounts.models import RoleGrant, User
from accounts.selectors import the_installation
from accounts.services import grant_role, revoke_role
from approvals import selectors
from approvals.models import ApprovalRequest, SignOff
from approvals.policy import approvers
from approvals.services import delegate, end_delegation, open_request, sign_off, withdraw
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Refusal
from registry.models import Candidate, ModelVersion
from registry.services import submit_version
from tests.law.world import World
from tests.validation import cases

# So much later one of the two may begin, and mostly much less: a signature takes a while, and either may come first.
LONGEST_WAIT_SECONDS = 0.2
DONE = "done"

Act = Callable[[], object]


@dataclass
class Tally:
    """How many races of each kind ended which way, and those that ended in no way the law knows."""

    ended: dict[str, Counter[str]] = field(default_factory=dict)
    illegal: list[str] = field(default_factory=list)
    counted_twice: list[str] = field(default_factory=list)

    @property
    def races(self) -> int:
        return sum(sum(ways.values()) for ways in self.ended.values())


def at_once(acts: Sequence[Act], waits: Sequence[float]) -> tuple[str, ...]:
    """What became of each act: done, the code of its refusal, or the fault that it must never be."""
    gate = threading.Barrier(len(acts))
    said = [""] * len(acts)

    def run(place: int) -> None:
        try:
            gate.wait()
            time.sleep(waits[place])
            acts[place]()
            said[place] = DONE
        except Refusal as refusal:
            said[place] = refusal.code
        # A fault is no outcome of a race: it is counted as an illegal one, by its name.
        except Exception as fault:  # noqa: BLE001
            said[place] = f"{type(fault).__name__}: {fault}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tuple(said)


@dataclass
class Track:
    """Versions of one candidate, one for every race, each as far as the race needs it."""

    world: World
    candidate: Candidate
    laps: int = 0

    @property
    def people(self) -> dict[str, User]:
        return self.world.people

    def draft(self) -> cases.Case:
        self.laps += 1
        first = self.world.drafts[1]
        version = cases.registered(first.cast, self.candidate, f"0.{1_000 + self.laps}")
        return cases.Case(first.cast, version, first.standard)

    def validated(self) -> cases.Case:
        case = self.draft()
        case.version = submit_version(actor=self.people["dana"], version=case.version)
        case.evidence()
        case.concluded()
        return case

    def in_review(self, *signers: str) -> tuple[cases.Case, ApprovalRequest]:
        case = self.validated()
        request = open_request(actor=self.people["dana"], version=case.version)
        case.version = ModelVersion.objects.select_related("risk_model").get(pk=case.version.pk)
        for name in signers:
            self.signing(case, request, name)()
        return case, request

    def signing(self, case: cases.Case, request: ApprovalRequest, name: str, whom: str = "") -> Act:
        """Prepared now, given later; given twice it is the same signature twice."""
        who = self.people[name]
        words = cases.signing(who, case.version, "signoff:approve")
        behalf = self.people[whom] if whom else None
        return lambda: sign_off(
            actor=who, request=request, verdict="approve", signature=words, on_behalf_of=behalf
        )


@dataclass(frozen=True)
class Run:
    """One race: its acts, the ways it may end, and how the version must then stand."""

    case: cases.Case
    acts: tuple[Act, Act]
    # What became of the two: the stage, how many signed, and how many approvals of the version there are then.
    legal: dict[tuple[str, str], tuple[str, int, int]]
    after: Act = lambda: None


def one_place_left(track: Track) -> Run:
    case, request = track.in_review("ada")
    acts = (track.signing(case, request, "amir"), track.signing(case, request, "vera"))
    return Run(
        case,
        acts,
        {(DONE, "wrong-stage"): ("approved", 2, 1), ("wrong-stage", DONE): ("approved", 2, 1)},
    )


def approval_and_withdrawal(track: Track) -> Run:
    case, request = track.in_review("ada")
    dana = track.people["dana"]
    acts = (
        track.signing(case, request, "amir"),
        lambda: withdraw(actor=dana, request=request, why="A typo."),
    )
    return Run(
        case,
        acts,
        {(DONE, "wrong-stage"): ("approved", 2, 1), ("wrong-stage", DONE): ("validated", 1, 0)},
    )


def role_revoked(track: Track) -> Run:
    case, request = track.in_review("ada")
    amir, installation = track.people["amir"], the_installation()
    grant = RoleGrant.objects.get(user=amir, role="approver", revoked_at=None)
    acts = (
        track.signing(case, request, "amir"),
        lambda: revoke_role(actor=installation, grant=grant),
    )
    return Run(
        case,
        acts,
        {(DONE, DONE): ("approved", 2, 1), ("not-allowed", DONE): ("in_review", 1, 0)},
        after=lambda: grant_role(actor=installation, user=amir, role="approver"),
    )


def same_signature_twice(track: Track) -> Run:
    case, request = track.in_review()
    sign = track.signing(case, request, "amir")
    once = ("in_review", 1, 0)
    return Run(case, (sign, sign), {(DONE, "not-allowed"): once, ("not-allowed", DONE): once})


def asked_twice(track: Track) -> Run:
    case = track.validated()
    ask = [
        lambda who=who: open_request(actor=track.people[who], version=case.version)
        for who in ("dana", "vera")
    ]
    once = ("in_review", 0, 0)
    return Run(case, (ask[0], ask[1]), {(DONE, "wrong-stage"): once, ("wrong-stage", DONE): once})


def two_accounts_of_one_person(track: Track) -> Run:
    case, request = track.in_review()
    acts = (track.signing(case, request, "ada"), track.signing(case, request, "ada_again"))
    once = ("in_review", 1, 0)
    return Run(case, acts, {(DONE, "not-allowed"): once, ("not-allowed", DONE): once})


def counted_by_delegation(track: Track) -> Run:
    """Amir signs, and ada signs for him: two signatures that must not be two people."""
    case, request = track.in_review()
    amir, until = track.people["amir"], clock.now() + dt.timedelta(days=1)
    given = delegate(actor=amir, to=track.people["ada"], until=until, why="On leave.")
    acts = (track.signing(case, request, "amir"), track.signing(case, request, "ada", whom="amir"))
    once = ("in_review", 1, 0)
    return Run(
        case,
        acts,
        {(DONE, "not-allowed"): once, ("not-allowed", DONE): once},
        after=lambda: end_delegation(actor=amir, delegation=given),
    )


RACES: tuple[Callable[[Track], Run], ...] = (
    one_place_left,
    approval_and_withdrawal,
    role_revoked,
    same_signature_twice,
    asked_twice,
    two_accounts_of_one_person,
    counted_by_delegation,
)


def race(track: Track, prepared: Callable[[Track], Run], chance: random.Random, tally: Tally) -> None:
    run, name = prepared(track), prepared.__name__
    late, wait = chance.randrange(2), LONGEST_WAIT_SECONDS * chance.random() ** 2
    said = at_once(run.acts, [wait * (place == late) for place in range(2)])
    run.after()
    tally.ended.setdefault(name, Counter())["/".join(said)] += 1
    found = (run.case.stage(), _signed(run.case), _approved(run.case))
    if run.legal.get((said[0], said[1])) != found:
        tally.illegal.append(f"{name}: {said} and then {found}")
    if not _counts_once(run.case):
        tally.counted_twice.append(f"{name}: {said}")


def raced(track: Track, races: int, seed: int) -> Tally:
    """So many races, of all kinds in turn."""
    tally, chance = Tally(), random.Random(seed)
    for number in range(races):
        race(track, RACES[number % len(RACES)], chance, tally)
    return tally


def _signed(case: cases.Case) -> int:
    return SignOff.objects.filter(request__version=case.version).count()


def _approved(case: cases.Case) -> int:
    return count_about(Subject("version", str(case.version.pk)), Event.VERSION_APPROVED)


def _counts_once(case: cases.Case) -> bool:
    """No person stands in two signatures, no more are counted than there are people, and the version is approved once."""
    for request in ApprovalRequest.objects.filter(version=case.version).select_related(
        "version", "opened_by"
    ):
        signed = selectors.signed_of(request)
        people = [person for each in signed for person in each.people]
        if len(people) != len(set(people)) or approvers(signed, selectors.insiders_of(request)) > len(signed):
            return False
    return _approved(case) <= 1
