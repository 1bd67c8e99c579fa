"""The whole inspection of one uploaded file, in a process of its own, on files only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical, strict_json
from registry.frames.content import content_digest, numbers, to_parquet
from registry.frames.parse import parse
from registry.frames.quality import report
from registry.frames.spec import TableRefused, UploadSpec, load
from registry.frames.split import Part, row_draws, split

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

SPEC, TABLE, QUALITY = "spec.json", "table.json", "quality.json"


def inspect(folder: Path) -> None:
    """Reads spec.json and upload.csv or upload.parquet; writes table.json, quality.json and the parquet
    parts."""
    spec = load(strict_json.loads((folder / SPEC).read_bytes()))
    table = parse(folder / f"upload.{spec.format}", spec)
    _check_roles(table, spec)
    draws = row_draws(table, spec)
    development, held_out = split(table, spec, draws)
    _check_parts(development, held_out, spec)
    _write(folder, table, spec, (development, held_out))
    (folder / QUALITY).write_bytes(canonical.dumps(report(table, spec, draws)))


def _check_roles(table: pa.Table, spec: UploadSpec) -> None:
    wanted = [spec.target, *spec.apart, *filter(None, [spec.id, spec.exposure]), *spec.codes]
    wanted += [*spec.realised, *spec.dates.names, *spec.sentinels]
    missing = [name for name in wanted if name not in table.column_names]
    if spec.target in missing:
        raise TableRefused(
            f"The table was refused: it has no target column {spec.target!a}. Name the column to predict.",
            "missing-target",
        )
    if missing:
        raise TableRefused(
            f"The table was refused: it lacks the declared columns {', '.join(map(ascii, missing[:10]))}.",
            "missing-columns",
        )
    _check_target(table, spec)
    _check_finite(table)


def _check_target(table: pa.Table, spec: UploadSpec) -> None:
    column = table.column(spec.target)
    if str(column.type) == "string":
        raise TableRefused(
            "The table was refused: the target is text. Code it as 0 and 1.", "target-not-numeric"
        )
    values = numbers(column)
    gaps = int(np.isnan(values).sum())
    if gaps:
        raise TableRefused(
            f"The table was refused: {gaps} rows have no target. Leave out rows whose outcome is not known.",
            "target-missing-values",
        )
    if not np.isin(values, (0.0, 1.0)).all():
        raise TableRefused(
            "The table was refused: the target has values other than 0 and 1 (1 = default).",
            "target-not-binary",
        )
    if len(np.unique(values)) == 1:
        raise TableRefused(
            "The table was refused: every row has the same outcome. Both outcomes are needed.", "one-class"
        )


def _check_finite(table: pa.Table) -> None:
    """No mean, no scaler and no tree can make something of a division by zero."""
    infinite = [
        name
        for name, column in zip(table.column_names, table.columns, strict=True)
        if str(column.type) == "double" and np.isinf(numbers(column)).any()
    ]
    if infinite:
        raise TableRefused(
            f"The table was refused: {', '.join(map(ascii, infinite[:10]))} hold infinite numbers. Leave them"
            " empty, or write what they stand for.",
            "infinite-numbers",
        )


def _check_parts(development: Part, held_out: Part, spec: UploadSpec) -> None:
    for part in (development, held_out):
        if part.table.num_rows == 0 or len(np.unique(numbers(part.table.column(spec.target)))) < 2:
            raise TableRefused(
                f"The table was refused: too few rows, the {part.name} part would hold only one outcome.",
                "too-few-rows",
            )
    if development.table.num_columns < 2:
        raise TableRefused("The table was refused: no column is left to learn from.", "no-inputs")


def _write(folder: Path, table: pa.Table, spec: UploadSpec, parts: tuple[Part, Part]) -> None:
    facts = {
        "format": "countersign-table/1",
        "digest": content_digest(table),
        "rows": table.num_rows,
        "columns": table.num_columns,
        "names": table.column_names,
        "parts": [_write_part(folder, part, spec) for part in parts],
    }
    if spec.out_of_time is not None:
        facts["left_out"] = table.num_rows - sum(part.table.num_rows for part in parts)
    (folder / TABLE).write_bytes(canonical.dumps(facts))


def _write_part(folder: Path, part: Part, spec: UploadSpec) -> dict[str, object]:
    tables = {part.name: part.table, f"{part.name}_protected": part.apart, f"{part.name}_tokens": part.tokens}
    tables[f"{part.name}_realised"] = part.realised
    written = {name: table for name, table in tables.items() if table.num_columns and table.num_rows}
    for name, table in written.items():
        (folder / f"{name}.parquet").write_bytes(to_parquet(table))
    return {
        "name": part.name,
        "rows": part.table.num_rows,
        "defaults": int(numbers(part.table.column(spec.target)).sum()),
        "digests": {name: content_digest(table) for name, table in written.items()},
    }
