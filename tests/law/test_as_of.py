"""Lives with a held clock: what was noted while they were lived is what the inventory as of that moment says later."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest

from approvals.selectors import conditions, exceptions_of, overlays_of, standing_of
from mrm.lib import clock
from mrm.lib.errors import Invalid
from registry.lifecycle import MOVES, Stage
from registry.models import ModelVersion, StageChange
from reports.as_of.inventory import inventory_as_of
from reports.as_of.then import VersionThen
from reports.as_of.versions import stage_after
from tests.law.machine import START, Lives, Seen
from tests.law.model import DAY, HOUR, REACTION, Deed
from validation.selectors import open_findings

FINDING = Deed("victor", "open_finding")
# Between them they come past every stage and every grant that a life of the law can have.
BEGINS = ((1, "as a draft"), (1, "excepted"), (1, "in review"), (2, "suspended and asked about"))
# After each beginning, whatever of this is lawful there; the law machine says what is.
AFTER = (
    FINDING,
    Deed("victor", "close_finding"),
    Deed("otto", "suspend"),
    Deed("otto", "ask", "break-glass"),
    Deed("ada", "sign", "break-glass", "approve"),
    Deed(REACTION, "void"),
)


def present(actor: Any, version: ModelVersion) -> dict[str, Any]:
    """By the selectors of this moment, which read the columns of today and no history."""
    version = ModelVersion.objects.select_related("risk_model").get(pk=version.pk)
    standing = standing_of(version)
    lasting = [*exceptions_of(actor=actor, version=version), *overlays_of(actor=actor, version=version)]
    return {
        "stage": version.stage,
        "since": version.stage_since,
        "expires_at": version.expires_at,
        "findings": Counter(open_findings(actor=actor, version=version).values_list("severity", flat=True)),
        "conditions": Counter(each.state for each in conditions(actor=actor).filter(version=version)),
        "lasting": sorted(each.until for each in lasting if not each.has_lapsed),
        "emergency": standing.emergency_until,
        "cap": None if standing.cap is None else standing.cap.until,
    }


def told(found: VersionThen) -> dict[str, Any]:
    conditions_of = {"open": found.conditions_open, "lapsed": found.conditions_overdue}
    lasting = ("check_exception", "overlay")
    return {
        "stage": found.stage,
        "since": found.stage_since,
        "expires_at": found.expires_at,
        "findings": Counter(found.findings),
        "conditions": Counter({name: count for name, count in conditions_of.items() if count}),
        "lasting": sorted(each.until for each in found.grants if each.kind in lasting),
        "emergency": max((each.until for each in found.grants if each.kind == "emergency"), default=None),
        "cap": max((each.until for each in found.grants if each.kind == "cap"), default=None),
    }


class Noted(Lives):
    """Notes what stands after every step."""

    def begin_at(self, tier: int, beginning: str) -> None:
        self.notes: list[tuple[dt.datetime, dict[str, Any]]] = []
        super().begin_at(tier, beginning)

    def compare(self) -> None:
        super().compare()
        now = present(self.life.people["victor"], self.life.case.version)
        # A fulfilled condition is no condition of that moment.
        now["conditions"].pop("met", None)
        self.notes.append((clock.now(), now))


def lived(world: Any, traveller: Any, beginning: str, tier: int) -> Noted:
    life = Noted(world, traveller, Seen(), ())
    life.begin_at(tier, beginning)
    for deed in AFTER:
        if deed in set(life.law.deeds()):
            life.step(deed)
        for wait in (HOUR, 3 * DAY):
            _pass(life, wait)
    _pass(life, 400 * DAY)
    return life


def _pass(life: Noted, wait: dt.timedelta) -> None:
    life.traveller.shift(wait)
    life.law.now = clock.now()
    life.compare()


def as_of(life: Noted, at: dt.datetime) -> VersionThen:
    version = life.life.case.version
    found = inventory_as_of(actor=life.life.people["victor"], at=at, slugs={version.risk_model.slug})
    return found.entries[0].versions[0]


@pytest.mark.control("SR26-2:inventory")
def test_inventory_as_of_a_moment_is_what_was_noted_at_that_moment(world, traveller):
    stages, kinds = set(), set()
    for tier, beginning in BEGINS:
        life = lived(world, traveller, beginning, tier)
        try:
            for at, noted in life.notes:
                found = as_of(life, at)
                assert told(found) == noted, "\n".join([*life.told, str(at)])
                stages.add(found.stage)
                kinds |= {each.kind for each in found.grants}
        finally:
            life.teardown()
    # Lives that came past none of these would agree with a selector that reads nothing.
    assert {"draft", "in_validation", "in_review", "approved", "suspended"} <= stages
    assert {"check_exception", "emergency"} <= kinds


def test_nothing_is_in_the_inventory_before_it_was_proposed(world):
    victor = world.people["victor"]
    assert not inventory_as_of(actor=victor, at=START - HOUR).entries
    assert len(inventory_as_of(actor=victor, at=clock.now()).entries) == len(world.drafts)


def test_moment_that_has_not_come_is_refused(world):
    with pytest.raises(Invalid, match="moments that have come"):
        inventory_as_of(actor=world.people["victor"], at=clock.now() + HOUR)


def test_last_stage_of_a_walk_needs_no_order_of_its_moves():
    drawn = random.Random(20261123)
    for _ in range(300):
        stage, walk = str(Stage.DRAFT), []
        for _ in range(drawn.randrange(9)):
            move = drawn.choice([each for each in MOVES if each.source == stage] or [None])
            if move is None:
                break
            walk.append(StageChange(source=move.source, target=move.target))
            stage = str(move.target)
        drawn.shuffle(walk)
        assert stage_after(walk) == stage
