"""Overlays: size, reason, who signed, until when; on record by quorum, over by the clock, and no score changes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction

from approvals.expiries import expiries_of
from approvals.models import ApprovalRequest, Overlay
from approvals.selectors import overlays_of
from approvals.services import Adjustment, ask_overlay
from audit.events import Event
from mrm.lib import clock
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from mrm.settings import governance
from notices.due import everything_due
from notices.models import Notice
from tests.approvals.signed import about, approved, granted_by, requested, signed
from tests.pages.conftest import browser_of

__all__ = ["browser_of"]
pytestmark = pytest.mark.control("SR26-2:overlays")
MONTH = dt.timedelta(days=30)


def adjusted(**changed) -> Adjustment:
    terms = {"kind": "pd_multiplier", "size": Decimal("1.20"), "segment": "Loans of 2025."}
    return Adjustment(**{**terms, "until": clock.now() + MONTH, **changed})


def asked(case, by: str = "dana", **changed) -> ApprovalRequest:
    terms = adjusted(**changed)
    return ask_overlay(actor=getattr(case.cast, by), version=case.version, adjustment=terms, why="Floods.")


@pytest.fixture
def held(case):
    """A version in force."""
    return approved(case)


def test_two_approvers_put_it_on_record_as_it_was_asked(held):
    granted_by(asked(held), held.cast.ada, held.cast.amir)
    (kept,) = overlays_of(actor=held.cast.quinn, version=held.version)
    assert (kept.kind, kept.size, kept.segment, kept.why) == (
        "pd_multiplier",
        "1.2",
        "Loans of 2025.",
        "Floods.",
    )
    assert set(kept.signed_by) == {"Ada Abreu", "Amir Aziz"}
    assert about(held, Event.OVERLAY_GRANTED) == 1
    assert Notice.objects.filter(event="overlay:granted").exists()


def test_one_approver_of_two_puts_nothing_on_record(held):
    signed(asked(held), held.cast.ada)
    assert not Overlay.objects.exists()


@pytest.mark.parametrize("by", ["dana", "victor"])
def test_neither_makers_nor_the_validator_nor_the_opener_sign(held, by):
    request = asked(held, by)
    with pytest.raises(NotAllowed):
        signed(request, getattr(held.cast, by))


@pytest.mark.parametrize("by", ["ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_or_a_validator_asks(held, by):
    with pytest.raises(NotAllowed):
        asked(held, by)
    assert not ApprovalRequest.objects.filter(act="grant-overlay").exists()


def test_a_version_that_is_not_approved_takes_none(case):
    requested(case)
    with pytest.raises(WrongStage):
        asked(case)


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("pd_multiplier", "0"),
        ("pd_multiplier", "1"),
        ("pd_multiplier", "10.1"),
        ("pd_add_on", "0"),
        ("pd_add_on", "1"),
        ("pd_add_on", "-1"),
        ("provision_amount", "0"),
        ("cut_off_tightening", "-0.1"),
        ("cut_off_tightening", "1"),
        ("guess", "0.5"),
    ],
)
def test_a_size_that_changes_nothing_or_too_much_is_refused(held, kind, size):
    with pytest.raises(Invalid):
        asked(held, kind=kind, size=Decimal(size))
    assert not ApprovalRequest.objects.filter(act="grant-overlay").exists()


@pytest.mark.parametrize("days", [0, governance.OVERLAY_DAYS + 1])
def test_it_has_an_end_within_a_year_and_a_segment(held, days):
    with pytest.raises(Invalid):
        asked(held, until=clock.now() + dt.timedelta(days=days))
    with pytest.raises(Invalid):
        asked(held, segment=" ")


def test_another_segment_is_another_question_and_the_same_one_is_not(held):
    asked(held)
    asked(held, segment="Everybody else.")
    with pytest.raises(Conflict, match="already"):
        asked(held)


def test_its_end_ends_it_and_is_told_beforehand(held):
    granted_by(asked(held), held.cast.ada, held.cast.amir)
    kept = Overlay.objects.get()
    with time_machine.travel(kept.until - dt.timedelta(days=7), tick=False):
        assert not kept.has_lapsed
        assert ("overlay", 7) in {(each.kind, each.days) for each in everything_due()}
    with time_machine.travel(kept.until, tick=False):
        assert kept.has_lapsed
        (row,) = expiries_of(actor=held.cast.victor, kind="overlay")
        assert row.state == "lapsed"


def test_nothing_goes_on_record_after_its_date_has_passed(held):
    request = asked(held, until=clock.now() + dt.timedelta(hours=1))
    signed(request, held.cast.ada)
    with (
        time_machine.travel(clock.now() + dt.timedelta(hours=2)),
        pytest.raises(Conflict, match="has passed"),
    ):
        signed(request, held.cast.amir)
    assert not Overlay.objects.exists()


def test_the_database_takes_no_other_size_than_was_signed_and_changes_none(held):
    granted_by(asked(held), held.cast.ada, held.cast.amir)
    for change in ("SET size = '9'", "SET until = granted_at"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE approvals_overlay {change}")
    other = granted_by(asked(held, segment="Others."), held.cast.ada, held.cast.amir).overlay
    other.pk, other.size = None, "9"
    with pytest.raises(DatabaseError), transaction.atomic():
        other.save(force_insert=True)


def test_the_page_asks_and_says_that_no_score_changes(held, browser_of):
    here = "/models/card-limit/versions/1"
    until = (clock.now() + MONTH).date().isoformat()
    answers = {
        "kind": "provision_amount",
        "size": "25000",
        "segment": "<b>All</b>",
        "until": until,
        "why": "W.",
    }
    browser_of(held.cast.victor).post(f"{here}/overlay", answers)
    granted_by(ApprovalRequest.objects.get(act="grant-overlay"), held.cast.ada, held.cast.amir)
    page = browser_of(held.cast.quinn).get(f"{here}/overlays").content.decode()
    assert "No score is changed by it here" in page
    assert "&lt;b&gt;All&lt;/b&gt;" in page
    assert "25000" in browser_of(held.cast.quinn).get(here).content.decode()
