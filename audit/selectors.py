"""Reading and verifying the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db.models import Count

from audit import chain, stored, walk
from audit.checkpoint import Note, VerifierKey
from audit.checkpoint import read as read_note
from audit.examination import Examination, Outside
from audit.models import Checkpoint, Entry, SealerLease, Unsealed
from audit.verdicts import Verdict
from mrm.lib import clock

rows = stored.rows


class Found(NamedTuple):
    """One entry's place, time and leaf."""

    sequence: int
    at: dt.datetime
    leaf: bytes


# Called now and then with how many entries have been read.
Told = Callable[[int], None]


def _quiet(_: int) -> None:
    return None


def verify(*, key: VerifierKey | None = None, outside: Sequence[str] = (), told: Told = _quiet) -> Verdict:
    """Recompute the whole ledger from the stored bytes: chain, columns, segments, tree and every checkpoint.
    Reads everything there is at this moment, while others go on writing; changes nothing."""
    now = stored.moment()
    examination = Examination(stored.origin(), Outside(key, tuple(outside)))
    for place, text in enumerate(stored.notes(now), 1):
        examination.checkpoint(text, place)
    for number, log, records in stored.segments(now):
        examination.segment(number, log, records)
    for part in stored.parts(now.entries):
        told(examination.part(_joined(part, examination.place)))
    return examination.finish()


def _joined(part: walk.Part, place: walk.Place) -> walk.Part:
    """The part; where it does not follow, because somebody wrote meanwhile what nobody may, a walk from the place."""
    if part.began == place:
        return part
    return walk.walked(rows(place.expected - 1, part.ended.expected - 1), place)


def size() -> int:
    """How many entries there are: the sequence has no gaps."""
    return Entry.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def oldest_unsealed() -> dt.datetime | None:
    """When the record that has waited longest for its segment was queued."""
    return Unsealed.objects.order_by("at").values_list("at", flat=True).first()


def newest_checkpoint() -> Note | None:
    return checkpoint_at_most(2**63 - 1)


def checkpoint_at_most(size: int) -> Note | None:
    """The newest checkpoint over at most `size` entries."""
    notes = Checkpoint.objects.filter(size__lte=size).order_by("-size")
    text = notes.values_list("note", flat=True).first()
    return read_note(text) if text else None


def is_late(within: dt.timedelta) -> bool:
    """Whether an entry older than this is under no checkpoint."""
    newest = newest_checkpoint()
    oldest = Entry.objects.filter(sequence__gt=newest.size if newest else 0).order_by("sequence")
    at = oldest.values_list("at", flat=True).first()
    return at is not None and clock.now() - at > within


def sealer_refusal() -> str:
    """Why the sealer signs nothing; empty while all is well."""
    return SealerLease.objects.values_list("refusal", flat=True).first() or ""


def entries_about(subject: chain.Subject) -> list[Entry]:
    return list(Entry.objects.filter(subject_type=subject.type, subject_id=subject.id).order_by("sequence"))


def first_about(subject: chain.Subject, event: str) -> Found | None:
    """The first entry of this event about a subject."""
    rows = Entry.objects.filter(subject_type=subject.type, subject_id=subject.id, event=event)
    found = rows.order_by("sequence").values_list("sequence", "at", "leaf").first()
    return None if found is None else Found(found[0], found[1], bytes(found[2]))


def count_before(event: str, sequence: int) -> int:
    return Entry.objects.filter(event=event, sequence__lt=sequence).count()


def checkpoint_before(moment: dt.datetime) -> Note | None:
    """The newest checkpoint that was signed before a moment; where there is none, the oldest of all."""
    notes = Checkpoint.objects.values_list("note", flat=True)
    text = notes.filter(at__lt=moment).order_by("-size").first() or notes.order_by("size").first()
    return read_note(text) if text else None


def count_about(subject: chain.Subject, event: str) -> int:
    return Entry.objects.filter(subject_type=subject.type, subject_id=subject.id, event=event).count()


def counts_about(subjects: Sequence[chain.Subject], event: str) -> dict[chain.Subject, int]:
    """How many entries of this event there are about each subject, by one question."""
    kinds, ids = {each.type for each in subjects}, {each.id for each in subjects}
    rows = Entry.objects.filter(subject_type__in=kinds, subject_id__in=ids, event=event)
    counted = rows.values_list("subject_type", "subject_id").annotate(n=Count("pk"))
    found = {chain.Subject(kind, subject): n for kind, subject, n in counted}
    return {each: found.get(each, 0) for each in subjects}
