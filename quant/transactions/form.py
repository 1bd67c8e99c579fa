"""The definition as a plain dict and back. It holds texts and integers only, so the dict has a canonical form."""

from dataclasses import asdict

from quant.features import plain
from quant.transactions.definition import Columns, Definition, Measure, MeasureKind

_MEMBERS = frozenset(Definition.__dataclass_fields__)
_COLUMNS = frozenset(Columns.__dataclass_fields__)
_MEASURE = frozenset(Measure.__dataclass_fields__)


def load(raw: object) -> Definition:
    """The definition of a plain dict. Raises SchemaFault for any other shape."""
    members = plain.members(raw, "The definition", _MEMBERS)
    columns = plain.members(members.get("columns"), "columns", _COLUMNS)
    measures = plain.items(members.get("measures"), "measures")
    return Definition(
        columns=Columns(
            **{name: plain.text(value, f"columns.{name}") for name, value in columns.items() if value != ""}
            | {name: "" for name in ("customer", "booked_on", "amount_minor") if not columns.get(name)}
        ),
        windows=plain.integers(members.get("windows"), "windows"),
        measures=tuple(_measure(entry, f"measures[{place}]") for place, entry in enumerate(measures)),
        tolerance_days=plain.integer(members.get("tolerance_days"), "tolerance_days"),
        max_age_days=plain.integer(members.get("max_age_days"), "max_age_days"),
    )


def dump(definition: Definition) -> dict[str, object]:
    """The plain dict that `load` reads back to an equal definition."""
    return {
        "columns": asdict(definition.columns),
        "windows": list(definition.windows),
        "measures": [
            {"name": made.name, "kind": str(made.kind), "categories": list(made.categories)}
            for made in definition.measures
        ],
        "tolerance_days": definition.tolerance_days,
        "max_age_days": definition.max_age_days,
    }


def _measure(raw: object, where: str) -> Measure:
    members = plain.members(raw, where, _MEASURE)
    return Measure(
        name=plain.text(members.get("name"), f"{where}.name"),
        kind=plain.word(MeasureKind, members.get("kind"), f"{where}.kind"),
        categories=plain.texts(members.get("categories", ()), f"{where}.categories"),
    )
