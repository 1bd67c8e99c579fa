"""Nothing is assigned in passing: members that an operation does not take are refused, fields that a form does not have
are ignored, and the database is as it was."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from accounts.services import issue_token, permissions_of
from registry.models import RiskModel
from tests.badinput.bodies import FORMS, accepted_shape, members_of
from tests.badinput.conftest import enrol_everyman
from tests.badinput.places import problem_with
from tests.badinput.routes import writes
from tests.security.conftest import undone

pytestmark = pytest.mark.control("security:mass-assignment")
EXTRA = {
    "id": "00000000-0000-4000-8000-000000000007",
    "stage": "approved",
    "state": "granted",
    "author": "pat",
    "approver": "pat",
    "tier": 3,
    "tier_confirmed": 3,
    "quorum": 0,
    "person": "pat",
    "user": "pat",
    "actor": "pat",
    "is_superuser": True,
    "is_active": True,
    "is_staff": True,
    "role": "approver",
    "roles": ["approver"],
    "granted_by": "pat",
    "signed_by": "pat",
    "made_by": "pat",
    "validator": "pat",
    "presented_scopes": ["approvals:request:sign"],
    "evidence_digest": "a" * 64,
    "artifact_digest": "a" * 64,
    "expires_at": "2099-01-01T00:00:00Z",
    "valid_until": "2099-01-01",
    "model_slug": "other",
    "version_id": 1,
    "_state": {},
    "__class__": "x",
    "constructor": {"prototype": {"is_superuser": True}},
}

# Where reading, refusing and counting leave their traces.
NOTES = ("sessions", "audit", "accounts.RefusalCount", "accounts.ThrottleWindow")


@pytest.fixture(scope="module")
def pat(names) -> User:
    return enrol_everyman()


@pytest.fixture(scope="module")
def client(pat):
    from rest_framework.test import APIClient

    _, secret = issue_token(actor=pat, name="s", days=1, scopes=sorted(permissions_of(pat)))
    made = APIClient(raise_request_exception=False)
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return made


def database() -> str:
    """One digest of every row of every table, but for when a token or a browser was last seen, what was looked at and refused."""
    told = hashlib.sha256()
    for model in sorted(apps.get_models(), key=lambda each: each._meta.label):
        if not model._meta.managed or model._meta.app_label in NOTES or model._meta.label in NOTES:
            continue
        kept = [
            field.attname
            for field in model._meta.concrete_fields
            if field.name not in ("last_used_at", "last_login", "seen_at")
        ]
        for row in model._base_manager.order_by("pk").values_list(*kept):
            told.update(
                repr([bytes(each) if isinstance(each, memoryview) else each for each in row]).encode()
            )
    return told.hexdigest()


@pytest.mark.parametrize(("route", "method"), writes(), ids=str)
def test_an_operation_refuses_members_that_are_not_its_own(client, values, route, method):
    good, before = accepted_shape(route.view), database()
    if str(route) == "score":
        good = {"reference": "r", "features": {}}
    for name in EXTRA.keys() - members_of(route.view).keys():
        body = good | {name: EXTRA[name]}
        if str(route) in FORMS:
            parts = {
                key: value if isinstance(value, str) else json.dumps(value) for key, value in body.items()
            }
            answer = client.post(route.address(values), parts, format="multipart")
        else:
            answer = client.generic(
                method, route.address(values), json.dumps(body), content_type="application/json"
            )
        assert (answer.status_code, problem_with(answer)) == (422, None), (name, answer.content)
        if str(route) != "score":
            assert f"/{name}" in [error["pointer"] for error in answer.json()["errors"]], name
    assert database() == before


def test_a_form_ignores_fields_that_are_not_its_own(pat, names):
    browser = Client()
    browser.force_login(pat)
    words = {"slug": "sneaky", "name": "Sneaky", "purpose": "P", "intended_use": "U"}
    flat = {name: value for name, value in EXTRA.items() if isinstance(value, (str, int)) and name != "tier"}
    with undone():
        answer = browser.post(
            "/propose-model", {**flat, **words, "accepted_by": str(pat.pk), "accepted_at": "2026-01-01"}
        )
        made = RiskModel.objects.filter(slug="sneaky").first()
        assert answer.status_code == 303, answer.content.decode()
        assert (made.accepted_by, made.tier_confirmed if hasattr(made, "tier_confirmed") else None) == (
            None,
            None,
        )
        assert made.proposed_by == pat


def test_signing_in_assigns_nothing(names):
    browser = Client()
    before = User.objects.values_list("is_superuser", "is_active", "person", "kind").get(username="dana")
    browser.post(
        "/sign-in",
        {"username": "dana", "password": "wrong", "is_superuser": "1", "is_active": "1", "kind": "service"},
    )
    assert (
        User.objects.values_list("is_superuser", "is_active", "person", "kind").get(username="dana") == before
    )
