"""Reading what was signed: checkpoints by their size, where each is held, and the key it counts under."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from audit import chain, checkpoint, keys
from audit.checkpoint import NotANote, Note
from audit.models import Anchor, Checkpoint, Entry

_LARGEST = 2**63 - 1
# Named, so that the unique constraint (kind, size, place) finds the anchors of a size.
_KINDS = ("folder", "rfc3161", "mail", "pdf")


@dataclass(frozen=True)
class HeldAt:
    """A place outside that holds the checkpoint."""

    kind: str
    place: str
    at: dt.datetime


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it is stored; `note` is None where the stored text is no note any more."""

    size: int
    at: dt.datetime
    text: str
    held: tuple[HeldAt, ...] = ()

    @property
    def note(self) -> Note | None:
        try:
            return checkpoint.read(self.text)
        except NotANote:
            return None

    @property
    def is_stamped(self) -> bool:
        return any(each.kind == "rfc3161" for each in self.held)

    @property
    def root(self) -> str:
        return self.note.root.hex() if self.note else ""

    @property
    def key_ids(self) -> tuple[str, ...]:
        return tuple(each.key_id.hex() for each in self.note.signatures) if self.note else ()


def checkpoints(*, before: int | None, limit: int) -> list[Signed]:
    """At most `limit` checkpoints over fewer entries than `before`, the newest first."""
    rows = Checkpoint.objects.order_by("-size")
    if before is not None:
        rows = rows.filter(size__lt=min(before, _LARGEST))
    found = list(rows[:limit])
    held = _held([row.size for row in found])
    return [Signed(row.size, row.at, row.note, held.get(row.size, ())) for row in found]


def checkpoint_of(size: int) -> Signed | None:
    row = Checkpoint.objects.filter(size=size).first() if size <= _LARGEST else None
    return Signed(row.size, row.at, row.note, _held([size]).get(size, ())) if row else None


def newest() -> Signed | None:
    found = checkpoints(before=None, limit=1)
    return found[0] if found else None


def stamp_of(size: int) -> bytes | None:
    """The newest time stamp over this checkpoint, as its authority gave it."""
    row = (
        Anchor.objects.filter(kind="rfc3161", size=size).order_by("-id").first() if size <= _LARGEST else None
    )
    return bytes(row.evidence) if row else None


def key_in_force(size: int) -> str:
    """The public key whose signature counts at this size, as its entry names it; empty where there is none."""
    entry = Entry.objects.filter(event__in=keys.EVENTS, sequence__lte=size).order_by("-sequence").first()
    content = chain.content_of(bytes(entry.body)) if entry else None
    return str(content["facts"].get("key", "")) if content else ""


def _held(sizes: Sequence[int]) -> dict[int, tuple[HeldAt, ...]]:
    held: dict[int, tuple[HeldAt, ...]] = {}
    for row in Anchor.objects.filter(kind__in=_KINDS, size__in=sizes).order_by("size", "id"):
        held[row.size] = (*held.get(row.size, ()), HeldAt(row.kind, row.place, row.at))
    return held
