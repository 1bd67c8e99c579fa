"""One committed world a module; every request is undone or changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import issue_token, permissions_of
from tests.governance.committed import db, names
from tests.security.addresses import values_of
from tests.validation.drawing import drawn

__all__ = ["db", "drawn", "names"]


@contextmanager
def undone() -> Iterator[None]:
    """What is done in it is rolled back, so that the next request meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def values(names: dict[str, str]) -> dict[str, str]:
    return values_of(names)


@pytest.fixture(autouse=True)
def _store_of_its_own() -> None:
    """The world was built once, so its artefacts stay where they were put."""


@pytest.fixture(scope="module")
def person(names: dict[str, str]) -> Callable[[str], User]:
    return lambda username: User.objects.select_related("person").get(username=username)


@pytest.fixture(scope="module")
def browser(person: Callable[[str], User]) -> Callable[..., Client]:
    """The browser of somebody who is signed in; a fault comes back as its answer."""

    def opened(username: str, **options: Any) -> Client:
        made = Client(raise_request_exception=False, **options)
        made.force_login(person(username))
        return made

    return opened


@pytest.fixture(scope="module")
def caller(person: Callable[[str], User]) -> Callable[[str], APIClient]:
    """Somebody's API client, with everything they may do."""

    def made(username: str) -> APIClient:
        user = person(username)
        _, secret = issue_token(actor=user, name="security", days=1, scopes=sorted(permissions_of(user)))
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return made
