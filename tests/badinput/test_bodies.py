"""Every operation that reads a body refuses every hostile one in words, and keeps nothing of it."""

from __future__ import annotations

import pytest

from tests.badinput.bodies import FORMS, JSON, MALFORMED, accepted_shape, misshapen
from tests.badinput.places import problem_with, rows
from tests.badinput.routes import Route, writes

pytestmark = [pytest.mark.django_db, pytest.mark.control("security:malformed-input")]


def reads_a_form(route: Route) -> bool:
    return str(route) in FORMS


def hostile(route: Route, method: str):
    yield from ((name, body, kind) for name, (body, kind) in MALFORMED.items())
    if accepted_shape(route.view):
        yield "empty", b"", JSON
        yield "empty object", b"{}", JSON
    if not reads_a_form(route):
        for name, body in misshapen(route.view):
            if not (method == "PATCH" and name.startswith("without ")):
                yield name, body, JSON


def chosen() -> list[tuple[Route, str]]:
    """The plain view and two of the framework's: all others share their code."""
    return [(route, method) for route, method in writes() if str(route) in {"score", "model-list", "model"}]


def test_every_hostile_body_is_refused_and_leaves_nothing(pat, places):
    wrong, sent = [], 0
    for route, method in writes():
        before = rows()
        for name, body, kind in hostile(route, method):
            answer = pat.generic(method, route.address(places), body, content_type=kind)
            sent += 1
            if (fault := problem_with(answer)) is not None:
                wrong.append(f"{method} {route}: {name}: {fault}")
        if (after := rows()) != before:
            wrong.append(f"{method} {route} wrote {[name for name in after if after[name] != before[name]]}")
    assert not wrong, "\n".join(wrong)
    assert sent > 1_000


def test_a_hostile_body_with_a_key_leaves_no_key(pat, places):
    """The key may be used again for the request as it was meant."""
    for route, method in writes()[::3]:
        before = rows()
        for name in ("escaped NUL", "over the limit", "over the framework's limit", "unknown member"):
            body, kind = MALFORMED[name]
            answer = pat.generic(
                method, route.address(places), body, content_type=kind, headers={"Idempotency-Key": "k"}
            )
            assert problem_with(answer) is None, (str(route), name, problem_with(answer))
        assert rows() == before, str(route)


def test_a_key_that_is_none_is_refused(pat, places):
    for key in ("", " ", "x" * 129, "é", "a\tb", "a\x00b"):
        answer = pat.generic(
            "POST", "/api/v1/models", b"{}", content_type=JSON, headers={"Idempotency-Key": key}
        )
        assert problem_with(answer) is None, key


def test_a_token_that_is_none_is_refused(client, places):
    for header in (
        "Bearer",
        "Bearer ",
        "Bearer " + "x" * 5_000,
        "Bearer \x00",
        "Bearer mrm_é_x",
        "Basic x",
        "a b c",
    ):
        for route, method in chosen():
            answer = client.generic(
                method, route.address(places), b"{}", content_type=JSON, headers={"Authorization": header}
            )
            assert (answer.status_code, problem_with(answer)) == (401, None), (str(route), header)
