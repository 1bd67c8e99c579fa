from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

NOON = dt.datetime(2026, 11, 20, 12, 0, 5, tzinfo=dt.UTC)


@pytest.fixture
def noon() -> Iterator[time_machine.Coordinates]:
    """Time stands still until it is shifted."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
