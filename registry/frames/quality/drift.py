"""A table beside the snapshot before it of the same name: columns that came, went or changed, and levels that moved.

The old rows are not read again: what the previous report says of its columns is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mrm.lib import canonical
from registry.frames.content import numbers
from registry.frames.quality.rules import INPUTS, Detail, Force, named, ruled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

# A tenth of the applicants who began, or ceased, to have a value.
MISSING_JUMP = 0.10
# Of the earlier rows 2 % lie beyond their own 1 % and 99 % quantiles. Five in a hundred is well above chance from some
# hundreds of rows on, and counted only from there.
BEYOND_SHARE = 0.05
_LEAST_ROWS = 500


def against(
    previous: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], table: pa.Table
) -> list[Detail]:
    """Rules against `previous` ({"rows": …, "by_column": […]} of its report); none without one."""
    if not previous:
        return []
    before = {each["name"]: each for each in previous["by_column"]}
    now = {each["name"]: each for each in entries}
    pairs = [(before[name], now[name]) for name in now if name in before]
    levels = [found for old, new in pairs if (found := _moved(old, new, table))]
    gaps = [found for old, new in pairs if (found := _gap(old, new, previous["rows"], table.num_rows))]
    columns = _columns(before, now)
    return [
        _rule("schema_changed", columns, "columns that came, went or changed since the snapshot before"),
        _rule("missingness_moved", gaps, "columns that are missing far more or less often than before"),
        _rule("levels_moved", levels, "columns whose levels have moved since the snapshot before"),
    ]


def _rule(key: str, details: Sequence[Detail], words: str) -> Detail:
    return ruled(key, Force.REPORTED, len(details), named(details, words), details)


def _columns(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Detail]:
    came: list[Detail] = [{"column": name, "change": "came"} for name in now if name not in before]
    went: list[Detail] = [{"column": name, "change": "went"} for name in before if name not in now]
    other: list[Detail] = [
        {"column": name, "change": "type", "before": before[name]["type"], "now": now[name]["type"]}
        for name in now
        if name in before and before[name]["type"] != now[name]["type"]
    ]
    return [*came, *went, *other]


def _gap(old: Mapping[str, Any], new: Mapping[str, Any], old_rows: int, new_rows: int) -> Detail | None:
    first, second = old["missing"] / old_rows, new["missing"] / new_rows
    if abs(second - first) < MISSING_JUMP:
        return None
    return {"column": new["name"], "before": _told(first), "now": _told(second)}


def _moved(old: Mapping[str, Any], new: Mapping[str, Any], table: pa.Table) -> Detail | None:
    """The share of what is present beyond the earlier inner 98 %."""
    bounds = old.get("quantiles") or {}
    if new["role"] not in INPUTS or not bounds or new["type"] in {"text", "boolean"}:
        return None
    values = numbers(table.column(new["name"]))
    present = values[np.isfinite(values)]
    if len(present) < _LEAST_ROWS:
        return None
    beyond = (present < float(bounds["0.01"])) | (present > float(bounds["0.99"]))
    share = float(beyond.mean())
    return {"column": new["name"], "beyond": _told(share)} if share > BEYOND_SHARE else None


def _told(share: float) -> str:
    return canonical.number(round(share, 4))
