"""What one reading asks many times and the database answers once. Off unless a reading is open, and blind to whatever
writes meanwhile: only the answer to a safe request may be made inside one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

_memo: ContextVar[dict[Hashable, Any] | None] = ContextVar("memo", default=None)


@contextlib.contextmanager
def reading() -> Iterator[None]:
    token = _memo.set({})
    try:
        yield
    finally:
        _memo.reset(token)


@contextlib.contextmanager
def suspended() -> Iterator[None]:
    """Around whatever decides on what it reads: nothing is remembered in it, and what was remembered is not used."""
    token = _memo.set(None)
    try:
        yield
    finally:
        _memo.reset(token)


def remembered(key: Hashable, read: Callable[[], T]) -> T:
    """`read()`, asked once in a reading for each key, and each time outside of one."""
    memo = _memo.get()
    if memo is None:
        return read()
    if key not in memo:
        memo[key] = read()
    return cast("T", memo[key])
