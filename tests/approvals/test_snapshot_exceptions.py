"""A failed quality rule of a snapshot is let stand until a date by people who had no part in it; then it stops training
again."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from approvals.expiries import expiries_of
from approvals.models import ApprovalRequest, SnapshotException
from approvals.selectors import requests, waiting_for
from approvals.services import withdraw
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed
from registry.models import DatasetSnapshot
from tests.approvals.signed import granted_by, signed
from tests.approvals.spoiled import RULE, asked_to_stand, spoiled_snapshot
from tests.registry import built
from training.catalog import CARD_LIMIT
from training.services import request_training


@pytest.fixture
def snapshot(cast) -> DatasetSnapshot:
    return spoiled_snapshot(cast.dana)


def train(cast, risk_model, snapshot):
    return request_training(
        actor=cast.dana, risk_model=risk_model, snapshot=snapshot, recipe=CARD_LIMIT, settings={}
    )


@pytest.mark.control("SR26-2:exceptions")
def test_every_failed_rule_stops_training_until_each_is_let_stand(cast, snapshot):
    model = built.accepted_model(cast)
    with pytest.raises(Blocked, match=r"SAME.*AFTERWARDS"):
        train(cast, model, snapshot)
    granted_by(asked_to_stand(cast.dana, snapshot), cast.ada, cast.amir)
    with pytest.raises(Blocked, match="AFTERWARDS") as refused:
        train(cast, model, snapshot)
    assert "SAME" not in str(refused.value)
    granted_by(asked_to_stand(cast.dana, snapshot, "leaking_inputs"), cast.ada, cast.amir)
    assert train(cast, model, snapshot).state == "queued"
    assert count_about(Subject("snapshot", str(snapshot.pk)), Event.SNAPSHOT_EXCEPTED) == 2


@pytest.mark.control("SR26-2:exceptions")
def test_a_column_that_does_not_hold_what_was_declared_stops_training_until_it_is_let_stand(cast):
    """The made-up clients are 21 to 69 years old."""
    expected = {"AGE": {"kind": "integer", "maximum": "30"}, "LATER": {"required": True}}
    snapshot = built.frozen_snapshot(cast.dana, csv=built.card_csv(600), expected=expected)
    model = built.accepted_model(cast)
    with pytest.raises(Blocked, match=r"LATER \(present\), AGE \(maximum\)"):
        train(cast, model, snapshot)
    granted_by(asked_to_stand(cast.dana, snapshot, "as_declared"), cast.ada, cast.amir)
    assert train(cast, model, snapshot).state == "queued"


def test_a_lapsed_exception_stops_training_again_and_says_so(cast, snapshot):
    model = built.accepted_model(cast)
    for rule in (RULE, "leaking_inputs"):
        granted_by(asked_to_stand(cast.dana, snapshot, rule), cast.ada, cast.amir)
    with time_machine.travel(SnapshotException.objects.first().until):
        with pytest.raises(Blocked, match=r"SAME \(its exception has lapsed\)"):
            train(cast, model, snapshot)
        granted_by(asked_to_stand(cast.dana, snapshot), cast.ada, cast.amir)
        with pytest.raises(Blocked) as refused:
            train(cast, model, snapshot)
    assert "SAME" not in str(refused.value)


def test_one_signature_of_two_grants_nothing(cast, snapshot):
    signed(asked_to_stand(cast.dana, snapshot), cast.ada)
    assert not SnapshotException.objects.exists()


def test_whoever_imported_the_data_does_not_sign_even_when_another_asks(cast, snapshot):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="developer")
    grant_role(actor=the_installation(), user=cast.dana, role="approver")
    request = asked_to_stand(cast.quinn, snapshot)
    with pytest.raises(NotAllowed, match="imported this snapshot"):
        signed(request, cast.dana)
    assert request not in waiting_for(actor=cast.dana)
    assert request in waiting_for(actor=cast.ada)


def test_an_approver_of_one_model_does_not_sign_about_data_that_serve_all(cast, snapshot):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    grant_role(actor=the_installation(), user=cast.quinn, role="approver", model_slug="card-limit")
    request = asked_to_stand(cast.dana, snapshot)
    with pytest.raises(NotAllowed):
        signed(request, cast.quinn)
    assert request not in waiting_for(actor=cast.quinn)


def test_a_developer_of_one_model_asks_and_sees_what_becomes_of_it(cast, snapshot):
    from accounts.selectors import the_installation
    from accounts.services import grant_role, revoke_role

    revoke_role(actor=cast.olga, grant=cast.quinn.grants.get())
    grant_role(actor=the_installation(), user=cast.quinn, role="developer", model_slug="card-limit")
    request = asked_to_stand(cast.quinn, snapshot)
    assert request in requests(actor=cast.quinn)
    granted_by(request, cast.ada, cast.amir)
    assert [each.kind for each in expiries_of(actor=cast.quinn)] == ["exception"]


def test_whoever_asks_does_not_sign(cast, snapshot):
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    for role in ("developer", "approver"):
        grant_role(actor=the_installation(), user=cast.quinn, role=role)
    with pytest.raises(NotAllowed, match="one who asks"):
        signed(asked_to_stand(cast.quinn, snapshot), cast.quinn)


@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_asks(cast, snapshot, who):
    with pytest.raises(NotAllowed):
        asked_to_stand(getattr(cast, who), snapshot)
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize("rule", ["duplicate_rows", "inputs_present", "no_such_rule", ""])
def test_a_rule_that_passed_or_only_reports_needs_no_exception(cast, snapshot, rule):
    with pytest.raises(Conflict):
        asked_to_stand(cast.dana, snapshot, rule)
    assert not ApprovalRequest.objects.exists()


@pytest.mark.parametrize("wrong", [{"days": -1}, {"days": 0}, {"days": 181}, {"why": " "}])
def test_an_exception_without_a_fitting_end_or_a_reason_is_refused(cast, snapshot, wrong):
    with pytest.raises(Invalid):
        asked_to_stand(cast.dana, snapshot, **wrong)
    assert not ApprovalRequest.objects.exists()


def test_a_rule_is_asked_for_once_at_a_time_and_may_be_withdrawn(cast, snapshot):
    request = asked_to_stand(cast.dana, snapshot)
    with pytest.raises(Conflict):
        asked_to_stand(cast.dana, snapshot)
    withdraw(actor=cast.dana, request=request, why="Corrected.")
    assert asked_to_stand(cast.dana, snapshot).state == "open"


def test_a_date_that_passed_while_it_waited_lets_nothing_stand(cast, snapshot):
    request = asked_to_stand(cast.dana, snapshot, days=1)
    signed(request, cast.ada)
    with time_machine.travel(clock.now() + dt.timedelta(days=2)), pytest.raises(Conflict):
        signed(request, cast.amir)
    assert not SnapshotException.objects.exists()


def test_its_end_stands_among_the_expiries(cast, snapshot):
    granted_by(asked_to_stand(cast.dana, snapshot), cast.ada, cast.amir)
    [expiry] = expiries_of(actor=cast.quinn, kind="exception")
    assert (expiry.state, expiry.at) == ("in_force", SnapshotException.objects.get().until)


def test_the_database_takes_no_exception_for_another_rule_than_was_granted(cast, snapshot):
    request = granted_by(asked_to_stand(cast.dana, snapshot), cast.ada, cast.amir)
    row = SnapshotException.objects.get()
    other = SnapshotException(
        request=request, snapshot=snapshot, rule="leaking_inputs", granted_at=row.granted_at, until=row.until
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save(force_insert=True)
