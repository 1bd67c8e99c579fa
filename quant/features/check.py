"""Do the values fit the declaration? Every fault at once, and none of them repeats a value."""

from collections.abc import Mapping
from dataclasses import dataclass

from quant.features.check_columns import CheckedTable, check_table
from quant.features.reading import Fault, Value, read, unseen
from quant.features.schema import FeatureSchema

__all__ = ["CheckedRow", "CheckedTable", "Fault", "check_row", "check_table"]
_MAX_STRANGERS = 20


@dataclass(frozen=True)
class CheckedRow:
    """Values in the order of the schema, codes and labels never seen, and what is wrong (then the values are void)."""

    values: dict[str, Value]
    unseen: tuple[str, ...]
    faults: tuple[Fault, ...]


def check_row(schema: FeatureSchema, features: Mapping[str, object]) -> CheckedRow:
    """One application against the schema. Codes and labels outside the lists are kept and named in `unseen`."""
    values: dict[str, Value] = {}
    strange: list[str] = []
    faults = _strangers(schema, features)
    for declared in schema.inputs:
        if declared.name not in features and declared.required:
            faults.append(Fault(declared.name, "missing", "This field is required."))
            continue
        value = read(declared, features.get(declared.name))
        if isinstance(value, Fault):
            faults.append(value)
            continue
        values[declared.name] = value
        if unseen(declared, value):
            strange.append(declared.name)
    return CheckedRow(values=values, unseen=tuple(strange), faults=tuple(faults))


def _strangers(schema: FeatureSchema, features: Mapping[str, object]) -> list[Fault]:
    known = set(schema.input_names)
    strangers = [str(name) for name in features if name not in known]
    return [
        Fault(name[:100], "unknown", "This version has no such field; remove it.")
        for name in strangers[:_MAX_STRANGERS]
    ]
