"""A feature view as it is asked for: a definition, the table of bookings, and the table of applications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from quant.features import plain
from quant.features.plain import SchemaFault
from quant.transactions import form
from quant.transactions.definition import Definition
from training.sources.declared import Source, load_source

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
BOOKINGS, APPLICATIONS = "transactions", "applications"


@dataclass(frozen=True)
class Applications:
    """How the table of applications calls what is read: `key` tells its rows apart, `customer` leads to the bookings,
    `applied_on` is the day as of which everything is computed."""

    key: str
    customer: str
    applied_on: str

    def __post_init__(self) -> None:
        if len({self.key, self.customer, self.applied_on}) != 3:
            raise SchemaFault("columns: key, customer and applied_on are three columns of the applications.")


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
            "columns": asdict(self.columns),
        }


def load(raw: object) -> AskedView:
    """The view of plain JSON. SchemaFault says what contradicts what."""
    members = plain.members(raw, "The feature view", frozenset(AskedView.__dataclass_fields__))
    columns = plain.members(members.get("columns"), "columns", frozenset(Applications.__dataclass_fields__))
    name = plain.text(members.get("name"), "name")
    if not _NAME.fullmatch(name):
        raise SchemaFault("name: small letters, digits and underscore, up to 40.")
    made = AskedView(
        name=name,
        definition=form.load(members.get("definition")),
        transactions=_source(members, BOOKINGS),
        applications=_source(members, APPLICATIONS),
        columns=Applications(
            **{
                each: plain.text(columns.get(each), f"columns.{each}")
                for each in Applications.__dataclass_fields__
            }
        ),
    )
    if made.columns.key in {feature.name for feature in made.definition.features}:
        raise SchemaFault("columns.key has the name of a feature.")
    return made


def _source(members: Mapping[str, object], name: str) -> Source:
    """Named by its part in the view, so that a source of that name cannot be mistaken."""
    raw = members.get(name)
    if not isinstance(raw, Mapping):
        raise SchemaFault(f"{name} must be an object: a source.")
    if raw.get("name", name) != name:
        raise SchemaFault(f"{name}.name: leave it out; this source is called {name}.")
    return load_source({**raw, "name": name}, name)
