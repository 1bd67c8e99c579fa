from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.cast import Cast
from tests.validation.cases import Case, Drawn, case_in_validation
from tests.validation.drawing import drawn

__all__ = ["browser_of", "case", "drawn"]


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """The browser of somebody who is signed in. A refusal comes back as its page, a fault is raised."""

    def browser(user: User) -> Client:
        made = Client()
        made.force_login(user)
        return made

    return browser


@pytest.fixture
def case(cast: Cast, drawn: Drawn) -> Case:
    """A version of a tier 1 model in validation, without evidence yet."""
    return case_in_validation(cast, drawn)
