"""What every page shows around its content."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.selectors import second_factors
from mrm.desk.demo import cast_of_the_demo
from mrm.desk.navigation import navigation
from mrm.desk.roles import words_of


@dataclass(frozen=True)
class Viewer:
    name: str
    role: str


@dataclass(frozen=True)
class DemoPerson:
    username: str
    name: str
    role: str
    is_current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """Who looks, where they may go, and in the demo as whom they may look."""
    actor = getattr(request, "user", None)
    around: dict[str, Any] = {"navigation": [], "viewer": None, "is_demo": settings.MRM_DEMO}
    if isinstance(actor, User):
        around |= {"navigation": navigation(request), "viewer": Viewer(actor.name, words_of(actor))}
        # Asked for by the pages on which something is signed, and read there only.
        around["signing_with"] = SimpleLazyObject(functools.partial(second_factors, actor))
    if settings.MRM_DEMO:
        around["demo_people"] = _people(actor)
    return around


def _people(actor: object) -> list[DemoPerson]:
    return [
        DemoPerson(person.username, person.name, words_of(person), person == actor)
        for person in cast_of_the_demo()
    ]
