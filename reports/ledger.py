"""Reading the ledger: who may, narrowed by what, and how far it is sealed, signed and held outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit import anchors, bundle, search, signed, stored, stream
from audit import selectors as ledger
from audit.anchors import Age
from audit.search import Line, Wanted, Whole
from audit.signed import Signed
from mrm.lib.errors import NotFound
from reports import ledger_scope
from reports.ledger_verification import Last, last_verification

PAGE = 50


@dataclass(frozen=True)
class LedgerPage:
    """Entries, the newest first; `next_before` is None on the last page."""

    entries: tuple[Line, ...]
    next_before: int | None


@dataclass(frozen=True)
class CheckpointPage:
    """Checkpoints, the newest first; `next_before` is None on the last page."""

    checkpoints: tuple[Signed, ...]
    next_before: int | None


@dataclass(frozen=True)
class Standing:
    """How far the ledger is signed and verified. `refusal` says why the sealer signs nothing; empty while all is
    well. `waits_since` is when the record that waits longest for its segment was made."""

    size: int
    newest: Signed | None
    refusal: str
    waits_since: dt.datetime | None
    outside: tuple[Age, ...]
    last: Last | None
    # Whether this person reads all of it, and so may verify it and take it away.
    is_whole: bool

    @property
    def uncovered(self) -> int:
        return max(self.size - (self.newest.size if self.newest else 0), 0)


def entries(*, actor: User, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> LedgerPage:
    part = ledger_scope.within(actor=actor)
    found = search.lines(wanted, before=before, limit=limit + 1, within=part)
    shown = found[:limit]
    return LedgerPage(tuple(shown), shown[-1].sequence if len(found) > limit else None)


def entry(*, actor: User, sequence: int) -> Whole:
    found = ledger_scope.entry_within(actor=actor, sequence=sequence)
    if found is None:
        raise NotFound(f"The ledger has no entry {sequence} that you may see.")
    return found


def standing(*, actor: User) -> Standing:
    is_whole = ledger_scope.within(actor=actor) is None
    # The newest checkpoint first: one that is signed meanwhile must not seem to cover more than there is.
    newest = signed.newest()
    return Standing(
        size=ledger.size(),
        newest=newest,
        refusal=ledger.sealer_refusal(),
        waits_since=ledger.oldest_unsealed(),
        outside=anchors.ages(),
        last=last_verification(actor=actor),
        is_whole=is_whole,
    )


def checkpoints(*, actor: User, before: int | None = None, limit: int = PAGE) -> CheckpointPage:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = signed.checkpoints(before=before, limit=limit + 1)
    shown = found[:limit]
    return CheckpointPage(tuple(shown), shown[-1].size if len(found) > limit else None)


def checkpoint(*, actor: User, size: int) -> Signed:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = signed.checkpoint_of(size)
    if found is None:
        raise NotFound(f"There is no checkpoint over {size} entries.")
    return found


def stamp(*, actor: User, size: int) -> bytes:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = signed.stamp_of(size)
    if found is None:
        raise NotFound(f"No time stamp is over the checkpoint of {size} entries.")
    return found


def newest_checkpoint(*, actor: User) -> Signed:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = signed.newest()
    if found is None:
        raise NotFound("There is no checkpoint yet: the sealer signs the first one.")
    return found


def bundle_lines(*, actor: User) -> Iterator[bytes]:
    """The whole ledger as a file, line by line as it is read: it is never in memory as a whole."""
    ledger_scope.require_all(actor=actor)
    return bundle.lines(stored.contents())


def stream_lines(*, actor: User, after: str, limit: int) -> Iterator[bytes]:
    """Lines behind a cursor. Malformed, before the first, for a cursor that was never given."""
    ledger_scope.require_all(actor=actor)
    return stream.lines(stream.Cursor.read(after), limit)


def actor_named(*, actor: User, username: str) -> str | None:
    """How the ledger names an account; None when there is no such account."""
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = User.objects.filter(username=username).first()
    return None if found is None else found.ledger_id


def size(*, actor: User) -> int:
    require(actor=actor, permission=Permission.LEDGER_READ)
    return ledger.size()
