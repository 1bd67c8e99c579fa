from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User

NOON = dt.datetime(2026, 11, 20, 12, 0, 5, tzinfo=dt.UTC)


@pytest.fixture
def noon() -> Iterator[time_machine.Coordinates]:
    """Time stands still until it is shifted."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """The browser of somebody who is signed in."""

    def browser(user: User) -> Client:
        made = Client()
        made.force_login(user)
        return made

    return browser
