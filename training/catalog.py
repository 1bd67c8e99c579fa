"""The recipes one may ask for by name: settings, schema and reason groups, declared before any data are
seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mrm.lib.errors import FieldError, Invalid
from quant.features.plain import SchemaFault

if TYPE_CHECKING:
    from quant.features.schema import FeatureSchema
    from quant.reasons import ReasonGroup
    from registry.models import DatasetSnapshot
    from training.declaring import Fields

VEHICLE_LOANS, MICRO_LOANS = "vehicle-loans", "micro-loans"
VEHICLE_LOANS_AND_BOOKINGS = "vehicle-loans-and-bookings"
CARD_LIMIT, OWN_COLUMNS = "card-limit", "own-columns"
NAMES = (CARD_LIMIT, OWN_COLUMNS)
# Declared columns that a sweep can turn its dials on.
FIELDS = (VEHICLE_LOANS, VEHICLE_LOANS_AND_BOOKINGS, MICRO_LOANS, CARD_LIMIT, OWN_COLUMNS)
_LARGEST = 1e12


class ReadsInputs:
    """What the gates of training ask of anything that reads a snapshot."""

    @property
    def inputs(self) -> list[dict[str, Any]]:  # plain JSON
        raise NotImplementedError

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(declared["name"] for declared in self.inputs)

    @property
    def spelled_names(self) -> frozenset[str]:
        """Inputs that a column of texts may hold."""
        return frozenset(each["name"] for each in self.inputs if each["type"] in {"text", "date", "money"})


@dataclass(frozen=True)
class Plan(ReadsInputs):
    """A recipe made ready for one snapshot. `task` is spec.json of the child, and what a candidate keeps."""

    name: str
    task: Mapping[str, Any]  # plain JSON
    recipe_digest: str

    @property
    def inputs(self) -> list[dict[str, Any]]:
        return list(self.task["schema"]["inputs"])

    @property
    def kept(self) -> dict[str, Any]:
        return {"name": self.name, **self.task}


def plan(*, name: str, snapshot: DatasetSnapshot, settings: Mapping[str, object]) -> Plan:
    """The task of a named recipe on a snapshot, some settings replaced. Invalid for an unknown name or
    setting."""
    from quant.features import form
    from quant.reasons import dump_groups
    from training import recipes

    make = _declarations().get(name)
    if make is None:
        known = ", ".join(NAMES)
        raise Invalid(
            "There is no such recipe.", [FieldError("/recipe", "unknown", f"The recipes are {known}.")]
        )
    try:
        recipe = recipes.load(dict(settings))
        schema, groups = make(snapshot)
    except SchemaFault as fault:
        raise Invalid("The recipe is not valid.", [FieldError("/settings", "recipe", str(fault))]) from None
    declared = snapshot.declaration
    task = {
        "recipe": recipe.plain(),
        "schema": form.dump(schema),
        "reasons": dump_groups(groups),
        "target": declared["target"],
        "forbidden": sorted({*declared["protected"], *declared["proxies"]}),
    }
    return Plan(name=name, task=task, recipe_digest=recipe.digest())


def fields_of(name: str, snapshot: DatasetSnapshot) -> Fields:
    """What is declared of the columns of a sweep. SchemaFault for an unknown name."""
    from training import card, consumer

    known: Mapping[str, Callable[[], Fields]] = {
        VEHICLE_LOANS: consumer.vehicle,
        VEHICLE_LOANS_AND_BOOKINGS: consumer.vehicle_with_bookings,
        MICRO_LOANS: consumer.micro,
        CARD_LIMIT: card.fields,
        OWN_COLUMNS: lambda: _own_fields(snapshot),
    }
    if name not in known:
        raise SchemaFault(f"fields must be one of {', '.join(FIELDS)}.")
    return known[name]()


def _declarations() -> Mapping[
    str, Callable[[DatasetSnapshot], tuple[FeatureSchema, tuple[ReasonGroup, ...]]]
]:
    from training import card

    return {CARD_LIMIT: lambda _: (card.schema(), card.groups()), OWN_COLUMNS: _own_columns}


def _own_columns(snapshot: DatasetSnapshot) -> tuple[FeatureSchema, tuple[ReasonGroup, ...]]:
    """Every numeric column as it is, without direction, each its own reason: the start for one's own table.
    Documented codes become categories with a bucket for codes never seen."""
    from quant.features.schema import Feature, FeatureSchema, Operation
    from quant.reasons import ReasonGroup

    codes = snapshot.declaration["codes"]
    names = [
        column["name"]
        for column in snapshot.declaration["columns"]
        if column["role"] in {"input", "exposure"} and column["type"] in {"integer", "number"}
    ]
    inputs = tuple(_own_input(name, codes.get(name)) for name in names)
    features = tuple(
        Feature(
            f"{name}_code",
            Operation.STATUS_CODE,
            (name,),
            table=tuple((code, place) for place, code in enumerate(codes[name])),
            bucket=float(len(codes[name])),
        )
        if name in codes
        else Feature(f"{name}_value", Operation.IDENTITY, (name,))
        for name in names
    )
    groups = tuple(ReasonGroup(feature.inputs[0].lower(), (feature.name,)) for feature in features)
    return FeatureSchema(inputs=inputs, features=features), groups


def _own_input(name: str, codes: list[int] | None) -> Any:
    from quant.features.schema import Input, InputType, Unknown

    if codes is not None:
        return Input(
            name, InputType.CODE, name, name, codes=tuple(codes), unknown=Unknown.BUCKET, nullable=True
        )
    return Input(name, InputType.NUMBER, name, name, -_LARGEST, _LARGEST, nullable=True)


def _own_fields(snapshot: DatasetSnapshot) -> Fields:
    """The same for a sweep: documented codes are categories, other numbers amounts that may be missing."""
    from training.declaring import Amount, Category, Fields

    schema, _ = _own_columns(snapshot)
    coded = [each for each in schema.inputs if each.codes]
    return Fields(
        inputs=schema.inputs,
        amounts=tuple(
            Amount(f"{each.name}_value", each.name, each.name.lower(), may_be_missing=True)
            for each in schema.inputs
            if not each.codes
        ),
        categories=tuple(
            Category(
                f"{each.name}_code",
                each.name,
                each.name.lower(),
                (*map(str, each.codes), "Unknown"),
                may_be_missing=True,
            )
            for each in coded
        ),
    )
