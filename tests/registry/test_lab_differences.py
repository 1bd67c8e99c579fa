"""What a look writes down: what is new, once, and what is gone; whose turn it is, and whether everything was looked at."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection

from audit.selectors import rows
from mrm.lib import clock
from mrm.lib.errors import NotAllowed
from registry import lab_watch
from registry.lab_comparison import Found, Look
from registry.lab_differences import note_look, open_differences
from registry.models import LabDifference, LabKind, LabWatch

pytestmark = pytest.mark.django_db(transaction=True)
FILES = frozenset({LabKind.FILE})
HERE, THERE, ELSEWHERE = "a" * 64, "b" * 64, "c" * 64


def changed(found: str, what: str = "model.ubj") -> Found:
    return Found(LabKind.FILE, what, HERE, found)


@pytest.fixture
def note(cast, version):
    turn = lab_watch.take()

    def noted(*found: Found, judged: frozenset[LabKind] = FILES) -> list[str]:
        """Look, and answer the events of MLflow so far."""
        note_look(actor=cast.dana, turn=turn, version=version, look=Look(judged, found))
        return [row.event for row in rows() if row.event.startswith("mlflow:")]

    return noted


def test_same_difference_is_written_once_while_it_stands_and_again_when_it_comes_back(note):
    assert note(changed(THERE)) == note(changed(THERE)) == ["mlflow:changed"]
    assert note() == note() == ["mlflow:changed", "mlflow:restored"]
    assert note(changed(THERE)) == ["mlflow:changed", "mlflow:restored", "mlflow:changed"]
    assert LabDifference.objects.filter(gone_at=None).count() == 1


def test_another_change_of_the_same_thing_is_another_difference_and_no_return(note):
    note(changed(THERE))
    assert note(changed(ELSEWHERE)) == ["mlflow:changed"] * 2
    assert [(row.found, row.gone_at is None) for row in LabDifference.objects.order_by("seen_at")] == [
        (THERE, False),
        (ELSEWHERE, True),
    ]


def test_of_what_was_not_looked_at_nothing_is_said(note):
    note(changed(THERE))
    assert note(judged=frozenset({LabKind.RUN})) == ["mlflow:changed"]
    assert LabDifference.objects.get().gone_at is None


def test_reading_differences_asks_for_the_permission(note, cast, version):
    note(changed(THERE))
    assert [row.what for row in open_differences(actor=cast.victor, version=version)] == ["model.ubj"]
    with pytest.raises(NotAllowed):
        open_differences(actor=cast.root, version=version)


def test_process_whose_turn_has_passed_writes_nothing(cast, version):
    held = lab_watch.take()
    with time_machine.travel(clock.now() + lab_watch.LENGTH + dt.timedelta(seconds=1)):
        assert lab_watch.take() is not None
        with pytest.raises(lab_watch.Lost):
            note_look(actor=cast.dana, turn=held, version=version, look=Look(FILES, (changed(THERE),)))
        with pytest.raises(lab_watch.Lost):
            held.say("Too late.")
    assert not LabDifference.objects.exists()
    assert lab_watch.refusal() == ""


def test_a_turn_given_back_is_anybody_s_at_once(db):
    held = lab_watch.take()
    assert lab_watch.take() is None
    held.give_back()
    assert lab_watch.take().number == held.number + 1


def test_a_turn_of_a_clock_that_was_ahead_keeps_nobody_out(db):
    with time_machine.travel(clock.now() + dt.timedelta(days=1)):
        lab_watch.take()
    assert lab_watch.take() is not None


@pytest.mark.parametrize("is_first", [True, False])
def test_of_many_at_once_one_has_the_turn(transactional_db, is_first):
    if not is_first:
        lab_watch.take().give_back()
    taken, begin = [], threading.Barrier(6)

    def taking() -> None:
        begin.wait()
        try:
            taken.append(lab_watch.take())
        finally:
            connection.close()

    threads = [threading.Thread(target=taking) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == 6
    assert sum(turn is not None for turn in taken) == 1


def test_a_round_with_a_failed_look_proves_nothing(version):
    turn = lab_watch.take()
    turn.begin_round()
    turn.say("MLflow does not answer.")
    turn.end_round()
    assert (lab_watch.refusal(), lab_watch.compared_since()) == (
        "MLflow does not answer.",
        version.registered_at,
    )
    turn.begin_round()
    turn.end_round()
    row = LabWatch.objects.get()
    assert (lab_watch.refusal(), lab_watch.compared_since()) == ("", row.round_began_at)


def test_where_nothing_is_registered_nothing_waits(db):
    assert lab_watch.compared_since() is None
