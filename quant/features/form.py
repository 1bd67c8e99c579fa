"""The schema as a plain dict and back. Fractions are texts, so the dict has a canonical form."""

from quant.features import plain
from quant.features.form_fitted import dump_fit, dump_fitted, load_fit, load_fitted
from quant.features.form_inputs import dump_input, load_input
from quant.features.schema import Direction, Feature, FeatureSchema, Operation

_FEATURE = frozenset(
    {"name", "operation", "inputs", "monotone", "when_zero", "table", "bucket", "only", "fit", "fitted"}
)
_SCHEMA = frozenset({"inputs", "features", "steps"})


def load(raw: object) -> FeatureSchema:
    """The schema of a plain dict. Raises SchemaFault for any other shape."""
    members = plain.members(raw, "The schema", _SCHEMA)
    inputs = plain.items(members.get("inputs"), "inputs")
    return FeatureSchema(
        inputs=tuple(load_input(entry, f"inputs[{place}]") for place, entry in enumerate(inputs)),
        features=_features(members.get("features"), "features"),
        steps=_features(members.get("steps", ()), "steps"),
    )


def dump(schema: FeatureSchema) -> dict[str, object]:
    """The plain dict that `load` reads back to an equal schema."""
    made: dict[str, object] = {
        "inputs": [dump_input(declared) for declared in schema.inputs],
        "features": [_plain_feature(feature) for feature in schema.features],
    }
    # Left out where there is none, so that a schema without steps keeps its digest.
    return made | ({"steps": [_plain_feature(step) for step in schema.steps]} if schema.steps else {})


def _features(raw: object, where: str) -> tuple[Feature, ...]:
    return tuple(_feature(entry, f"{where}[{place}]") for place, entry in enumerate(plain.items(raw, where)))


def _feature(raw: object, where: str) -> Feature:
    members = plain.members(raw, where, _FEATURE)
    direction = plain.integer(members.get("monotone", 0), f"{where}.monotone")
    if direction not in set(Direction):
        raise plain.SchemaFault(f"{where}.monotone must be -1, 0 or 1.")
    operation = plain.word(Operation, members.get("operation"), f"{where}.operation")
    return Feature(
        name=plain.text(members.get("name"), f"{where}.name"),
        operation=operation,
        inputs=plain.texts(members.get("inputs"), f"{where}.inputs"),
        monotone=Direction(direction),
        when_zero=plain.decimal(members.get("when_zero", "0.0"), f"{where}.when_zero"),
        table=_table(members.get("table", ()), f"{where}.table"),
        bucket=plain.decimal(members.get("bucket", "0.0"), f"{where}.bucket"),
        only=plain.text(members["only"], f"{where}.only") if "only" in members else "",
        fit=load_fit(members.get("fit"), f"{where}.fit"),
        fitted=load_fitted(members.get("fitted"), operation, f"{where}.fitted"),
    )


def _table(raw: object, where: str) -> tuple[tuple[int, int], ...]:
    pairs = [plain.integers(pair, where) for pair in plain.items(raw, where)]
    if any(len(pair) != 2 for pair in pairs):
        raise plain.SchemaFault(f"{where} must be a list of [code, category].")
    return tuple((pair[0], pair[1]) for pair in pairs)


def _plain_feature(feature: Feature) -> dict[str, object]:
    made: dict[str, object] = {
        "name": feature.name,
        "operation": str(feature.operation),
        "inputs": list(feature.inputs),
        "monotone": int(feature.monotone),
        "when_zero": repr(float(feature.when_zero)),
        "table": [list(pair) for pair in feature.table],
        "bucket": repr(float(feature.bucket)),
    }
    if feature.only:
        made["only"] = feature.only
    if feature.fit is not None:
        made["fit"] = dump_fit(feature.fit)
    if feature.fitted is not None:
        made["fitted"] = dump_fitted(feature.fitted)
    return made
