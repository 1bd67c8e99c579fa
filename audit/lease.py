"""One sealer at a time: a row with a fencing token. A sealer whose turn is over cannot write, whatever clocks say."""

from __future__ import annotations

import datetime as dt
import os
import socket
import time

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from audit.models import SealerLease
from mrm.lib import clock

LENGTH = dt.timedelta(seconds=10)
_ROW = 1


class Lost(Exception):
    """Another sealer has the turn now."""


class Lease:
    def __init__(self, turn: int) -> None:
        self.turn = turn
        self._renewed_at, self._said = time.monotonic(), True

    def renew(self) -> None:
        """After a third of its time, not at every look: each renewal is a write that others wait for."""
        if time.monotonic() - self._renewed_at < LENGTH.total_seconds() / 3:
            return
        if not self._mine().update(until=clock.now() + LENGTH):
            raise Lost
        self._renewed_at = time.monotonic()

    def confirm(self) -> None:
        """Hold the row until the transaction ends; raises Lost when it is another's."""
        if not self._mine().select_for_update().exists():
            raise Lost

    def release(self) -> None:
        self._mine().update(until=clock.now())

    def say(self, refusal: str) -> None:
        """What keeps the sealer from signing, for everybody who looks; "" once it signs. Written when it changes."""
        if not (refusal or self._said):
            return
        changed = self._mine().exclude(refusal=refusal)
        changed.update(refusal=refusal, refused_at=clock.now() if refusal else None)
        self._said = bool(refusal)

    def _mine(self) -> QuerySet[SealerLease]:
        return SealerLease.objects.filter(pk=_ROW, turn=self.turn)


def take() -> Lease | None:
    """The next turn, if the last one is over. A lease that ends much further ahead than any lease can was written
    before the clock was set back: it counts as over, and the turn keeps its holder from writing."""
    with transaction.atomic():
        row = SealerLease.objects.select_for_update().filter(pk=_ROW).first()
        # Asked under the lock: whoever waited for it would take a turn that has just begun for one of another clock.
        moment = clock.now()
        if row is None:
            return _first(moment)
        if moment <= row.until <= moment + 2 * LENGTH:
            return None
        row.turn += 1
        row.until, row.holder = moment + LENGTH, f"{socket.gethostname()}:{os.getpid()}"
        row.save(update_fields=["turn", "until", "holder"])
    return Lease(row.turn)


def _first(moment: dt.datetime) -> Lease | None:
    holder = f"{socket.gethostname()}:{os.getpid()}"
    try:
        with transaction.atomic():
            SealerLease(pk=_ROW, turn=1, until=moment + LENGTH, holder=holder).save(force_insert=True)
    except IntegrityError:
        return None
    return Lease(1)
