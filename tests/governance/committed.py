"""Fixtures of the modules that send raw SQL: one world a module, committed, because other connections must see it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command

from audit import guards
from tests.governance import full_world
from tests.validation.cases import Drawn


@pytest.fixture(scope="module")
def names(django_db_setup: None, django_db_blocker: object, drawn: Drawn) -> Iterator[dict[str, str]]:
    """What the statements call the rows of the world; everything is emptied afterwards with the guards lifted."""
    with django_db_blocker.unblock():
        try:
            yield full_world.build(drawn)
        finally:
            # Also after a world that could not be built: what it left would fail every test behind it.
            guards.lift()
            call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=False)
            guards.install()


@pytest.fixture(autouse=True)
def db(names: dict[str, str]) -> None:
    """Stands in for the transaction around a test, which would hide the world from other connections."""
