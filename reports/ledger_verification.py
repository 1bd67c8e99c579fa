"""Verifying the ledger: asking for it, doing it, and the last one.

The verdict is the result of its job, and an entry says what it was: the newest such entry is the last verification.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit import anchors, rows, search, stored
from audit import selectors as ledger
from audit.anchors import stamps
from audit.chain import Subject
from audit.checkpoint import NotAKey, VerifierKey
from audit.events import Event
from audit.rows import Compared
from audit.search import Wanted
from audit.services import record, unit_of_work
from audit.verdicts import Verdict
from jobs.models import Job, JobState
from jobs.services import request_job
from mrm.lib.errors import Blocked, NotFound
from reports import ledger_scope

KIND = "verify-ledger"
# Kept with the job; a ledger that was rewritten has a fault at every entry, and the first ones tell enough.
MOST_FAULTS = 200
_PAUSE_SECONDS = 1.0
_ENTRIES_FROM, _ROWS_FROM, _DONE = 5, 80, 98
# Called with the step in words and the percent done.
Told = Callable[[str, int], None]


@dataclass(frozen=True)
class Folder:
    """What the folder outside held: how many checkpoints, how many files that are none, and whether it could be
    read. `is_named` is False where no folder is configured."""

    is_named: bool = False
    is_read: bool = False
    notes: tuple[str, ...] = ()
    misfiled: int = 0


@dataclass(frozen=True)
class Last:
    """The last verification as its entry tells it."""

    job: str
    sequence: int
    at: dt.datetime
    verdict: str
    entries: int


@unit_of_work
def request_verification(*, actor: User) -> Job:
    """Queue a verification, or name the one that waits to begin: it will read everything there is now as well."""
    ledger_scope.require_all(actor=actor)
    waiting = Job.objects.filter(kind=KIND, state=JobState.QUEUED).first()
    if waiting is not None:
        return waiting
    subject = Subject("log", stored.origin() or "ledger")
    return request_job(actor=actor, kind=KIND, subject=subject, payload={})


@unit_of_work
def keep_verdict(*, actor: User, job: Job, verdict: Verdict) -> None:
    """Enter what a verification found."""
    ledger_scope.require_all(actor=actor)
    facts = {
        "verdict": str(verdict.judgement),
        "entries": verdict.entries,
        "head": verdict.head,
        "faults": len(verdict.faults),
    }
    record(event=Event.LEDGER_VERIFIED, actor=actor, subject=Subject("job", str(job.pk)), facts=facts)


def verification_job(*, actor: User, job_id: uuid.UUID) -> Job:
    ledger_scope.require_all(actor=actor)
    found = Job.objects.select_related("requested_by__person").filter(pk=job_id, kind=KIND).first()
    if found is None:
        raise NotFound("There is no such verification.")
    return found


def last_verification(*, actor: User) -> Last | None:
    require(actor=actor, permission=Permission.LEDGER_READ)
    newest = search.lines(Wanted(event=Event.LEDGER_VERIFIED), before=None, limit=1)
    found = search.whole(newest[0].sequence) if newest else None
    if found is None:
        return None
    facts = found.content.get("facts", {})
    line = found.line
    entries = facts.get("entries")
    return Last(
        line.subject_id,
        line.sequence,
        line.at,
        str(facts.get("verdict")),
        entries if isinstance(entries, int) else 0,
    )


def outside_folder() -> Folder:
    """The checkpoints in the folder outside. They are read before the ledger is: none is newer than what is read."""
    if not settings.MRM_ANCHOR_FOLDER:
        return Folder()
    try:
        held = anchors.held_in(Path(settings.MRM_ANCHOR_FOLDER))
    except anchors.AnchorFailed:
        return Folder(is_named=True)
    notes = tuple(note.text for note in held.notes)
    return Folder(is_named=True, is_read=True, notes=notes, misfiled=len(held.faults))


def trusted_key() -> VerifierKey | None:
    """The public key from the settings. Blocked where it is none: a typing error must not look like a verdict."""
    if not settings.MRM_LEDGER_KEY:
        return None
    try:
        return VerifierKey.read(settings.MRM_LEDGER_KEY)
    except NotAKey as fault:
        raise Blocked(
            f"The ledger cannot be verified: MRM_LEDGER_KEY is no public key. {fault}", [str(fault)]
        ) from None


def verified(told: Told) -> tuple[Verdict, dict[str, Any]]:
    """The verdict over the whole ledger and the rows it speaks of, and what the job keeps of it. Changes nothing."""
    paced = Paced(told)
    paced.say("Reading the checkpoints held outside", 1)
    folder = outside_folder()
    size = max(ledger.size(), 1)
    paced.say("Recomputing every entry", _ENTRIES_FROM)
    verdict = ledger.verify(
        key=trusted_key(),
        outside=folder.notes,
        told=lambda read: paced.go_on(_share(_ENTRIES_FROM, _ROWS_FROM, read, size)),
    )
    paced.say("Comparing decisions and accesses with their records", _ROWS_FROM)
    records = max(verdict.records, 1)
    compared = rows.compare(told=lambda seen: paced.go_on(_share(_ROWS_FROM, _DONE, seen, records)))
    whole = rows.joined(verdict, compared).and_also(stamps.faults())
    paced.say("Writing the verdict down", _DONE)
    return whole, kept_of(whole, compared, folder)


def kept_of(verdict: Verdict, compared: tuple[Compared, ...], folder: Folder) -> dict[str, Any]:
    said = verdict.plain()
    outside = {
        "is_named": folder.is_named,
        "is_read": folder.is_read,
        "notes": len(folder.notes),
        "misfiled": folder.misfiled,
    }
    return said | {
        "faults": said["faults"][:MOST_FAULTS],
        "faults_found": len(verdict.faults),
        "has_key": verdict.has_key,
        "folder": outside,
        "logs": [_log(each) for each in compared],
    }


def _log(compared: Compared) -> dict[str, Any]:
    faults = [
        {"code": fault.code, "count": fault.count, "first": list(fault.first)} for fault in compared.faults
    ]
    return {name: getattr(compared, name) for name in ("log", "rows", "sealed", "waiting")} | {
        "faults": faults
    }


class Paced:
    """Tells a new step at once and how far it is at most once a second: every telling is a write."""

    def __init__(self, told: Told) -> None:
        self._told, self._step, self._at = told, "", 0.0

    def say(self, step: str, percent: int) -> None:
        self._step, self._at = step, time.monotonic()
        self._told(step, percent)

    def go_on(self, percent: int) -> None:
        if time.monotonic() - self._at >= _PAUSE_SECONDS:
            self.say(self._step, percent)


def _share(first: int, last: int, done: int, of: int) -> int:
    return first + (last - first) * min(done, of) // of
