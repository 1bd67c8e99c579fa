"""The schema as a plain dict and back. Fractions are texts, so the dict has a canonical form."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from quant.features import plain
from quant.features.schema import Direction, Feature, FeatureSchema, Input, InputType, Operation, Unknown

_Word = TypeVar("_Word", bound=StrEnum)
_INPUT = frozenset(
    {
        "name",
        "type",
        "label_en",
        "label_pt_br",
        "minimum",
        "maximum",
        "codes",
        "unknown",
        "nullable",
        "required",
    }
)
_FEATURE = frozenset({"name", "operation", "inputs", "monotone", "when_zero", "table", "bucket"})
_SCHEMA = frozenset({"inputs", "features"})


def load(raw: object) -> FeatureSchema:
    """The schema of a plain dict. Raises SchemaFault for any other shape."""
    members = plain.members(raw, "The schema", _SCHEMA)
    inputs = plain.items(members.get("inputs"), "inputs")
    features = plain.items(members.get("features"), "features")
    return FeatureSchema(
        inputs=tuple(_input(entry, f"inputs[{place}]") for place, entry in enumerate(inputs)),
        features=tuple(_feature(entry, f"features[{place}]") for place, entry in enumerate(features)),
    )


def dump(schema: FeatureSchema) -> dict[str, object]:
    """The plain dict that `load` reads back to an equal schema."""
    return {
        "inputs": [_plain_input(declared) for declared in schema.inputs],
        "features": [_plain_feature(feature) for feature in schema.features],
    }


def _word(kind: type[_Word], raw: object, where: str) -> _Word:
    try:
        return kind(plain.text(raw, where))
    except ValueError:
        raise plain.SchemaFault(f"{where} must be one of {', '.join(kind)}.") from None


def _input(raw: object, where: str) -> Input:
    members = plain.members(raw, where, _INPUT)
    kind = _word(InputType, members.get("type"), f"{where}.type")
    return Input(
        name=plain.text(members.get("name"), f"{where}.name"),
        type=kind,
        label_en=plain.text(members.get("label_en"), f"{where}.label_en"),
        label_pt_br=plain.text(members.get("label_pt_br"), f"{where}.label_pt_br"),
        minimum=_range_end(members, "minimum", kind, where),
        maximum=_range_end(members, "maximum", kind, where),
        codes=plain.integers(members.get("codes", ()), f"{where}.codes"),
        unknown=_word(Unknown, members.get("unknown", "refuse"), f"{where}.unknown"),
        nullable=plain.fact(members.get("nullable", False), f"{where}.nullable"),
        required=plain.fact(members.get("required", True), f"{where}.required"),
    )


def _range_end(members: Mapping[str, object], end: str, kind: InputType, where: str) -> float:
    if kind is InputType.CODE:
        return 0.0
    return plain.decimal(members.get(end), f"{where}.{end}")


def _feature(raw: object, where: str) -> Feature:
    members = plain.members(raw, where, _FEATURE)
    direction = plain.integer(members.get("monotone", 0), f"{where}.monotone")
    if direction not in set(Direction):
        raise plain.SchemaFault(f"{where}.monotone must be -1, 0 or 1.")
    return Feature(
        name=plain.text(members.get("name"), f"{where}.name"),
        operation=_word(Operation, members.get("operation"), f"{where}.operation"),
        inputs=plain.texts(members.get("inputs"), f"{where}.inputs"),
        monotone=Direction(direction),
        when_zero=plain.decimal(members.get("when_zero", "0.0"), f"{where}.when_zero"),
        table=_table(members.get("table", ()), f"{where}.table"),
        bucket=plain.decimal(members.get("bucket", "0.0"), f"{where}.bucket"),
    )


def _table(raw: object, where: str) -> tuple[tuple[int, int], ...]:
    pairs = [plain.integers(pair, where) for pair in plain.items(raw, where)]
    if any(len(pair) != 2 for pair in pairs):
        raise plain.SchemaFault(f"{where} must be a list of [code, category].")
    return tuple((pair[0], pair[1]) for pair in pairs)


def _plain_input(declared: Input) -> dict[str, object]:
    shared: dict[str, object] = {
        "name": declared.name,
        "type": str(declared.type),
        "label_en": declared.label_en,
        "label_pt_br": declared.label_pt_br,
        "nullable": declared.nullable,
        "required": declared.required,
    }
    if declared.type is InputType.CODE:
        return shared | {"codes": list(declared.codes), "unknown": str(declared.unknown)}
    return shared | {"minimum": repr(float(declared.minimum)), "maximum": repr(float(declared.maximum))}


def _plain_feature(feature: Feature) -> dict[str, object]:
    return {
        "name": feature.name,
        "operation": str(feature.operation),
        "inputs": list(feature.inputs),
        "monotone": int(feature.monotone),
        "when_zero": repr(float(feature.when_zero)),
        "table": [list(pair) for pair in feature.table],
        "bucket": repr(float(feature.bucket)),
    }
