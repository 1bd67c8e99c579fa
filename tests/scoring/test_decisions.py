"""Who reads which decisions, page by page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant
from accounts.selectors import the_installation
from accounts.services import grant_role, revoke_role
from mrm.lib.errors import Invalid, NotAllowed, NotFound
from scoring import selectors
from scoring.selectors import DecisionFilter

LIST = "/api/v1/decisions"


@pytest.fixture
def seven(world):
    """Ids of seven decisions, the newest first."""
    outcomes = ["approve", "decline", "decline", "approve", "refer", "decline", "approve"]
    return [world.decide(outcome, f"application {n}").pk for n, outcome in enumerate(outcomes)][::-1]


def _walk(client, address, limit):
    pages = []
    while address:
        page = client.get(address).json()
        pages.append([row["id"] for row in page["results"]])
        address = page["next"]
        assert len(pages[-1]) <= limit
    return pages


def test_the_pages_together_are_every_decision_once_newest_first(world, seven, lia):
    pages = _walk(lia, f"{LIST}?limit=3", 3)
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [row for page in pages for row in page] == [str(pk) for pk in seven]


def test_previous_leads_back(world, seven, lia):
    first = lia.get(f"{LIST}?limit=3").json()
    second = lia.get(first["next"]).json()
    third = lia.get(second["next"]).json()
    assert first["previous"] is None
    assert third["next"] is None
    assert lia.get(third["previous"]).json()["results"] == second["results"]
    assert lia.get(lia.get(third["previous"]).json()["previous"]).json()["results"] == first["results"]


def test_a_list_is_narrowed(world, seven, lia):
    assert len(lia.get(f"{LIST}?outcome=decline&model=card-limit&version=1").json()["results"]) == 3
    assert lia.get(f"{LIST}?version=2").json()["results"] == []
    assert lia.get(f"{LIST}?model=another").json()["results"] == []


def test_a_list_never_shows_a_payload(world, seven, lia):
    row = lia.get(LIST).json()["results"][0]
    assert set(row) == {"id", "at", "model", "version", "outcome", "made_by", "is_erased"}


def test_a_longer_list_costs_no_more_statements(world, seven):
    def statements(limit: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            page = selectors.decisions(actor=world.cast.lia, narrowed=DecisionFilter(), limit=limit)
            assert [
                (row.version.risk_model.slug, row.made_by.name, row.payload.is_erased) for row in page.results
            ]
        return len(seen)

    assert statements(1) == statements(7) == 3


MALFORMED = (
    "cursor=x",
    "cursor=%F0%9F%92%A9",
    "cursor=b3x8fA",
    "limit=0",
    "limit=many",
    "version=99999999999999999999",
    "outcome=maybe",
    "colour=red",
    "model=%20",
    "model=" + "x" * 300,
)


def test_a_malformed_query_is_refused(world, lia):
    for query in MALFORMED:
        answer = lia.get(f"{LIST}?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"]


def test_a_cursor_without_a_zone_is_refused(world):
    import base64

    forged = base64.urlsafe_b64encode(b"o|2026-01-01T00:00:00|00000000-0000-0000-0000-000000000000").decode()
    with pytest.raises(Invalid):
        selectors.decisions(actor=world.cast.lia, narrowed=DecisionFilter(), cursor=forged)


def test_who_may_not_read_decisions_is_refused(world, client_of):
    decision = world.decide()
    for name in ("dana", "victor", "ada", "otto", "root", "olga"):
        client = client_of(getattr(world.cast, name))
        assert client.get(LIST).status_code == 403, name
        assert client.get(f"{LIST}/{decision.pk}").status_code == 403, name


def test_a_role_for_one_model_reaches_no_other(world):
    decision = world.decide()
    quinn = world.cast.quinn
    revoke_role(actor=the_installation(), grant=RoleGrant.objects.get(user=quinn, role="auditor"))
    grant_role(actor=the_installation(), user=quinn, role="auditor", model_slug="another-model")
    assert selectors.decisions(actor=quinn, narrowed=DecisionFilter()).results == ()
    with pytest.raises(NotFound):
        selectors.decision(actor=quinn, decision_id=decision.pk)
    with pytest.raises(NotAllowed):
        selectors.decisions(actor=quinn, narrowed=DecisionFilter(model="card-limit"))


def test_an_unknown_decision_is_not_found(world, lia):
    assert lia.get(f"{LIST}/00000000-0000-4000-8000-000000000000").status_code == 404


def test_a_decision_shows_no_protected_attribute(world, lia):
    decision = world.decide()
    shown = lia.get(f"{LIST}/{decision.pk}").json()["payload"]
    assert not {"SEX", "AGE", "MARRIAGE", "EDUCATION"} & set(shown["inputs"])


def test_a_decision_is_told_in_the_language_asked_for(world, lia):
    decision = world.decide()
    shown = lia.get(f"{LIST}/{decision.pk}", HTTP_ACCEPT_LANGUAGE="pt-BR").json()["payload"]
    assert shown["reasons"][0]["text"].startswith("Português ")
    assert all(reason["points"] <= 0 for reason in shown["reasons"])
