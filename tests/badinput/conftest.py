from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from mrm.settings import governance
from tests.badinput.places import places_of
from tests.cast import PASSWORD, Cast
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "build_world", "candidate_folder", "world"]


def enrol_everyman() -> User:
    """Somebody with every role that is not held alone, so that no permission stands in front of a bad input."""
    made = enrol_person(actor=the_installation(), username="pat", name="Pat Pires", password=PASSWORD)
    for role in set(governance.ROLES) - set(governance.ALONE):
        grant_role(actor=the_installation(), user=made, role=role)
    return made


@pytest.fixture
def pat(cast: Cast, client_of) -> APIClient:
    return client_of(enrol_everyman())


@pytest.fixture
def places(world) -> dict[str, str]:
    """What the parts of addresses stand for in this world: real things, so that bodies are reached."""
    return places_of(world)
