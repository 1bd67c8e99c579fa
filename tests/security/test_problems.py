"""Whatever is refused to a program is problem+json, wherever it was refused; a person gets a page."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.badinput.places import problem_with
from tests.badinput.routes import routes
from tests.security.addresses import PLAIN, ROWS, addresses, pages

pytestmark = pytest.mark.control("security:malformed-input")
SOMETHING = dict.fromkeys(ROWS, "00000000-0000-4000-8000-000000000007") | PLAIN
BEHIND = ("", "/", "/nothing", "/nothing/", ";x", "%20", "/%2e%2e", ".json")
OTHERS = (
    "/api",
    "/api/",
    "/api/v1",
    "/api/v2/models",
    "/v2",
    "/v2/",
    "/v2/models/card-limit/infer",
    "/v2/health/live",
)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def test_an_unknown_address_of_a_program_is_a_problem(client):
    near = {f"{route.address(SOMETHING)}{more}" for route in routes() for more in BEHIND}
    known = {route.address(SOMETHING) for route in routes()}
    # What stands behind the last name may itself be a name: then it is an address that is known, and needs a token.
    for path in sorted({*near, *OTHERS} - known):
        answer = client.get(path)
        assert (answer.status_code in (401, 404, 405), problem_with(answer)) == (True, None), path


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "PUT"])
def test_a_stranger_is_refused_by_a_problem_at_every_operation(client, method):
    for route in routes():
        answer = client.generic(method, route.address(SOMETHING))
        assert (answer.status_code in (401, 405), problem_with(answer)) == (True, None), str(route)
        if answer.status_code == 401:
            assert answer["WWW-Authenticate"] == 'Bearer realm="countersign"', str(route)


@pytest.mark.parametrize("path", ["/api/v1/broken", "/api/broken"])
def test_a_fault_tells_a_program_nothing_but_an_id(settings, person, caller, path):
    settings.ROOT_URLCONF = "tests.security.faulty"
    client = caller("dana")
    client.force_login(person("dana"))
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert set(answer.json()) == {"type", "title", "status", "detail", "trace_id"}
    assert b"secret of the fault" not in answer.content
    assert b"ZeroDivision" not in answer.content


def test_a_fault_tells_a_person_no_more(settings, browser):
    settings.ROOT_URLCONF = "tests.security.faulty"
    answer = browser("dana").get("/broken")
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert b"secret of the fault" not in answer.content


def test_a_method_that_is_none_does_nothing_at_any_page(browser):
    dana = browser("dana")
    for address in pages():
        answer = dana.generic("TRACE", address.path(SOMETHING))
        assert answer.status_code in (403, 404, 405), str(address)


def test_every_address_of_a_program_is_below_its_prefix():
    told = [each.name for each in addresses() if each.name.startswith("api-") and not each.is_api]
    assert told == []
