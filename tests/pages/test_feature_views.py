"""Feature views on pages: a definition in words, counts and digests, never a row."""

from __future__ import annotations

import pytest

from quant.transactions import form
from registry.feature_views import BuiltView, record_view
from tests.training.feature_views.viewed import DEFINITION

COUNTS = {
    "without_bookings": 100,
    "bookings": 300,
    "of_nobody": 0,
    "counted": 290,
    "too_late": 7,
    "too_early": 3,
}
SOURCES = [{"name": "transactions", "rows": 300, "files": 2, "digest": "d" * 64, "bytes": 1}]


@pytest.fixture
def view(cast):
    lineage = {"counts": COUNTS, "sources": SOURCES}
    built = BuiltView("bank", form.dump(DEFINITION), "c" * 64, 400, lineage, {})
    return record_view(actor=cast.dana, built=built)


def test_the_page_says_what_is_measured_and_what_became_of_the_bookings(cast, view, browser_of):
    page = browser_of(cast.victor).get(f"/feature-views/{view.pk}").content.decode()
    for words in (
        "bank/1",
        "inflow_30d, inflow_90d",
        "share of 30-day slices with income",
        "SALARY",
        "290",
        "c" * 64,
    ):
        assert words in page


def test_the_list_leads_to_it_and_the_snapshots_lead_to_the_list(cast, view, browser_of):
    browser = browser_of(cast.quinn)
    assert f"/feature-views/{view.pk}" in browser.get("/feature-views").content.decode()
    assert 'href="/feature-views"' in browser.get("/snapshots").content.decode()


def test_an_empty_list_says_how_one_is_built(cast, browser_of):
    assert "docs/transactions.md" in browser_of(cast.dana).get("/feature-views").content.decode()


def test_a_page_of_many_leads_to_the_next(cast, view, browser_of):
    for number in range(51):
        record_view(actor=cast.dana, built=BuiltView("b", view.definition, f"{number:064}", 1, {}, {}))
    browser = browser_of(cast.dana)
    first = browser.get("/feature-views").content.decode()
    assert "after=" in first
    assert "bank/1" not in first
    following = first.split("/feature-views?after=")[1].split('"')[0]
    assert "bank/1" in browser.get(f"/feature-views?after={following}").content.decode()
