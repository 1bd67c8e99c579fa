"""Hostile queries, parts of paths and methods: always a clear refusal or the ordinary answer, never a fault."""

from __future__ import annotations

import base64
from itertools import product

import pytest

from tests.badinput.places import problem_with, rows
from tests.badinput.routes import METHODS, reads, routes

pytestmark = [pytest.mark.django_db, pytest.mark.control("security:malformed-input")]


def _cursor(position: str) -> str:
    return base64.b64encode(position.encode()).decode()


_CURSORS = (
    "",
    "%ff",
    "%ud800",
    "x" * 4_000,
    "é",
    _cursor("p=x"),
    _cursor("p=%00"),
    _cursor("o=-1&p=2026-01-01"),
    _cursor("o=99999999999999999999"),
    _cursor("p=2026-13-45 99:99"),
    _cursor("p=99999999999999999999999&r=1"),
    _cursor("r=1&p=%ff"),
)
_QUERIES = (
    "cursor[]=1&cursor=2&cursor=3",
    "a=%00",
    "format=xml",
    "limit=99999999999999999999999999",
    "limit=NaN",
    "version=99999999999999999999999999",
    "version=0&model=%ff&outcome=x",
    "model=' OR 1=1 --",
    "&&&=&;",
)
_PARTS = (
    "%00",
    "..",
    "%2f",
    "%ff",
    "%0a",
    "-1",
    "9" * 30,
    "x" * 3_000,
    "é",
    "not-a-uuid",
    "' OR 1=1 --",
    " ",
)


def _is_clear(answer) -> str | None:
    if answer.status_code == 200:
        return None
    return problem_with(answer)


def test_every_hostile_query_is_answered_or_refused_in_words(pat, places):
    before, wrong = rows(), []
    for route in reads():
        cursors = [f"cursor={cursor}" for cursor in _CURSORS if route.name.endswith("-list")]
        for query in (*_QUERIES, *cursors):
            answer = pat.get(f"{route.address(places)}?{query}")
            if (fault := _is_clear(answer)) is not None:
                wrong.append(f"{route}?{query[:60]}: {fault}")
    assert not wrong, "\n".join(wrong)
    assert rows() == before


def test_a_made_up_cursor_is_refused_and_a_given_one_is_followed(pat, cast, places):
    from registry.entries import EntryWords, propose_model

    for number in range(55):
        propose_model(actor=cast.dana, slug=f"model-{number:02}", words=EntryWords(name="Many"))
    first = pat.get("/api/v1/models").json()
    second = pat.get(first["next"]).json()
    slugs = [entry["slug"] for page in (first, second) for entry in page["results"]]
    assert (len(slugs), len(set(slugs)), second["next"]) == (56, 56, None)
    assert pat.get(f"/api/v1/jobs?cursor={_cursor('p=yesterday')}").status_code == 400


def test_every_hostile_part_of_a_path_is_not_found_or_malformed(pat, places):
    before, wrong = rows(), []
    for route in routes():
        method = min(route.methods)
        for part in route.parts:
            for hostile in _PARTS:
                address = route.address_with(places, part, hostile)
                answer = pat.generic(method, address, b"{}", content_type="application/json")
                if (fault := problem_with(answer)) is not None:
                    wrong.append(f"{method} {address[:120]}: {fault}")
    assert not wrong, "\n".join(wrong)
    assert rows() == before


def test_every_other_method_is_refused(pat, places):
    for route in routes():
        for method in {*METHODS, "TRACE", "x"} - route.methods:
            answer = pat.generic(method, route.address(places), b"", content_type="application/json")
            assert (answer.status_code, problem_with(answer)) == (405, None), (str(route), method)
            assert set(answer["Allow"].split(", ")) - {"OPTIONS", "HEAD"} == route.methods, str(route)


def test_an_odd_accept_is_answered_or_refused_in_words(pat, places):
    for accepted, route in product(("text/html", "x", "*/*;q=0", ",,,"), reads()[:4]):
        answer = pat.get(route.address(places), headers={"Accept": accepted})
        assert answer.status_code == 200 or problem_with(answer) is None, (str(route), answer.status_code)


@pytest.mark.parametrize(
    "address",
    ["/api/v1/", "/api/v1", "/api/", "/api/v2/models", "/api/v1/models/", "/api/v1/nothing", "/api/v1/me/x"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_api_address_answers_problem_json(client, db, address, method):
    answer = client.generic(method, address)
    assert (answer.status_code, problem_with(answer)) == (404, None)


def test_an_unknown_page_answers_a_page(client, db):
    answer = client.get("/nothing-of-this-name")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert b"nothing at this address" in answer.content


def test_an_unknown_host_is_refused_in_words(client, db, settings):
    settings.ALLOWED_HOSTS = ["bank.example"]
    assert problem_with(client.get("/api/v1/me", headers={"Host": "evil.example"})) is None
