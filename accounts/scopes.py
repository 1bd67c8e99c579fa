"""What a role is granted for: one model or all, from when until when, and the days of records it may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import RoleGrant, RoleRequest
from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid
from mrm.settings import governance

EVERY_MODEL = ""


@dataclass(frozen=True)
class Scope:
    """Days of records are in UTC and both included. Without `starts_at` the role begins when it is granted."""

    model_slug: str = EVERY_MODEL
    starts_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    records_from: dt.date | None = None
    records_until: dt.date | None = None

    def plain(self) -> dict[str, Any]:
        """As it enters digests and entries: dates as text, what is not bounded as null."""
        return {
            "model": self.model_slug,
            "starts_at": None if self.starts_at is None else clock.stamp(self.starts_at),
            "ends_at": None if self.ends_at is None else clock.stamp(self.ends_at),
            "records_from": None if self.records_from is None else self.records_from.isoformat(),
            "records_until": None if self.records_until is None else self.records_until.isoformat(),
        }


EVERYTHING = Scope()


def scope_of(row: RoleRequest | RoleGrant) -> Scope:
    return Scope(row.model_slug, row.starts_at, row.ends_at, row.records_from, row.records_until)


def require_fitting(role: str, scope: Scope) -> None:
    """Invalid with everything that is wrong: an unknown role, an end before the beginning, a role for people from
    outside without its bounds, and a period of records for a role that has none."""
    errors = list(_unfitting(role, scope))
    if errors:
        raise Invalid("The role cannot be given like this.", errors)


def _unfitting(role: str, scope: Scope) -> Iterator[FieldError]:
    if role not in governance.ROLES:
        yield FieldError("/role", "unknown", f"{role[:32]} is not a role.")
    if scope.ends_at is not None and scope.ends_at <= (scope.starts_at or clock.now()):
        yield FieldError("/ends_at", "order", "The end lies behind now and behind the beginning.")
    if role in governance.BOUNDED:
        yield from _unbounded(role, scope)
    elif scope.records_from is not None or scope.records_until is not None:
        words = f"A {_words(role)} reads records of any time: leave the period empty."
        yield FieldError("/records_from", "not-here", words)


def _unbounded(role: str, scope: Scope) -> Iterator[FieldError]:
    needed = {
        "model_slug": (scope.model_slug, "one model; several models are several grants"),
        "ends_at": (scope.ends_at, "an end"),
        "records_from": (scope.records_from, "the first day of the records to be read"),
        "records_until": (scope.records_until, "the last day of the records to be read"),
    }
    for name, (value, words) in needed.items():
        if not value:
            yield FieldError(f"/{name}", "required", f"A {_words(role)} needs {words}.")
    if scope.records_from and scope.records_until and scope.records_until < scope.records_from:
        yield FieldError("/records_until", "order", "The last day is not before the first.")


def _words(role: str) -> str:
    return role.replace("_", " ")
