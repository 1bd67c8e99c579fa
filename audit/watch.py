"""The sealer's life: take the turn, seal what has waited, sign what is new, anchor what is due, and never die of it."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import DatabaseError, InterfaceError, connection

from audit import segments
from audit.anchors.services import anchor_due
from audit.lease import Lease, Lost, take
from audit.sealer import Inconsistent, Sealer
from audit.sealer_folder import Folder, Unusable
from audit.services import Actor

log = structlog.get_logger()

# A decision is part of an entry within 60 s and an entry under a checkpoint within 10 s: half of that is the pace, so
# that a slow round is still in time.
SEGMENT_SECONDS = 30.0
CHECKPOINT_SECONDS = 4.0
POLL_SECONDS = 1.0
ANCHOR_SECONDS = 5.0
_PATIENCE_SECONDS = 2.0


class Watch:
    """One round after the other. Pauses are counted on the monotonic clock: a wall clock that jumps delays nothing."""

    def __init__(self, *, folder: Folder, actor: Actor) -> None:
        self._folder, self._actor = folder, actor
        self._lease: Lease | None = None
        self._sealer: Sealer | None = None
        self._sealed_at = self._signed_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Until asked to stop. Raises Unusable at once when another sealer works in the same folder."""
        with self._folder.locked():
            anchoring = threading.Thread(target=_anchor, args=(stop,), daemon=True, name="anchors")
            anchoring.start()
            while not stop.wait(POLL_SECONDS):
                self.round()
            self._give_back()
            anchoring.join(timeout=_PATIENCE_SECONDS)

    def round(self) -> None:
        """One look. Whatever stands in the way is said where people see it, and tried again next time."""
        try:
            self._work()
        except Lost:
            log.warning("sealer_turn_lost")
            self._lease = self._sealer = None
        except (Inconsistent, Unusable) as refusal:
            self._say(str(refusal))
        except OSError as fault:
            self._say(f"The sealer's folder cannot be written ({fault.strerror or type(fault).__name__}).")
        except (DatabaseError, InterfaceError) as fault:
            log.warning("sealer_database", fault=type(fault).__name__)
            self._sealer = None
            connection.close()

    def _work(self) -> None:
        if self._lease is None:
            self._lease = take()
            if self._lease is None:
                return
            log.info("sealer_turn", turn=self._lease.turn)
        self._lease.renew()
        # Read anew after every trouble: the folder is the truth, not this object.
        self._sealer = self._sealer or Sealer(folder=self._folder, actor=self._actor, held=self._lease)
        self._seal()
        if time.monotonic() - self._signed_at >= CHECKPOINT_SECONDS and self._sealer.checkpoint():
            self._signed_at = time.monotonic()
        self._lease.say("")

    def _seal(self) -> None:
        waiting = segments.waiting()
        is_due = time.monotonic() - self._sealed_at >= SEGMENT_SECONDS
        for name, count in waiting.items():
            if is_due or count >= segments.ROWS:
                segments.seal(actor=self._actor, log=name)
        if is_due and waiting:
            self._sealed_at = time.monotonic()

    def _say(self, refusal: str) -> None:
        log.error("sealer_refuses", why=refusal)
        self._sealer = None
        if self._lease:
            self._lease.say(refusal)

    def _give_back(self) -> None:
        if self._lease:
            self._lease.release()


def _anchor(stop: threading.Event) -> None:
    """In a thread of its own: a place that answers slowly delays no checkpoint."""
    try:
        while not stop.wait(ANCHOR_SECONDS):
            anchor_due()
            connection.close_if_unusable_or_obsolete()
    finally:
        connection.close()
