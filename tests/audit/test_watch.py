"""The sealer's life from round to round: its pace, its turn, what stands in its way, and clocks that jump."""

import datetime as dt
import os

import pytest
import time_machine

from accounts.selectors import the_installation
from audit import segments, selectors, watch
from audit.models import Checkpoint, Segment, Unsealed
from audit.sealer_folder import Unusable
from audit.watch import Watch
from mrm.lib import clock
from tests.audit.sealing import add, folder, queue

__all__ = ["folder"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def eager(monkeypatch):
    """The sealer's pauses, without waiting for them."""
    monkeypatch.setattr(watch, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(watch, "SEGMENT_SECONDS", 0.0)


@pytest.mark.parametrize("days", [(0, 1, 0), (0, -1, 0), (1, -1, 1, -1)])
def test_clock_jumps_of_a_day_stop_nothing_and_break_nothing(cast, folder, eager, days):
    seals, real = Watch(folder=folder, actor=the_installation()), clock.now()
    for jump in days:
        with time_machine.travel(real + dt.timedelta(days=jump)):
            add(cast)
            queue(2)
            seals.round()
            seals.round()
        assert not Unsealed.objects.exists()
        assert selectors.newest_checkpoint().size == selectors.size()
    (key,) = folder.keys().values()
    assert selectors.verify(key=key.public).judgement == "intact"


def test_a_few_records_wait_for_company_and_many_are_sealed_at_once(cast, folder, monkeypatch):
    monkeypatch.setattr(segments, "ROWS", 5)
    seals = Watch(folder=folder, actor=the_installation())
    queue(1)
    seals.round()
    assert Segment.objects.count() == 1  # the first of all does not wait
    queue(2)
    seals.round()
    assert Segment.objects.count() == 1
    queue(3)
    seals.round()
    assert list(Segment.objects.values_list("size", flat=True)) == [1, 5]


def test_a_refusal_is_seen_by_everybody_and_taken_back_when_all_is_well(cast, folder, eager):
    seals = Watch(folder=folder, actor=the_installation())
    seals.round()
    (file,) = folder.path.glob("*.key")
    content = file.read_bytes()
    file.unlink()
    add(cast)
    seals.round()
    assert "private key" in selectors.sealer_refusal()
    file.write_bytes(content)
    seals.round()
    assert selectors.sealer_refusal() == ""
    assert selectors.newest_checkpoint().size == selectors.size()


def test_a_second_sealer_in_the_same_folder_does_not_start(folder):
    with folder.locked(), pytest.raises(Unusable, match="Another sealer"), folder.locked():
        pass


def test_a_turn_that_was_lost_is_taken_again_only_when_it_is_free(cast, folder, eager):
    first, second = (Watch(folder=folder, actor=the_installation()) for _ in range(2))
    first.round()
    add(cast)
    second.round()
    assert selectors.newest_checkpoint().size < selectors.size()
    first._give_back()
    second.round()
    assert selectors.newest_checkpoint().size == selectors.size()


def test_a_full_disk_signs_nothing_and_says_so(cast, folder, monkeypatch):
    watch = Watch(folder=folder, actor=the_installation())

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        watch.round()
    assert not Checkpoint.objects.exists()
    assert "No space left" in selectors.sealer_refusal()
    watch.round()
    assert selectors.sealer_refusal() == ""
    assert Checkpoint.objects.count() == 1
    assert selectors.verify().is_intact
