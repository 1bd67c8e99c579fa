"""Reading the ledger: who may, narrowed by what, and what a verification proves and does not prove."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit import search
from audit import selectors as ledger
from audit.search import Line, Wanted, Whole
from audit.selectors import Verification
from mrm.lib.errors import NotFound

PAGE = 50


@dataclass(frozen=True)
class LedgerPage:
    """Entries, the newest first; `next_before` is None on the last page."""

    entries: tuple[Line, ...]
    next_before: int | None


def entries(*, actor: User, wanted: Wanted, before: int | None = None, limit: int = PAGE) -> LedgerPage:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = search.lines(wanted, before=before, limit=limit + 1)
    shown = found[:limit]
    return LedgerPage(tuple(shown), shown[-1].sequence if len(found) > limit else None)


def entry(*, actor: User, sequence: int) -> Whole:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = search.whole(sequence)
    if found is None:
        raise NotFound(f"The ledger has no entry {sequence}.")
    return found


def verification(*, actor: User) -> Verification:
    """Recompute every leaf from the stored bytes and compare the columns beside them. Changes nothing."""
    require(actor=actor, permission=Permission.LEDGER_READ)
    return ledger.verify()


def actor_named(*, actor: User, username: str) -> str | None:
    """How the ledger names an account; None when there is no such account."""
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = User.objects.filter(username=username).first()
    return None if found is None else found.ledger_id


def size(*, actor: User) -> int:
    require(actor=actor, permission=Permission.LEDGER_READ)
    return ledger.size()
