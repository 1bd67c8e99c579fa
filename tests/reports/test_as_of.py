"""The inventory as of a day, read on another way than the inventory of now."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from accounts.selectors import the_installation
from accounts.services import grant_role
from mrm.lib import clock
from mrm.lib.errors import Invalid
from registry.models import RiskModel, StageChange
from registry.services import suspend_version
from reports.as_of.inventory import end_of, inventory_as_of
from tests.pages.conftest import browser_of

__all__ = ["browser_of"]
MOMENT = dt.timedelta(microseconds=1)


def moved(case, target):
    return StageChange.objects.get(version=case.version, target=target).made_at


def version_at(case, at):
    return inventory_as_of(actor=case.cast.quinn, at=at).entries[0].versions[0]


def test_approval_after_the_moment_does_not_show(approved):
    at = moved(approved, "approved")
    assert (version_at(approved, at).stage, version_at(approved, at - MOMENT).stage) == (
        "approved",
        "in_review",
    )
    assert version_at(approved, at - MOMENT).expires_at is None


def test_approval_that_was_suspended_later_still_shows(approved):
    suspend_version(actor=approved.cast.otto, version=approved.version, why="Something is wrong.")
    at = moved(approved, "suspended")
    entry = inventory_as_of(actor=approved.cast.quinn, at=at - MOMENT).entries[0]
    assert [each.number for each in entry.in_force] == [1]
    assert inventory_as_of(actor=approved.cast.quinn, at=at).entries[0].in_force == ()


def test_inventory_of_today_is_the_ordinary_one(approved):
    told = [
        (each.slug, each.tier, each.owner, {one.number: one.stage for one in each.versions})
        for each in inventory_as_of(actor=approved.cast.quinn, at=clock.now()).entries
    ]
    rows = RiskModel.objects.order_by("slug")
    assert told == [
        (each.slug, each.tier, each.owner.name, dict(each.versions.values_list("number", "stage")))
        for each in rows
    ]


def test_day_that_has_not_come_is_refused(cast, browser_of):
    tomorrow = clock.now().date() + dt.timedelta(days=1)
    with pytest.raises(Invalid, match="moments that have come"):
        inventory_as_of(actor=cast.quinn, at=end_of(tomorrow))
    assert browser_of(cast.quinn).get(f"/inventory/as-of?day={tomorrow}").status_code == 422


def test_scope_of_the_reader_holds_for_the_past_too(approved):
    from accounts.services import enrol_person

    noor = enrol_person(
        actor=the_installation(), username="noor", name="Noor", password="a long one for noor"
    )
    grant_role(actor=the_installation(), user=noor, role="auditor", model_slug="other")
    assert inventory_as_of(actor=noor, at=clock.now()).entries == ()


def test_page_and_csv_say_the_same(approved, browser_of):
    browser = browser_of(approved.cast.quinn)
    page = browser.get("/inventory/as-of").content.decode()
    answer = browser.get("/inventory/as-of.csv")
    heads, line = csv.reader(io.StringIO(answer.content.decode()))
    assert dict(zip(heads, line, strict=True))["Stage"] == "approved"
    assert [cell for cell in line if cell not in page] == []
    assert answer["Content-Disposition"].startswith('attachment; filename="inventory-')


@pytest.mark.parametrize("query", ["day=yesterday", "day=2026-13-01"])
def test_what_is_no_day_is_refused(cast, browser_of, query):
    assert browser_of(cast.quinn).get(f"/inventory/as-of?{query}").status_code == 400


@pytest.mark.parametrize("who", ["root", "olga"])
def test_who_reads_no_inventory_reads_no_past_one(cast, browser_of, who):
    for url in ("/inventory/as-of", "/inventory/as-of.csv"):
        assert browser_of(getattr(cast, who)).get(url).status_code == 403
