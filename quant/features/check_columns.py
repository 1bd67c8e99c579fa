"""A table against the declaration: the number behind every value, and counts of what does not fit."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quant.features.cleaning.unread import Unread
from quant.features.inputs import SPELLED, Input, InputType, Unknown, Unreadable
from quant.features.reading import Fault, measure, read
from quant.features.schema import FeatureSchema

# Any: a column of texts holds objects; None and NaN are null.
Given = NDArray[Any]


@dataclass(frozen=True)
class CheckedTable:
    """Float64 columns of shape (rows,) with NaN for null: dates as ordinal days, labels as the places of their groups.
    `unseen` has a mask per input that needed one; `unreadable` counts values that are missing because their input
    declares so."""

    columns: dict[str, NDArray[np.float64]]
    unseen: dict[str, NDArray[np.bool_]]
    faults: tuple[Fault, ...]
    unreadable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Read:
    column: NDArray[np.float64]
    wrong: Mapping[str, int]
    unreadable: int = 0


def check_table(schema: FeatureSchema, columns: Mapping[str, Given]) -> CheckedTable:
    """Columns (float64 with NaN for null; texts, dates and amounts as objects) against the schema; columns that are
    no inputs are left out. Faults give counts of rows, never values.
    """
    kept: dict[str, NDArray[np.float64]] = {}
    unseen: dict[str, NDArray[np.bool_]] = {}
    faults: list[Fault] = []
    unreadable: dict[str, int] = {}
    for declared in schema.inputs:
        given = columns.get(declared.name)
        if given is None:
            faults.append(Fault(declared.name, "missing", "The table has no such column."))
            continue
        made = _spelled(declared, given) if _is_spelled(declared, given) else _numeric(declared, given)
        kept[declared.name] = made.column
        faults += [
            Fault(declared.name, code, f"{count} rows: {code}.")
            for code, count in made.wrong.items()
            if count
        ]
        if made.unreadable:
            unreadable[declared.name] = made.unreadable
        mask = _unseen(declared, made.column)
        if mask.any():
            unseen[declared.name] = mask
    return CheckedTable(kept, unseen, tuple(faults), unreadable)


def _is_spelled(declared: Input, given: Given) -> bool:
    if declared.type is InputType.MONEY:
        return given.dtype == object
    return declared.type in SPELLED


def _unseen(declared: Input, column: NDArray[np.float64]) -> NDArray[np.bool_]:
    if declared.type is InputType.CODE:
        return np.asarray(~np.isin(column, declared.codes) & ~np.isnan(column))
    if declared.type is InputType.TEXT:
        return np.asarray(column == float(declared.folding.unknown))
    return np.zeros(column.shape, dtype=np.bool_)


def _spelled(declared: Input, given: Given) -> _Read:
    """Each distinct value is read once, by the function that reads the value of one application."""
    places, cells = _distinct(given)
    rows = np.bincount(places, minlength=len(cells)).tolist()
    number = measure(declared)
    values = np.empty(len(cells))
    wrong: Counter[str] = Counter()
    for place, (cell, count) in enumerate(zip(cells, rows, strict=True)):
        value = read(declared, None if cell != cell else cell)  # noqa: PLR0124 (only NaN differs from itself)
        if isinstance(value, Fault):
            wrong[value.code] += count
        values[place] = np.nan if isinstance(value, Fault) else number(value)
    column = values[places]
    if declared.unreadable is Unreadable.REFUSE:
        return _Read(column, wrong)
    missing = sum(wrong.pop(str(word), 0) for word in Unread)
    return _Read(column, wrong, missing)


def _distinct(given: Given) -> tuple[NDArray[np.int64], list[Any]]:
    """The place (rows,) of each cell among the distinct ones. Texts alone are told apart by pandas; where other types
    stand among them, 1 and true and 1.0 must not become one."""
    import pandas as pd

    if pd.api.types.infer_dtype(given, skipna=True) == "string":
        places, texts = pd.factorize(given)
        # Missing ones are numbered −1, which as a place is the last.
        return np.where(places < 0, len(texts), places), [*texts.tolist(), None]
    seen: dict[tuple[type, object], int] = {}
    cells: list[Any] = []
    places = np.empty(len(given), dtype=np.int64)
    for row, cell in enumerate(given.tolist()):
        key = (cell.__class__, _hashable(cell))
        if key not in seen:
            seen[key] = len(cells)
            cells.append(cell)
        places[row] = seen[key]
    return places, cells


# Any: whatever stands in a cell.
def _hashable(cell: Any) -> object:
    return cell if isinstance(cell, (str, int, float)) else None


def _numeric(declared: Input, given: Given) -> _Read:
    column = given.astype(np.float64) + 0.0
    if declared.blank_numbers:
        column[np.isin(column, list(declared.blank_numbers))] = np.nan
    null = np.isnan(column)
    present = column[~null]
    wrong: dict[str, int] = {}
    if not declared.nullable:
        wrong["null"] = int(null.sum())
    if declared.type in {InputType.INTEGER, InputType.CODE}:
        wrong["type"] = int((present != np.floor(present)).sum())
    if declared.type is not InputType.CODE:
        outside = (present < declared.minimum) | (present > declared.maximum)
        wrong["range"] = int(outside.sum())
    else:
        strange = ~np.isin(present, declared.codes)
        refused = strange if declared.unknown is Unknown.REFUSE else strange & (np.abs(present) >= 2**31)
        wrong["category"] = int(refused.sum())
    return _Read(column, wrong)
