"""Do the values fit the declaration? Every fault at once, and none of them repeats a value."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.features.schema import FeatureSchema, Input, InputType, Unknown

_MAX_STRANGERS = 20


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one field; `code` is missing, unknown, null, type, range or category."""

    name: str
    code: str
    detail: str


@dataclass(frozen=True)
class CheckedRow:
    """Values in the order of the schema, codes never seen, and what is wrong (then the values are void)."""

    values: dict[str, int | float | None]
    unseen: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class CheckedTable:
    """Float64 columns of shape (rows,) with NaN for null; `unseen` has a mask per input that needed one."""

    columns: dict[str, NDArray[np.float64]]
    unseen: dict[str, NDArray[np.bool_]]
    faults: tuple[Fault, ...]


def check_row(schema: FeatureSchema, features: Mapping[str, object]) -> CheckedRow:
    """One application against the schema. Codes outside the list are kept and named in `unseen`."""
    values: dict[str, int | float | None] = {}
    unseen: list[str] = []
    faults = _strangers(schema, features)
    for declared in schema.inputs:
        if declared.name not in features and declared.required:
            faults.append(Fault(declared.name, "missing", "This field is required."))
            continue
        value = features.get(declared.name)
        fault = _fault(declared, value)
        if fault is not None:
            faults.append(fault)
            continue
        values[declared.name] = _kept(declared, value)
        if (
            declared.type is InputType.CODE
            and value is not None
            and values[declared.name] not in declared.codes
        ):
            unseen.append(declared.name)
    return CheckedRow(values=values, unseen=tuple(unseen), faults=tuple(faults))


def _strangers(schema: FeatureSchema, features: Mapping[str, object]) -> list[Fault]:
    known = set(schema.input_names)
    strangers = [str(name) for name in features if name not in known]
    return [
        Fault(name[:100], "unknown", "This version has no such field; remove it.")
        for name in strangers[:_MAX_STRANGERS]
    ]


def _fault(declared: Input, value: object) -> Fault | None:
    if value is None:
        if declared.nullable:
            return None
        return Fault(declared.name, "null", "This field may not be null.")
    # bool is an int in Python, and true is not an amount of money.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Fault(declared.name, "type", f"Must be a JSON {_kind(declared)}.")
    if isinstance(value, float) and not math.isfinite(value):
        return Fault(declared.name, "type", "Must be a finite number.")
    if declared.type is not InputType.NUMBER and value != math.floor(value):
        return Fault(declared.name, "type", "Must be an integer.")
    return _out_of_bounds(declared, value)


def _out_of_bounds(declared: Input, value: float) -> Fault | None:
    if declared.type is InputType.CODE:
        return _bad_code(declared, value)
    if declared.minimum <= value <= declared.maximum:
        return None
    bounds = f"{declared.minimum:.15g} to {declared.maximum:.15g}"
    return Fault(declared.name, "range", f"Must be within {bounds}.")


def _bad_code(declared: Input, value: float) -> Fault | None:
    if value in declared.codes:
        return None
    if declared.unknown is Unknown.BUCKET and abs(value) < 2**31:
        return None
    listed = ", ".join(str(code) for code in declared.codes)
    return Fault(declared.name, "category", f"Must be one of {listed}.")


def _kind(declared: Input) -> str:
    return "number" if declared.type is InputType.NUMBER else "integer"


def _kept(declared: Input, value: object) -> int | float | None:
    if not isinstance(value, (int, float)):
        return None
    # Adding zero turns -0.0 into 0.0, which would otherwise be a second spelling of the same amount.
    return float(value) + 0.0 if declared.type is InputType.NUMBER else int(value)


def check_table(schema: FeatureSchema, columns: Mapping[str, NDArray[np.float64]]) -> CheckedTable:
    """Float64 columns (NaN for null) against the schema; columns that are no inputs are left out.

    Faults give counts of rows, never values.
    """
    kept: dict[str, NDArray[np.float64]] = {}
    unseen: dict[str, NDArray[np.bool_]] = {}
    faults: list[Fault] = []
    for declared in schema.inputs:
        column = columns.get(declared.name)
        if column is None:
            faults.append(Fault(declared.name, "missing", "The table has no such column."))
            continue
        kept[declared.name] = column + 0.0
        faults += _column_faults(declared, column)
        if declared.type is InputType.CODE:
            mask = ~np.isin(column, declared.codes) & ~np.isnan(column)
            if mask.any():
                unseen[declared.name] = mask
    return CheckedTable(columns=kept, unseen=unseen, faults=tuple(faults))


def _column_faults(declared: Input, column: NDArray[np.float64]) -> list[Fault]:
    null = np.isnan(column)
    present = column[~null]
    wrong: list[tuple[str, int]] = []
    if not declared.nullable:
        wrong.append(("null", int(null.sum())))
    if declared.type is not InputType.NUMBER:
        wrong.append(("type", int((present != np.floor(present)).sum())))
    if declared.type is not InputType.CODE:
        outside = (present < declared.minimum) | (present > declared.maximum)
        wrong.append(("range", int(outside.sum())))
    else:
        strange = ~np.isin(present, declared.codes)
        refused = strange if declared.unknown is Unknown.REFUSE else strange & (np.abs(present) >= 2**31)
        wrong.append(("category", int(refused.sum())))
    return [Fault(declared.name, code, f"{count} rows: {code}.") for code, count in wrong if count]
