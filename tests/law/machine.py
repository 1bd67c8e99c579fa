"""Two statements of one law, driven side by side: the model says what must come of a deed, the services do it, and after
every step both say the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import time_machine
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from mrm.lib import clock
from tests.law.model import DAY, HOUR, REACTION, Deed, Law
from tests.law.world import TIERS, World

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
# A fine step of the clock between two deeds, so that no two happen at one moment.
TICK = dt.timedelta(seconds=1)
OFTEN = 5
WAITS = (HOUR, 5 * HOUR, DAY, 12 * DAY, 40 * DAY, 100 * DAY, 400 * DAY)
_EVIDENCE = (Deed("dana", "submit"), Deed("victor", "evidence", "good"))
_ASKED = (*_EVIDENCE, Deed("victor", "conclude", word="fit"), Deed("dana", "request"))
_SIGNED = tuple(Deed(who, "sign", "approve", "approve") for who in ("ada", "amir"))
_SUSPENDED = (*_ASKED, *_SIGNED, Deed("otto", "suspend"))
# Lives begin anywhere; a deed that is refused on the way, or that a lower tier does not need, is refused by both.
BEGINNINGS: dict[str, tuple[Deed, ...]] = {
    "as a draft": (),
    "with evidence": _EVIDENCE,
    "with a failed check": (
        Deed("dora", "submit"),
        Deed("vera", "evidence", "bad"),
        Deed("vera", "conclude", word="fit"),
    ),
    "in review": _ASKED,
    "overtaken by new evidence": (
        *_ASKED,
        Deed("ada", "sign", "approve", "approve"),
        Deed("victor", "evidence", "good"),
        Deed(REACTION, "void"),
    ),
    "approved": (*_ASKED, *_SIGNED),
    "in review by another": (
        Deed("dora", "submit"),
        Deed("vera", "evidence", "good"),
        Deed("vera", "conclude", word="fit"),
        Deed("dora", "request"),
    ),
    "excepted": (
        Deed("dana", "submit"),
        Deed("victor", "evidence", "bad"),
        Deed("victor", "ask", "exception"),
        *(Deed(who, "sign", "exception", "approve") for who in ("ada", "amir")),
    ),
    "suspended": _SUSPENDED,
    "suspended and asked about": (
        *_SUSPENDED,
        Deed("victor", "ask", "resume"),
        Deed("otto", "ask", "break-glass"),
        Deed("otto", "ask", "resume"),
    ),
    "in the hand of somebody with two accounts": (
        *_ASKED,
        Deed("ada", "claim", "approve"),
        Deed("ada_again", "recuse", "approve"),
        Deed("amir", "sign", "approve", "return"),
    ),
}


class Disagreement(AssertionError):
    """The services did something else than the law says."""


@dataclass
class Seen:
    """What the lives came past: a run that never saw an approval proves nothing about approvals."""

    outcomes: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    in_force: Counter[bool] = field(default_factory=Counter)
    lives: int = 0
    steps: int = 0


class Lives(RuleBasedStateMachine):
    """One life of one version. What happens to it is undone at its end."""

    def __init__(self, world: World, traveller: Any, seen: Seen, begins: Sequence[tuple[int, str]]) -> None:
        super().__init__()
        self.world, self.traveller, self.seen, self.begins = world, traveller, seen, begins
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        traveller.move_to(START + DAY)
        self.told: list[str] = []

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.begin_at(*data.draw(st.sampled_from(self.begins)))

    def begin_at(self, tier: int, beginning: str) -> None:
        self.life, self.law = self.world.at(tier), Law(tier, clock.now())
        self.told.append(f"tier {tier}")
        self.seen.lives += 1
        for deed in BEGINNINGS[beginning]:
            self.step(deed)

    @rule(data=st.data())
    def something_lawful(self, data: st.DataObject) -> None:
        self._draw(data, lambda deed: not self.law.against(deed))

    @rule(data=st.data())
    def something_out_of_place(self, data: st.DataObject) -> None:
        """By somebody who holds the role, and is stopped by their part, the stage, a gate or what stands already."""
        self._draw(data, lambda deed: self.law.has_role(deed) and bool(self.law.against(deed)))

    @rule(data=st.data())
    def anything(self, data: st.DataObject) -> None:
        self._draw(data, lambda _: True)

    @rule(wait=st.sampled_from(WAITS))
    def time_passes(self, wait: dt.timedelta) -> None:
        self.told.append(f"{wait} pass")
        self.traveller.shift(wait)
        self.law.now = clock.now()
        self.compare()

    def _draw(self, data: st.DataObject, is_wanted: Callable[[Deed], bool]) -> None:
        """First what, then how, then for whom, then who: there are many ways to sign, and only one to submit. Signing
        comes up often: it takes two to approve."""
        found = [deed for deed in self.law.deeds() if is_wanted(deed)]
        whats = sorted({deed.what for deed in found})
        what = data.draw(st.sampled_from([*whats, *["sign"] * (OFTEN if "sign" in whats else 0)]))
        kind = data.draw(st.sampled_from(sorted({_kind(deed) for deed in found if deed.what == what})))
        likely = [deed for deed in found if _kind(deed) == kind]
        whom = data.draw(st.sampled_from(sorted({deed.whom for deed in likely})))
        self.step(data.draw(st.sampled_from([deed for deed in likely if deed.whom == whom])))

    def step(self, deed: Deed) -> None:
        self.traveller.shift(TICK)
        self.law.now = clock.now()
        before, expected = self.life.entries(), self.law.against(deed)
        self.told.append(str(deed))
        refused = self._tried(deed)
        self.told[-1] += f": {refused or 'done'}"
        if (refused is None) != (not expected) or (refused is not None and refused not in expected):
            said = "lawful" if not expected else f"refused as {', '.join(sorted(expected))}"
            raise self.disagreement(f"it is {said}")
        is_done = refused is None and self.law.do(deed)
        if (self.life.entries() > before) != is_done:
            raise self.disagreement("the ledger gains entries exactly when something was done")
        self._see(deed, refused or ("done" if is_done else "nothing to do"))
        self.compare()

    def _tried(self, deed: Deed) -> str | None:
        try:
            with transaction.atomic():
                return self.life.try_to(deed)
        except DatabaseError as error:
            raise self.disagreement(f"the database refused what the services let pass: {error}") from error

    def compare(self) -> None:
        law, life = self.law, self.life
        pairs = {
            "stage": (law.stage, life.stage()),
            "requests": ({name: each.state for name, each in law.requests.items()}, life.states()),
            "approvals": (
                {name: each.approvals() for name, each in law.requests.items()},
                life.approvals(),
            ),
            "in force": (law.is_in_force(), life.is_in_force()),
            "expiry": (law.expires_at, life.expires_at()),
        }
        for name, (wanted, found) in pairs.items():
            if wanted != found:
                raise self.disagreement(f"{name}: the law says {wanted}, and it is {found}")
        self.seen.in_force[law.is_in_force()] += 1

    def disagreement(self, said: str) -> Disagreement:
        return Disagreement("\n".join([*self.told, said]))

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def _see(self, deed: Deed, outcome: str) -> None:
        seen, law = self.seen, self.law
        seen.steps += 1
        seen.outcomes[outcome] += 1
        seen.stages[law.stage] += 1
        seen.states.update(each.state for each in law.requests.values())
        if outcome == "done":
            seen.deeds[_kind(deed)] += 1


def _kind(deed: Deed) -> str:
    return " ".join(part for part in (deed.what, deed.about, deed.word) if part)


@contextmanager
def held_clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


EVERYWHERE = tuple((tier, beginning) for beginning in BEGINNINGS for tier in TIERS)


@dataclass(frozen=True)
class Size:
    """So many lives of so many steps each; the same seed gives the same lives."""

    lives: int
    steps: int
    seed: int
    begins: Sequence[tuple[int, str]] = EVERYWHERE


def live(world: World, traveller: Any, size: Size) -> Seen:
    """Raises Disagreement, with every deed of the life in which it came up."""
    seen = Seen()
    # Every beginning once, so that no run misses what stands in them; then lives as they are drawn.
    for tier, beginning in size.begins:
        told = Lives(world, traveller, seen, size.begins)
        try:
            told.begin_at(tier, beginning)
        finally:
            told.teardown()
    chosen = settings(
        max_examples=size.lives,
        stateful_step_count=size.steps,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )

    @seed(size.seed)
    def machine() -> Lives:
        return Lives(world, traveller, seen, size.begins)

    run_state_machine_as_test(machine, settings=chosen)
    return seen
