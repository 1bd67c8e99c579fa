"""The monitoring plan: asked for before the approvers are, and standing still from then on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from mrm.lib.errors import Blocked, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from quant.features.plain import SchemaFault
from registry import monitored
from registry.monitored import Watched, catalogue
from registry.monitoring_plans import lines_of, newest_plan, write_plan
from registry.services import advance
from tests.registry.built import drafted_version, walked_to
from tests.registry.documents import documented, watched_lines

LINE = Watched("score_psi", "month", "0.1", "0.25", "victor", "Look at it within a month.")


@pytest.fixture
def draft(cast):
    return documented(cast.dana, drafted_version(cast), is_watched=False)


def write(cast, version, lines=None, by="dana"):
    return write_plan(
        actor=getattr(cast, by), version=version, lines=watched_lines() if lines is None else lines
    )


def test_plan_is_kept_by_revision_and_its_newest_counts(cast, draft, events):
    write(cast, draft)
    changed = [replace(line, every="week") for line in watched_lines()]
    write(cast, draft, changed, by="victor")
    newest = newest_plan(draft)
    assert (newest.revision, lines_of(newest)) == (2, changed)
    assert events()[-1] == "monitoring:planned"


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_developers_and_validators_write_it(cast, draft, who):
    with pytest.raises(NotAllowed):
        write(cast, draft, by=who)
    assert newest_plan(draft) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "weather"},
        {"every": "hour"},
        {"amber": "0.3"},
        {"red": "much"},
        {"red": "NaN"},
        {"red": "Infinity"},
        {"owner": "nobody"},
        {"then": " "},
    ],
)
def test_line_that_could_not_be_acted_upon_is_refused(cast, draft, wrong):
    lines = [replace(LINE, **wrong), *[each for each in watched_lines() if each.measure != "score_psi"]]
    with pytest.raises(Invalid) as refused:
        write(cast, draft, lines)
    assert any(error.pointer.startswith("/measures") for error in refused.value.errors)
    assert newest_plan(draft) is None


def test_where_low_is_bad_red_lies_below_amber(cast, draft):
    others = [each for each in watched_lines() if each.measure != "impact_ratio"]
    line = Watched("impact_ratio", "quarter", "0.8", "0.9", "victor", "Look.")
    with pytest.raises(Invalid, match="not written"):
        write(cast, draft, [*others, line])
    write(cast, draft, [*others, replace(line, red="0.75")])


def test_measure_is_watched_once(cast, draft):
    with pytest.raises(Invalid):
        write(cast, draft, [*watched_lines(), LINE])


@pytest.mark.parametrize(("tier", "due"), [(1, 5), (2, 4), (3, 2), (None, 5)])
def test_each_tier_asks_for_its_measures_and_an_unknown_one_for_the_most(tier, due):
    assert len(catalogue().due(tier)) == due
    assert any(fault.code == "lacking" for fault in monitored.faults([], tier))


@pytest.mark.control("SR26-2:monitoring")
def test_approvers_are_not_asked_before_there_is_a_plan(cast, draft, monkeypatch):
    only = {"request": ("registry.gates.monitoring_is_planned",)}
    monkeypatch.setattr(governance, "GATES", {})
    version = walked_to(cast, draft, "validated")
    monkeypatch.setattr(governance, "GATES", only)
    with pytest.raises(Blocked, match="has no monitoring plan"):
        advance(actor=cast.dana, version=version, move="request")
    monkeypatch.setattr(governance, "GATES", {})
    with pytest.raises(DatabaseError, match="with a monitoring plan"), transaction.atomic():
        advance(actor=cast.dana, version=version, move="request")


def test_plan_stands_still_once_approvers_are_asked(cast, draft, monkeypatch):
    monkeypatch.setattr(governance, "GATES", {})
    write(cast, draft)
    version = walked_to(cast, draft, "in_review")
    with pytest.raises(WrongStage, match="does not change now"):
        write(cast, version)


@pytest.mark.parametrize(
    "changed", [{"format": "x"}, {"measures": []}, {"measures": [{"key": "a"}]}, {"odd": 1}]
)
def test_measures_of_another_shape_are_refused(changed):
    raw = {"format": monitored.FORMAT, "slug": "s", "measures": []} | changed
    with pytest.raises(SchemaFault):
        monitored.load(raw)
