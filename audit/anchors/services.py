"""Bringing the newest checkpoint outside. The place is asked first, outside any transaction; what it took is recorded.

An anchor is no entry: the row is append-only, and an entry would need a checkpoint that would need an anchor. A
process that dies between the two leaves a place that holds more than is recorded: a folder is then found to hold the
note already, a mail is sent a second time.
"""

from __future__ import annotations

import time

import structlog
from django.db import Error, transaction

from audit.anchors import selectors
from audit.anchors.place import LONGEST_NAME, AnchorFailed, Kind, Outcome, Place
from audit.anchors.places import configured
from audit.checkpoint import NotANote, Note, read
from audit.models import Anchor, Checkpoint
from mrm.lib import clock

log = structlog.get_logger()
REST_SECONDS = 300.0
# When a place last failed, by the clock that nobody sets: it rests, so that one that is down is not asked, and audit
# not mailed, at every round. Of this process only: another sealer may ask once more.
_failed: dict[tuple[str, str], float] = {}


def anchor_due() -> tuple[Outcome, ...]:
    """Bring the newest checkpoint to every place whose time has come. Never raises for what a place or the database
    does, so sealing goes on; it may take some seconds a place. Must be called outside any transaction."""
    try:
        return tuple(_bring(place, checkpoint) for place, checkpoint in _due())
    except Error as error:
        log.warning("anchors_unread", error=type(error).__name__)
        return ()


def anchor_all() -> tuple[Outcome, ...]:
    """Bring the newest checkpoint to every configured place that does not hold it yet. Raises AnchorFailed if there is
    no place or no checkpoint; what a single place does is in its outcome."""
    places = configured()
    if not places:
        raise AnchorFailed(
            "No place is configured. Set MRM_ANCHOR_FOLDER, MRM_ANCHOR_TSA_URL or MRM_ANCHOR_MAIL, at least two."
        )
    newest = _newest()
    if newest is None:
        raise AnchorFailed("There is no checkpoint yet: the sealer writes the first one.")
    return tuple(_held_already(place, newest) or _bring(place, newest) for place in places)


def carried_by_dossier(*, note: Note, where: str) -> None:
    """Record that the dossier `where` carries the note; for the service that makes dossiers, in its unit of work."""
    if not _is_recorded(Kind.PDF, where, note.size):
        _insert(Kind.PDF, where, note, b"")


def _newest() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()


def _due() -> list[tuple[Place, Checkpoint]]:
    now, newest = clock.now(), _newest()
    if newest is None:
        return []
    return [
        (place, newest)
        for place in configured()
        if not _rests(place) and selectors.due(place.kind, place.where, now=now)
    ]


def _rests(place: Place) -> bool:
    failed = _failed.get((place.kind, place.where))
    return failed is not None and time.monotonic() - failed < REST_SECONDS


def _held_already(place: Place, newest: Checkpoint) -> Outcome | None:
    # A folder is asked again: it may have lost its file since, and holding twice costs nothing there.
    if place.kind == Kind.FOLDER or not _is_recorded(place.kind, place.where, newest.size):
        return None
    return Outcome(
        place.kind, place.where, ok=True, said=f"It holds the checkpoint over {newest.size} entries."
    )


def _bring(place: Place, checkpoint: Checkpoint) -> Outcome:
    try:
        _hold_and_record(place, read(checkpoint.note))
    except NotANote as fault:
        return _not_held(
            place, checkpoint.size, f"The newest checkpoint in the database is no checkpoint: {fault}"
        )
    except AnchorFailed as failure:
        return _not_held(place, checkpoint.size, str(failure))
    _failed.pop((place.kind, place.where), None)
    log.info("anchored", kind=place.kind, where=place.where, size=checkpoint.size)
    said = f"It took the checkpoint over {checkpoint.size} entries."
    return Outcome(place.kind, place.where, ok=True, said=said)


def _not_held(place: Place, size: int, why: str) -> Outcome:
    _failed[place.kind, place.where] = time.monotonic()
    log.warning("anchor_failed", kind=place.kind, where=place.where, size=size, why=why)
    return Outcome(place.kind, place.where, ok=False, said=why)


def _hold_and_record(place: Place, note: Note) -> None:
    if len(place.where) > LONGEST_NAME:
        raise AnchorFailed(f"The place's name has more than {LONGEST_NAME} characters.")
    evidence = place.hold(note)
    try:
        # Durable: inside another transaction the place would hold what may never have been written.
        with transaction.atomic(durable=True):
            _insert(place.kind, place.where, note, evidence)
    except Error as error:
        _refuse_unless_recorded(place, note, error)


def _refuse_unless_recorded(place: Place, note: Note, error: Error) -> None:
    """A folder is asked twice, and two processes may bring the same checkpoint at once: one row tells of both."""
    try:
        is_recorded = _is_recorded(place.kind, place.where, note.size)
    except Error:
        is_recorded = False
    if not is_recorded:
        raise AnchorFailed(
            f"The place took the checkpoint, but the database did not record it ({type(error).__name__})."
        ) from error


def _insert(kind: Kind, where: str, note: Note, evidence: bytes) -> None:
    Anchor.objects.create(
        kind=kind, place=where, size=note.size, note=note.text, evidence=evidence, at=clock.now()
    )


def _is_recorded(kind: Kind, where: str, size: int) -> bool:
    return Anchor.objects.filter(kind=kind, place=where, size=size).exists()
