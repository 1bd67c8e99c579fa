"""Whose turn it is to compare MLflow with what stands here: one at a time over all processes, by a row with a fencing
token. A process whose turn is over writes nothing more, whatever clocks say."""

from __future__ import annotations

import datetime as dt
import os
import socket
import time

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from mrm.lib import clock
from registry.models import LabWatch, ModelVersion

LENGTH = dt.timedelta(seconds=40)
_ROW = 1


class Lost(Exception):
    """Another process has the turn now."""


class Turn:
    """`place` is where the last look of this round was; "" before its first."""

    def __init__(self, row: LabWatch) -> None:
        self.number, self.place = row.turn, row.place
        self._renewed_at = time.monotonic()

    def begin_round(self) -> None:
        self._write(round_began_at=clock.now(), is_unbroken=True)

    def went_on_to(self, place: str) -> None:
        """After a third of its time, not at every look: each renewal is a write that others wait for."""
        self.place = place
        if time.monotonic() - self._renewed_at > LENGTH.total_seconds() / 3:
            self._write(until=clock.now() + LENGTH, place=place)
            self._renewed_at = time.monotonic()

    def say(self, refusal: str) -> None:
        """A look has failed: this round proves nothing, and whoever asks is told why."""
        self._write(refusal=refusal, is_unbroken=False)

    def end_round(self) -> None:
        """The next one begins at the first place."""
        self.place = ""
        row = self._mine().first()
        if row is not None and row.is_unbroken:
            self._write(whole_round_began_at=row.round_began_at, refusal="")

    def confirm(self) -> None:
        """Hold the row until the transaction ends; raises Lost when it is another's."""
        if not self._mine().select_for_update().exists():
            raise Lost

    def give_back(self) -> None:
        self._mine().update(until=clock.now(), place=self.place)

    def _write(self, **changed: object) -> None:
        if not self._mine().update(**changed):
            raise Lost

    def _mine(self) -> QuerySet[LabWatch]:
        return LabWatch.objects.filter(pk=_ROW, turn=self.number)


def take() -> Turn | None:
    """The next turn, if the last one is over. One that ends much further ahead than any can was written before the
    clock was set back: it counts as over."""
    with transaction.atomic():
        row = LabWatch.objects.select_for_update().filter(pk=_ROW).first()
        # Asked under the lock: whoever waited for it would take a turn that has just begun for one of another clock.
        moment = clock.now()
        if row is None:
            return _first(moment)
        if moment < row.until <= moment + 2 * LENGTH:
            return None
        row.turn += 1
        row.until, row.holder = moment + LENGTH, _holder()
        row.save(update_fields=["turn", "until", "holder"])
    return Turn(row)


def compared_since() -> dt.datetime | None:
    """Everything that is registered was compared at this moment or later; None where nothing is registered."""
    oldest = ModelVersion.objects.order_by("registered_at").values_list("registered_at", flat=True).first()
    whole = LabWatch.objects.values_list("whole_round_began_at", flat=True).first()
    return max(whole, oldest) if whole and oldest else oldest


def refusal() -> str:
    """Why MLflow cannot be compared now, in words; empty while it can."""
    return LabWatch.objects.values_list("refusal", flat=True).first() or ""


def _first(moment: dt.datetime) -> Turn | None:
    row = LabWatch(pk=_ROW, turn=1, until=moment + LENGTH, holder=_holder())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return Turn(row)


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
