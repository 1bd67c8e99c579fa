from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.law.machine import held_clock
from tests.law.world import World, built
from tests.validation.cases import Drawn
from tests.validation.drawing import drawn

__all__ = ["drawn"]


@pytest.fixture
def traveller() -> Iterator[Any]:
    with held_clock() as held:
        yield held


@pytest.fixture
def world(db: None, traveller: Any, drawn: Drawn) -> World:
    return built(drawn)
