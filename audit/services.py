"""Writing the ledger: `record` queues, the outermost unit of work appends as its last statements."""

from __future__ import annotations

import contextlib
import contextvars
import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeVar

from django.db import connection, transaction
from django.utils.module_loading import import_string

from audit.chain import GENESIS, Fact, Subject, body_of, content_of, leaf_of
from audit.events import Event
from audit.models import Unsealed
from mrm.lib import clock, memo
from mrm.settings import governance

P = ParamSpec("P")
R = TypeVar("R")
# Any number that no other advisory lock of this database uses: the chain has one writer at a time.
_CHAIN_LOCK = 0x_C0_17_51


class Actor(Protocol):
    """What the ledger needs to know of whoever acts; `accounts` lies above and is not imported."""

    @property
    def ledger_id(self) -> str: ...

    @property
    def name(self) -> str: ...


class NoUnitOfWork(RuntimeError):
    """A fact was recorded where nothing would append it: a fault of the program, never of the caller."""


@dataclass
class _Work:
    queued: list[Fact] = field(default_factory=list)


_LAST = "SELECT sequence, leaf FROM audit_entry ORDER BY sequence DESC LIMIT 1"
_LOCKED_LAST = {
    # BEGIN IMMEDIATE already made this transaction the only writer.
    "sqlite": _LAST,
    # One writer by an advisory lock that ends with the transaction. One message for both statements, because everybody
    # else waits for every further one; under READ COMMITTED the second still sees what was committed before the lock.
    "postgresql": f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK:d}); {_LAST}",
}
_INSERT = (
    "INSERT INTO audit_entry (sequence, body, leaf, at, event, actor_id, actor_name, subject_type, subject_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)

_work: contextvars.ContextVar[_Work | None] = contextvars.ContextVar("unit_of_work", default=None)


@contextlib.contextmanager
def opened() -> Iterator[None]:
    """A unit of work around several statements: `with opened():`. Inside another it joins that one."""
    if _work.get() is not None:
        # A service called inside another joins it and appends nothing itself.
        yield
        return
    work = _Work()
    token = _work.set(work)
    try:
        with memo.suspended(), transaction.atomic():
            yield
            _react(work.queued)
            _append(work.queued)
    finally:
        _work.reset(token)


def unit_of_work(function: Callable[P, R]) -> Callable[P, R]:
    """Open the transaction of a service; the queued entries are its last statements, or nothing happened."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with opened():
            return function(*args, **kwargs)

    return wrapper


def record(*, event: Event, actor: Actor, subject: Subject, facts: dict[str, Any] | None = None) -> None:
    """Queue one entry. Refuses outside a unit of work: no record, no change, and no change without a record."""
    work = _work.get()
    if work is None:
        raise NoUnitOfWork(f"{event} was recorded outside a unit of work.")
    work.queued.append(
        Fact(clock.stamp(clock.now()), str(event), actor.ledger_id, actor.name, subject, dict(facts or {}))
    )


def queue_unsealed(*, log: str, record_hash: bytes) -> None:
    """Hand a record to the sealer, in the caller's own transaction."""
    Unsealed(record=record_hash, log=log, at=clock.now()).save(force_insert=True)


def _react(queued: list[Fact]) -> None:
    """What must follow an event becomes a Job row in the same transaction, and who is told of it a notice; the tables
    stand in governance.py."""
    for fact in tuple(queued):
        for kind in governance.REACTIONS.get(fact.event, ()):
            queue = import_string(governance.REACTION_QUEUE)
            queue(kind=kind, subject=fact.subject, actor_id=fact.actor_id)
        if fact.event in governance.NOTICES:
            import_string(governance.TELL)(fact)


def _append(queued: list[Fact]) -> None:
    if not queued:
        return
    _refuse_unwritable(queued)
    with connection.cursor() as cursor:
        _append_with(cursor, queued)


def _refuse_unwritable(queued: list[Fact]) -> None:
    """What a verifier would refuse, nested too deep say, is not written. Asked before the chain is locked: its place in
    the chain changes nothing about the form of an entry."""
    for fact in queued:
        if content_of(body_of(fact, 1, GENESIS)) is None:
            raise ValueError(f"The facts of {fact.event} have no form that an entry can hold.")


def _append_with(cursor: Any, queued: list[Fact]) -> None:  # Any: a cursor of either database
    """Plain SQL: everybody waits for the chain, and model instances would double how long."""
    cursor.execute(_LOCKED_LAST[connection.vendor])
    last = cursor.fetchone()
    sequence, previous = (last[0], bytes(last[1]).hex()) if last else (0, GENESIS)
    for fact in queued:
        sequence += 1
        body = body_of(fact, sequence, previous)
        leaf = leaf_of(body)
        cursor.execute(_INSERT, _row(fact, sequence, body, leaf))
        previous = leaf.hex()


def _row(fact: Fact, sequence: int, body: bytes, leaf: bytes) -> list[object]:
    at = connection.ops.adapt_datetimefield_value(dt.datetime.fromisoformat(fact.at))
    said = [fact.event, fact.actor_id, fact.actor_name, fact.subject.type, fact.subject.id]
    return [sequence, body, leaf, at, *said]
