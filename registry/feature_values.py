"""The features of an application from the bookings that its request brings. Nothing of them is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import FieldError, Invalid
from quant.transactions import form, online
from quant.transactions.definition import Columns
from quant.transactions.online import Value
from registry.models import FeatureView

if TYPE_CHECKING:
    from quant.features.reading import Fault

# Whose bookings they are is not sent: an answer needs no name.
MEMBERS: Final = tuple(each.name for each in fields(Columns) if each.name != "customer")


@dataclass(frozen=True)
class Values:
    """The features by name; None is missing, as the definition of this digest says. They hold as of a day."""

    features: Mapping[str, Value]
    definition_digest: str
    as_of: date


def compute(*, actor: User, view: FeatureView, applied_on: str, bookings: Sequence[object]) -> Values:
    """What the view would hold of an application of this day with these bookings, bit for bit. Its definition is read,
    and no row. Invalid with every fault by its place and without a cell."""
    require(actor=actor, permission=Permission.DECISION_MAKE)
    stored = form.load(view.definition)
    made = replace(stored, columns=stored.columns.by_meaning)
    faults = [*_strangers(bookings)]
    found = online.compute(made, applied_on=applied_on, bookings=bookings)
    faults += [_error(fault) for fault in found.faults]
    if faults:
        raise Invalid(
            "No feature was computed: the bookings do not fit. Correct them and send again.", faults
        )
    return Values(found.features, view.definition_digest, date.fromisoformat(applied_on[:10]))


def _strangers(bookings: Sequence[object]) -> Iterator[FieldError]:
    """A member that is spelled otherwise would be read as missing. One is told, for all are built alike."""
    for place, booking in enumerate(bookings):
        if isinstance(booking, Mapping) and not booking.keys() <= set(MEMBERS):
            yield FieldError(
                f"/bookings/{place}", "unknown", f"A booking has {', '.join(MEMBERS)} and no more."
            )
            return


def _error(fault: Fault) -> FieldError:
    return FieldError(f"/{fault.name}", fault.code, fault.detail)
