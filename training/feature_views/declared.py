"""A feature view as it is asked for: a definition, the table of bookings, and the table of applications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from quant.features import plain
from quant.features.cleaning.dates import DateFormat
from quant.features.plain import SchemaFault
from quant.transactions import form
from quant.transactions.definition import Definition
from training.sources.declared import Source, load_source

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
BOOKINGS, APPLICATIONS = "transactions", "applications"


@dataclass(frozen=True)
class Applications:
    """How the table of applications calls what is read: `key` tells its rows apart, `customer` leads to the bookings,
    `applied_on` is the day as of which everything is computed. `day_formats` are its spellings besides 2024-03-05."""

    key: str
    customer: str
    applied_on: str
    day_formats: tuple[DateFormat, ...] = ()

    def __post_init__(self) -> None:
        if len({self.key, self.customer, self.applied_on}) != 3:
            raise SchemaFault("columns: key, customer and applied_on are three columns of the applications.")
        if len(set(self.day_formats)) != len(self.day_formats):
            raise SchemaFault("columns.day_formats: each once.")
        if DateFormat.WITH_TIME in self.day_formats:
            raise SchemaFault(
                "columns.day_formats: leave with_time out. A time of day after 2024-03-05 is read anyway, and with a"
                " zone the day would depend on it."
            )

    def plain(self) -> dict[str, Any]:  # Any: JSON
        told = {"key": self.key, "customer": self.customer, "applied_on": self.applied_on}
        return told | ({"day_formats": list(map(str, self.day_formats))} if self.day_formats else {})


@dataclass(frozen=True)
class AskedView:
    name: str
    definition: Definition
    transactions: Source
    applications: Source
    columns: Applications

    @property
    def sources(self) -> tuple[Source, Source]:
        return self.transactions, self.applications

    def plain(self) -> dict[str, Any]:  # Any: JSON
        """What `load` reads back to an equal view."""
        return {
            "name": self.name,
            "definition": form.dump(self.definition),
            "transactions": self.transactions.plain(),
            "applications": self.applications.plain(),
            "columns": self.columns.plain(),
        }


def load(raw: object) -> AskedView:
    """The view of plain JSON. SchemaFault says what contradicts what."""
    members = plain.members(raw, "The feature view", frozenset(AskedView.__dataclass_fields__))
    name = plain.text(members.get("name"), "name")
    if not _NAME.fullmatch(name):
        raise SchemaFault("name: small letters, digits and underscore, up to 40.")
    made = AskedView(
        name=name,
        definition=form.load(members.get("definition")),
        transactions=_source(members, BOOKINGS),
        applications=_source(members, APPLICATIONS),
        columns=_columns(members.get("columns")),
    )
    if made.columns.key in {feature.name for feature in made.definition.features}:
        raise SchemaFault("columns.key has the name of a feature.")
    return made


def _columns(raw: object) -> Applications:
    told = plain.members(raw, "columns", frozenset(Applications.__dataclass_fields__))
    formats = plain.items(told.get("day_formats", ()), "columns.day_formats")
    return Applications(
        **{name: plain.text(told.get(name), f"columns.{name}") for name in ("key", "customer", "applied_on")},
        day_formats=tuple(plain.word(DateFormat, each, "columns.day_formats") for each in formats),
    )


def _source(members: Mapping[str, object], name: str) -> Source:
    """Named by its part in the view, so that a source of that name cannot be mistaken."""
    raw = members.get(name)
    if not isinstance(raw, Mapping):
        raise SchemaFault(f"{name} must be an object: a source.")
    if raw.get("name", name) != name:
        raise SchemaFault(f"{name}.name: leave it out; this source is called {name}.")
    return load_source({**raw, "name": name}, name)
