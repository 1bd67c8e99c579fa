"""Checkpoints for tests of what is done with them: signed, but over a tree that nobody looks at."""

from __future__ import annotations

import datetime as dt

from audit.checkpoint import Note, SigningKey, signed
from audit.models import Checkpoint
from mrm.lib import clock

ORIGIN = "bank.example/ledger"
KEY = SigningKey(ORIGIN, b"k" * 32)


def noted(size: int = 5, *, root: bytes = b"r" * 32) -> Note:
    return signed(origin=ORIGIN, size=size, root=root, keys=[KEY])


def checkpoint(size: int = 5, *, at: dt.datetime | None = None) -> Note:
    """One in the database; there must be as many entries, which the cast sees to."""
    note = noted(size)
    Checkpoint.objects.create(size=size, note=note.text, at=at or clock.now())
    return note
