"""The permission table, asked over HTTP: every route and method of the API by everybody."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import stepup
from accounts.models import RoleRequest, User
from accounts.roles import digest_of
from accounts.services import issue_token, permissions_of
from mrm import urls
from registry.models import ModelVersion
from tests.cast import PASSWORD
from tests.governance.committed import db, names
from tests.permissions.table import ACTORS, TABLE, Row
from tests.registry.built import card_csv, declaration
from tests.serving.cards import application, card_frame
from tests.validation import scored
from tests.validation.drawing import drawn
from validation.models import PolicyPack
from validation.selectors import shown

__all__ = ["db", "drawn", "names"]
REFUSED = {403, 404}


class Undone(Exception):
    """Ends the transaction around one request: the next one meets the same world."""


def routes() -> set[str]:
    """Every method of every route of the API, from the resolver itself."""
    found = set()
    for route in urls._api:
        view = route.callback.view_class
        methods = [
            method for method in view.http_method_names if hasattr(view, method) and method != "options"
        ]
        found |= {f"{method.upper()} {route.name}" for method in methods if method != "head"}
    return found


def test_the_table_names_every_route_and_method_and_no_other() -> None:
    named = [row.label for row in TABLE]
    assert len(named) == len(set(named))
    assert set(named) == routes()


@pytest.fixture(scope="module")
def clients(names: dict[str, str]) -> dict[str, APIClient]:
    made = {"anonymous": APIClient(raise_request_exception=False)}
    for username in ACTORS[:-1]:
        user = User.objects.get(username=username)
        _, secret = issue_token(actor=user, name="matrix", days=1, scopes=sorted(permissions_of(user)))
        made[username] = APIClient(raise_request_exception=False)
        made[username].credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return made


# What is sent as a form: the file, and what is declared of it.
UPLOADED: Mapping[tuple[str, str], Callable[[], tuple[bytes, object]]] = {
    ("POST", "api-snapshot-list"): lambda: (card_csv(300), declaration().plain()),
    ("POST", "api-sample-list"): lambda: (scored.csv(scored.table(60)), scored.SAID),
}


@pytest.fixture(autouse=True)
def _store_of_its_own() -> None:
    """The world was built once, so its artefacts stay where they were put."""


def named(value: object, names: Mapping[str, str]) -> object:
    """A row's id where the table names a row of the world."""
    if value == "features":
        return application(card_frame(100))
    if not isinstance(value, str) or value not in names:
        return value
    return str(uuid.UUID(names[value])) if len(names[value]) == 32 else names[value]


def ask(client: APIClient, row: Row, actor: str, names: Mapping[str, str]) -> int:
    address = reverse(row.name, kwargs={key: named(value, names) for key, value in row.path.items()})
    if (row.method, row.name) in UPLOADED:
        content, declared = UPLOADED[row.method, row.name]()
        said = SimpleUploadedFile("d.json", json.dumps(declared).encode(), "application/json")
        parts = {"file": SimpleUploadedFile("cards.csv", content), "declaration": said}
        return client.post(address, parts, format="multipart").status_code
    if (row.method, row.name) == ("POST", "api-version-file-list"):
        parts = {"file": SimpleUploadedFile("notes.txt", b"Words.")}
        return client.post(address, parts, format="multipart").status_code
    body = {key: named(value, names) for key, value in row.body.items()}
    headers = {}
    if row.signs and actor != "anonymous":
        digest = shown_of(row.of, names)
        user = User.objects.get(username=actor)
        nonce = stepup.open_challenge(actor=user, digest=digest, meaning=row.signs)
        body |= {"challenge": nonce, "password": PASSWORD}
        headers = {"HTTP_IF_MATCH": f'"{digest}"'}
    method = getattr(client, row.method.lower())
    return method(address, body or None, format="json", **headers).status_code


def shown_of(name: str, names: Mapping[str, str]) -> str:
    """The digest of what somebody is shown of the world's row of this name."""
    pack = PolicyPack.objects.filter(pk=names[name]).first()
    if pack is not None:
        return pack.digest
    asked = RoleRequest.objects.filter(pk=names[name]).first()
    return digest_of(asked) if asked else shown(ModelVersion.objects.get(pk=names[name])).digest


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_the_api_lets_through_whom_the_table_names_and_nobody_else(
    clients: dict[str, APIClient], names: dict[str, str], row: Row, actor: str
) -> None:
    with pytest.raises(Undone), transaction.atomic():
        status = ask(clients[actor], row, actor, names)
        raise Undone
    if actor == "anonymous":
        assert status == 401
    elif actor in row.may:
        assert status == row.may[actor]
    else:
        assert status in REFUSED
