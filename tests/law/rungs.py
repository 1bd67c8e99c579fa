"""One world for all tests of a file: a version at every rung of its life, built once. What a test does is undone at its
end, so that a test costs as much as what it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from audit import guards
from audit.models import Entry
from tests.law.machine import START, held_clock
from tests.law.model import DAY, Deed
from tests.law.world import Life, World, built
from tests.validation import cases

_EVIDENCE = (Deed("dana", "submit"), Deed("victor", "evidence", "good"))
_VALIDATED = (*_EVIDENCE, Deed("victor", "conclude", word="fit"))
_IN_REVIEW = (*_VALIDATED, Deed("dana", "request"))
_SIGNED = (*_IN_REVIEW, Deed("ada", "sign", "approve", "approve"))
_APPROVED = (*_SIGNED, Deed("amir", "sign", "approve", "approve"))
RUNGS: dict[str, tuple[Deed, ...]] = {
    "draft": (),
    "in validation": _EVIDENCE,
    "failed": (Deed("dana", "submit"), Deed("victor", "evidence", "bad")),
    "validated": _VALIDATED,
    "in review": _IN_REVIEW,
    "signed": _SIGNED,
    "approved": _APPROVED,
    "suspended": (*_APPROVED, Deed("otto", "suspend")),
}
NOON = START + DAY


@dataclass
class Ladder:
    """`at` gives the version of a rung; `told` what the ledger gained since then, as events with their facts."""

    world: World
    lives: dict[str, Life]
    clock: Any
    mark: int = 0

    @property
    def people(self) -> dict[str, Any]:
        return self.world.people

    def at(self, rung: str, tier: int = 1) -> Life:
        life = self.lives[rung] if tier == 1 else self.world.at(tier)
        if tier != 1:
            climb(life, RUNGS[rung], self.clock)
        case = cases.Case(life.case.cast, life.case.version, life.case.standard)
        found = replace(life, case=case, requests=dict(life.requests))
        case.version = type(case.version).objects.select_related("risk_model").get(pk=case.version.pk)
        self.mark = Entry.objects.order_by("sequence").values_list("sequence", flat=True).last() or 0
        return found

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        rows = Entry.objects.filter(sequence__gt=self.mark).order_by("sequence")
        return [(row.event, json.loads(bytes(row.body))["facts"]) for row in rows]


def climb(life: Life, deeds: tuple[Deed, ...], traveller: Any) -> Life:
    for deed in deeds:
        traveller.shift(1)
        refused = life.try_to(deed)
        assert refused is None, (deed, refused)
    return life


def _raised(world: World, traveller: Any) -> dict[str, Life]:
    lives = {}
    first = world.drafts[1]
    for number, (rung, deeds) in enumerate(RUNGS.items()):
        version = cases.registered(first.cast, first.version.candidate, f"0.{200 + number}")
        case = cases.Case(first.cast, version, first.standard)
        lives[rung] = climb(Life(world.people, case), deeds, traveller)
    return lives


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def ladder_of_module(
    django_db_setup: None, django_db_blocker: Any, drawn: cases.Drawn, store: Path
) -> Iterator[Ladder]:
    from django.test.utils import override_settings

    with django_db_blocker.unblock():
        with override_settings(MRM_VAR_DIR=store), held_clock() as traveller:
            world = built(drawn)
            # Evidence, sign-offs and conclusions are told apart by their moments.
            lives = _raised(world, traveller)
        yield Ladder(world, lives, None)
        guards.lift()
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=False)
        guards.install()


@pytest.fixture(autouse=True)
def db(ladder_of_module: Ladder) -> None:
    """The world of the module; the tests undo what they do."""


@pytest.fixture(autouse=True)
def _store_of_its_own(settings: Any, store: Path) -> None:
    """The world's artefacts stay where they were put."""
    settings.MRM_VAR_DIR = store


@pytest.fixture
def ladder(ladder_of_module: Ladder, db: None, django_db_blocker: Any) -> Iterator[Ladder]:
    with django_db_blocker.unblock(), held_clock() as traveller:
        traveller.move_to(NOON)
        with transaction.atomic():
            yield replace(ladder_of_module, clock=traveller)
            transaction.set_rollback(True)
