from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """The browser of somebody who is signed in."""

    def browser(user: User) -> Client:
        made = Client()
        made.force_login(user)
        return made

    return browser
