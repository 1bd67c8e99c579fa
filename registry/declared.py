"""How applications become the columns of an estimator that was trained elsewhere: what its author declared beside the
run, or else the columns of the signature as they stand in the snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mrm.lib import strict_json
from mrm.lib.errors import Refusal
from quant.features.plain import SchemaFault
from registry.logged_models import REASONS, TABLES
from registry.serving.manifest import MAX_TABLE_BYTES

if TYPE_CHECKING:
    from quant.features.schema import FeatureSchema
    from quant.reasons import ReasonGroup
    from registry.models import DatasetSnapshot

_LARGEST: Final = 1e12
_USABLE: Final = frozenset({"input", "exposure"})


@dataclass(frozen=True)
class Declared:
    """What a task says besides its recipe, as plain JSON; or why there is none."""

    schema: Mapping[str, Any]
    reasons: Mapping[str, Any]
    faults: tuple[str, ...] = ()

    @property
    def input_names(self) -> tuple[str, ...]:
        return tuple(each["name"] for each in self.schema.get("inputs", ()))


def declare(*, columns: tuple[str, ...], tables: Mapping[str, bytes], snapshot: DatasetSnapshot) -> Declared:
    """The author's tables where they are there and fit, else every column as it is, each its own reason."""
    from quant.features import form
    from quant.reasons import check_cover, dump_groups

    try:
        schema = _tables(tables[TABLES], columns) if TABLES in tables else _as_they_are(columns)
        schema.refuse_inputs(_forbidden(snapshot))
        schema.require_fitted()
        groups = _groups(tables[REASONS]) if REASONS in tables else _alone(schema)
        check_cover(groups, schema.feature_names)
    except (SchemaFault, Refusal) as fault:
        return Declared({}, {}, (fault.message if isinstance(fault, Refusal) else str(fault),))
    lacking = _lacking(schema, snapshot)
    return Declared(form.dump(schema), dump_groups(groups), tuple(lacking))


def _forbidden(snapshot: DatasetSnapshot) -> frozenset[str]:
    said = snapshot.declaration
    return frozenset({*said["protected"], *said["proxies"], said["target"]})


def _tables(content: bytes, columns: tuple[str, ...]) -> FeatureSchema:
    from quant.features import form

    schema = form.load(strict_json.loads(content, max_bytes=MAX_TABLE_BYTES))
    if schema.feature_names != columns:
        raise SchemaFault(
            f"The features of {TABLES} are not the columns of the signature in their order. Declare exactly those."
        )
    return schema


def _groups(content: bytes) -> tuple[ReasonGroup, ...]:
    from quant.reasons import load_groups

    return load_groups(strict_json.loads(content, max_bytes=MAX_TABLE_BYTES))


def _as_they_are(columns: tuple[str, ...]) -> FeatureSchema:
    """Numbers as the author's own tools take them. Which codes are known, and what becomes of others, only tables can
    say."""
    from quant.features.schema import Feature, FeatureSchema, Input, InputType, Operation

    return FeatureSchema(
        inputs=tuple(
            Input(name, InputType.NUMBER, name, name, -_LARGEST, _LARGEST, nullable=True) for name in columns
        ),
        features=tuple(Feature(name, Operation.IDENTITY, (name,)) for name in columns),
    )


def _alone(schema: FeatureSchema) -> tuple[ReasonGroup, ...]:
    from quant.reasons import ReasonGroup

    return tuple(ReasonGroup(feature.name.lower(), (feature.name,)) for feature in schema.features)


def _lacking(schema: FeatureSchema, snapshot: DatasetSnapshot) -> list[str]:
    from quant.features.inputs import SPELLED

    held = {column["name"]: column for column in snapshot.declaration["columns"]}
    spelled = {declared.name for declared in schema.inputs if declared.type in SPELLED}
    unusable = [
        name
        for name in schema.input_names
        if name not in held
        or (held[name]["type"] == "text" and name not in spelled)
        or held[name]["role"] not in _USABLE
    ]
    if not unusable:
        return []
    named = ", ".join(unusable[:10])
    return [
        f"The snapshot {snapshot.name} has no numeric inputs of these names: {named}. Choose the snapshot it was"
        f" trained for, or declare in {TABLES} how its columns are made."
    ]
