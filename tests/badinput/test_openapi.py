"""The API describes itself completely: every route, no warning, and the committed description is the present one."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS

from tests.badinput.routes import READS, WRITES, routes

KEPT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
REWRITE = "manage.py spectacular --format openapi-json --file docs/openapi.json"


@pytest.fixture(scope="module")
def described() -> dict:
    GENERATOR_STATS.reset()
    said = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn", stdout=said)
    return json.loads(said.getvalue())


def test_it_is_valid_and_generated_without_a_warning(described):
    assert described["openapi"].startswith("3.1")


def test_every_route_and_method_is_described_and_nothing_else(described):
    standing = {
        (route.described, method)
        for route in routes()
        for method in (*READS, *WRITES)
        if method in route.methods
    }
    told = {
        (path, method.upper()) for path, operations in described["paths"].items() for method in operations
    }
    assert told == standing


def test_every_operation_has_its_own_name_a_tag_a_token_and_its_refusals(described):
    operations = [each for path in described["paths"].values() for each in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        assert operation["tags"], operation["operationId"]
        assert {"token": []} in operation["security"], operation["operationId"]
        for status in ("400", "401", "403", "404"):
            assert "application/problem+json" in operation["responses"][status]["content"]


def test_the_committed_description_is_the_present_one(described):
    assert json.loads(KEPT.read_text(encoding="utf-8")) == described, f"Rewrite it: {REWRITE}"


def test_answers_are_what_is_described(pat, places, described):
    """Every read of a world with something in every table, against its schema."""
    from jsonschema import Draft202012Validator

    read = 0
    for route in routes():
        operation = described["paths"][route.described].get("get")
        answer = pat.get(route.address(places)) if operation else None
        if answer is None or answer.status_code != 200 or answer["Content-Type"] != "application/json":
            continue
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        errors = Draft202012Validator({**schema, "components": described["components"]}).iter_errors(
            answer.json()
        )
        assert [f"{route}: {list(error.path)} {error.message[:200]}" for error in errors] == []
        read += 1
    assert read > 12


@pytest.mark.django_db
def test_the_apis_page_holds_nothing_inline(client):
    page = client.get("/api/docs/")
    body = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in body
    assert " style=" not in body
    assert body.count("<script") == body.count('<script src="/')
    assert "script-src 'self'" in page["Content-Security-Policy"]
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert client.get("/api/schema/").status_code == 200
