"""The decision as the loan officer reads it, the list, and computing it again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import the_installation
from accounts.services import choose_language, enrol_person, grant_role
from scoring.privacy import erase
from tests.cast import PASSWORD
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "build_world", "candidate_folder", "world"]


@pytest.fixture
def page_of(world, browser_of):
    return lambda user, decision: browser_of(user).get(f"/decisions/{decision.pk}")


def test_page_says_the_outcome_in_words_with_points_and_reasons(world, page_of):
    page = page_of(world.cast.lia, world.decide("decline")).content.decode()
    assert "Application application 1: declined" in page
    assert "cut-off" in page
    assert "Principal reasons" in page
    assert "code R0" in page


def test_page_is_portuguese_for_who_chose_it(world, page_of):
    choose_language(actor=world.cast.lia, language="pt-br")
    page = page_of(world.cast.lia, world.decide("decline")).content.decode()
    assert 'lang="pt-br"' in page
    assert "não aprovado" in page
    assert "Português late_payments" in page
    assert "Limite de crédito" in page


def test_amounts_keep_their_currency_with_a_no_break_space(world, page_of):
    page = page_of(world.cast.lia, world.decide()).content.decode()
    assert "NT$\u00a0" in page
    assert "(TWD)" not in page


def test_page_shows_neither_raw_attributions_nor_protected_attributes(world, page_of):
    decision = world.decide()
    page = page_of(world.cast.lia, decision).content.decode()
    assert "months_late_0" not in page
    assert "utilisation_1" not in page
    assert not any(name in page for name in ("SEX", "AGE", "MARRIAGE", "EDUCATION"))


def test_hostile_reference_is_escaped(world, page_of):
    decision = world.decide("decline", "<script>alert(1)</script>")
    page = page_of(world.cast.lia, decision).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_erased_content_is_said_to_be_erased(world, page_of):
    decision = world.decide()
    pat = enrol_person(actor=the_installation(), username="pat", name="Pat Prado", password=PASSWORD)
    grant_role(actor=the_installation(), user=pat, role="privacy_officer")
    erase(actor=pat, decision=decision, why="Asked for.")
    page = page_of(world.cast.quinn, decision).content.decode()
    assert "The content was erased" in page
    assert "NT$" not in page
    assert "Compute it again" not in page


@pytest.mark.parametrize(("who", "offered"), [("lia", False), ("quinn", True)])
def test_replay_is_offered_to_who_may(world, page_of, who, offered):
    page = page_of(getattr(world.cast, who), world.decide()).content.decode()
    assert ("Compute it again" in page) is offered


def test_replay_says_that_the_bits_are_the_same(world, browser_of):
    decision = world.decide()
    answer = browser_of(world.cast.quinn).post(f"/decisions/{decision.pk}/replay")
    assert answer.status_code == 200
    assert "bit for bit" in answer.content.decode()


def test_loan_officer_does_not_replay(world, browser_of):
    decision = world.decide()
    assert browser_of(world.cast.lia).post(f"/decisions/{decision.pk}/replay").status_code == 403


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "otto", "root", "olga"])
def test_who_may_not_read_decisions_is_refused(world, browser_of, who):
    decision = world.decide()
    browser = browser_of(getattr(world.cast, who))
    assert browser.get("/decisions").status_code == 403
    assert browser.get(f"/decisions/{decision.pk}").status_code == 403


def test_list_is_narrowed_by_outcome(world, browser_of):
    declined, approved = world.decide("decline", "a"), world.decide("approve", "b")
    page = browser_of(world.cast.lia).get("/decisions?outcome=approve").content.decode()
    assert str(approved.pk) in page
    assert str(declined.pk) not in page


def test_queries_of_the_list_do_not_grow_with_its_length(world, browser_of):
    browser = browser_of(world.cast.lia)
    counts = []
    for _ in range(2):
        world.decide("decline", f"reference {len(counts)}")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/decisions")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


@pytest.mark.parametrize(
    "query",
    [
        "version=0",
        "version=x",
        "version=99999999999",
        "outcome=maybe",
        "model=%20/",
        "cursor=x",
        "cursor=%C3%A9",
        "cursor=bzJ8",
    ],
)
def test_hostile_queries_are_refused_not_broken(world, browser_of, query):
    assert browser_of(world.cast.lia).get(f"/decisions?{query}").status_code in {400, 404, 422}
