"""The quality report of a table: counts and quantiles, never one applicant's row."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.content import numbers, row_contents

if TYPE_CHECKING:
    import pyarrow as pa

    from registry.frames.spec import UploadSpec

NEAR_CONSTANT_SHARE = 0.995
_QUANTILES = ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")
_LISTED_CODES = 30


def report(table: pa.Table, spec: UploadSpec) -> dict[str, object]:
    """Plain and canonical: integers, texts, and fractions as text."""
    columns = [_column(table, name, spec) for name in table.column_names]
    target = numbers(table.column(spec.target))
    duplicates = _duplicates(table, spec)
    undocumented = [entry for entry in columns if entry.get("undocumented_codes")]
    return {
        "rows": table.num_rows,
        "columns": table.num_columns,
        "defaults": int(target.sum()),
        "target_rate": canonical.number(float(target.mean())),
        "duplicate_rows": duplicates,
        "undocumented_columns": [entry["name"] for entry in undocumented],
        "by_column": columns,
        "rules": _rules(table, columns, duplicates, spec),
    }


def _role(name: str, spec: UploadSpec) -> str:
    roles = {spec.target: "target", spec.id: "id", spec.exposure: "exposure"}
    if name in spec.protected:
        return "protected"
    return "proxy" if name in spec.proxies else roles.get(name, "input")


def _column(table: pa.Table, name: str, spec: UploadSpec) -> dict[str, object]:
    column = table.column(name)
    role = _role(name, spec)
    entry: dict[str, object] = {
        "name": name,
        "type": {"int64": "integer", "double": "number", "bool": "boolean"}.get(str(column.type), "text"),
        "role": role,
        "missing": _missing(column),
    }
    if role == "id":
        return entry
    share = _top_share(column)
    entry |= {"distinct": len(column.unique()), "top_share": canonical.number(share)}
    entry |= {"constant": share == 1.0, "near_constant": NEAR_CONSTANT_SHARE <= share < 1.0}
    if str(column.type) != "string":
        entry |= _summary(column)
    if name in spec.codes:
        entry["undocumented_codes"] = _undocumented(column, spec.codes[name])
    return entry


def _missing(column: pa.ChunkedArray) -> int:
    if str(column.type) == "double":
        return int(np.isnan(numbers(column)).sum())
    return int(column.null_count)


def _top_share(column: pa.ChunkedArray) -> float:
    counts = column.value_counts().field("counts").to_numpy(zero_copy_only=False)
    return float(counts.max() / counts.sum())


def _summary(column: pa.ChunkedArray) -> dict[str, object]:
    """Mean and inner quantiles; the smallest and largest value would be one applicant's."""
    values = numbers(column)
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return {"mean": None, "quantiles": {}}
    made = np.quantile(present, [float(level) for level in _QUANTILES])
    return {
        "mean": canonical.number(float(present.mean())),
        "quantiles": {
            level: canonical.number(float(value)) for level, value in zip(_QUANTILES, made, strict=True)
        },
    }


def _undocumented(column: pa.ChunkedArray, documented: tuple[int, ...]) -> list[dict[str, object]]:
    known = {str(code) for code in documented}
    counted = Counter(_code(cell) for cell in column.to_pylist() if cell is not None)
    strange = sorted((code, count) for code, count in counted.items() if code not in known)
    return [{"code": code[:40], "rows": count} for code, count in strange[:_LISTED_CODES]]


def _code(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _duplicates(table: pa.Table, spec: UploadSpec) -> int:
    names = [name for name in table.column_names if name != spec.id]
    # Of a row only its digest is held: a table of many columns would stand in memory a second time.
    different = {hashlib.blake2b(content, digest_size=16).digest() for content in row_contents(table, names)}
    return int(table.num_rows) - len(different)


def _rules(
    table: pa.Table, columns: list[dict[str, object]], duplicates: int, spec: UploadSpec
) -> list[dict[str, object]]:
    """Blocking rules stop training on the snapshot; the others are reported."""
    inputs = [entry for entry in columns if entry["role"] in {"input", "exposure"}]
    empty = [entry for entry in inputs if entry["missing"] == table.num_rows]
    constant = [entry for entry in inputs if entry["constant"]]
    near = [entry for entry in inputs if entry["near_constant"]]
    strange = [entry for entry in columns if entry.get("undocumented_codes")]
    ids = 0 if not spec.id else table.num_rows - len(table.column(spec.id).unique())
    return [
        _rule("inputs_present", len(empty), _named(empty, "columns without any value"), "blocking"),
        _rule("no_constant_input", len(constant), _named(constant, "constant columns"), "blocking"),
        _rule("ids_unique", ids, f"{ids} rows repeat an id", "blocking"),
        _rule("near_constant_inputs", len(near), _named(near, "nearly constant columns"), "reported"),
        _rule(
            "duplicate_rows", duplicates, f"{duplicates} rows repeat another row but for the id", "reported"
        ),
        _rule(
            "undocumented_codes", len(strange), _named(strange, "columns with undocumented codes"), "reported"
        ),
    ]


def _rule(key: str, count: int, text: str, force: str) -> dict[str, object]:
    return {"rule": key, "force": force, "passed": count == 0, "count": count, "text": text}


def _named(entries: list[dict[str, object]], words: str) -> str:
    if not entries:
        return f"no {words}"
    return f"{len(entries)} {words}: {', '.join(str(entry['name']) for entry in entries[:10])}"
