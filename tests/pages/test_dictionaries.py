"""The dictionaries of a model in their order, on a page and by API."""

from __future__ import annotations

import copy

import pytest

from registry.dictionary_history import Change, dictionary_history
from registry.reason_dictionaries import propose_dictionary
from tests.pages.reading import links, text

HERE = "/models/card-limit/dictionaries"


@pytest.fixture
def changed(case):
    """The version's dictionary, and another that says one text otherwise, which no version uses."""
    reasons = copy.deepcopy(case.version.dictionary.reasons)
    reasons["reasons"][0]["texts"]["pt-br"] = "Outras palavras."
    return propose_dictionary(
        actor=case.cast.dana, risk_model=case.version.risk_model, reasons=reasons
    ).dictionary


def test_dictionaries_are_numbered_in_the_order_of_proposal_with_who_uses_them(case, changed):
    newest, first = dictionary_history(actor=case.cast.quinn, slug="card-limit")
    assert (newest.number, newest.dictionary, newest.versions) == (2, changed, ())
    assert (first.number, first.versions, first.changed) == (1, (1,), None)
    [only] = newest.changed.texts
    assert (only.change, only.language, only.after) == (Change.CHANGED, "pt-br", "Outras palavras.")


@pytest.mark.usefixtures("changed")
def test_page_shows_the_words_before_and_after_and_the_versions(case, browser_of):
    page = browser_of(case.cast.quinn).get(HERE)
    assert "Outras palavras." in text(page)
    assert "/models/card-limit/versions/1" in links(page)
    assert HERE in links(browser_of(case.cast.quinn).get("/models/card-limit"))


@pytest.mark.usefixtures("changed")
def test_api_lists_each_dictionary_with_its_number_and_what_changed(case, client_of):
    newest, first = client_of(case.cast.quinn).get(f"/api/v1{HERE}").json()["results"]
    assert (newest["number"], first["number"], first["versions"]) == (2, 1, [1])
    assert newest["changed"]["texts"][0]["after"] == "Outras palavras."
    assert first["changed"] is None


def test_who_sees_no_inventory_sees_no_dictionary(case, browser_of):
    assert browser_of(case.cast.root).get(HERE).status_code == 403
