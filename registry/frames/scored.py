"""The whole inspection of a table of outcomes and scores, in a process of its own, on files only. What is refused is
told by its column, its count and its first row, never by what stands in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical, strict_json
from registry.frames.content import content_digest, missing_of, numbers, to_parquet
from registry.frames.parse import parse
from registry.frames.quality.days import days_of
from registry.frames.scored_spec import ScoredSpec, load
from registry.frames.spec import TableRefused

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    Rows = NDArray[np.bool_]

SPEC, TABLE = "spec.json", "table.json"
TESTED, REFERENCE = "tested", "reference"
# No loan is as small as one unit of money: amounts below it were divided by something.
_LEAST_LARGEST_AMOUNT = 1.0


def inspect(folder: Path) -> None:
    """Reads spec.json and upload.csv or upload.parquet; writes tested.parquet, reference.parquet and table.json."""
    spec = load(strict_json.loads((folder / SPEC).read_bytes()))
    whole = parse(folder / f"upload.{spec.format}", spec.upload())
    _require_columns(whole, spec)
    table = whole.select([name for name in whole.column_names if name in spec.columns])
    _check(table, spec)
    of_reference = _flagged(table, spec)
    parts = {TESTED: ~of_reference, REFERENCE: of_reference}
    facts = {name: _write_part(folder, name, table, mask, spec) for name, mask in parts.items() if mask.any()}
    told = {
        "format": "countersign-scored-table/1",
        "digest": content_digest(table),
        "parts": facts,
        "columns": [_column(table, name, spec) for name in table.column_names],
    }
    (folder / TABLE).write_bytes(canonical.dumps(told))


def _require_columns(table: pa.Table, spec: ScoredSpec) -> None:
    missing = [name for name in spec.columns if name not in table.column_names]
    if missing:
        raise TableRefused(
            f"The table was refused: it lacks the declared columns {', '.join(map(ascii, missing[:10]))}."
            " Correct the names, or leave out what the table has not.",
            "missing-columns",
        )


def _check(table: pa.Table, spec: ScoredSpec) -> None:
    _check_binary(table, spec.outcome, "Leave out rows whose outcome is not known, and code 1 for a default.")
    _check_pds(table, spec)
    if spec.grade:
        _check_grades(table, spec)
    if spec.date and np.isnan(days_of(table.column(spec.date))).all():
        raise _refused(spec.date, "holds not one date that can be read", "Write dates as 2024-12-31.")
    if spec.exposure:
        _check_exposure(table, spec.exposure)
    for name in spec.realised:
        _refuse_rows(name, np.isinf(_numbers(table, name)), "is infinite", "Leave it empty, or correct it.")


def _check_binary(table: pa.Table, name: str, remedy: str) -> None:
    values = _numbers(table, name)
    _refuse_rows(name, np.isnan(values), "is empty", remedy)
    _refuse_rows(name, ~np.isin(values, (0.0, 1.0)), "is neither 0 nor 1", remedy)


def _check_pds(table: pa.Table, spec: ScoredSpec) -> None:
    pds = _numbers(table, spec.pd)
    _refuse_rows(spec.pd, np.isnan(pds), "is empty", "Score every row, or leave it out and say so.")
    outside = ~((pds >= 0.0) & (pds <= 1.0))
    _refuse_rows(
        spec.pd, outside, "lies outside 0 to 1", "Give probabilities of default, no points or percent."
    )
    if np.isin(pds, (0.0, 1.0)).all():
        raise _refused(spec.pd, "holds classes, 0 and 1, and no probabilities", "Give the PD of each row.")


def _check_grades(table: pa.Table, spec: ScoredSpec) -> None:
    column = table.column(spec.grade)
    if str(column.type) not in {"string", "int64"}:
        raise _refused(spec.grade, "holds neither labels nor whole numbers", "Give the label of each grade.")
    empty = ~column.is_valid().to_numpy()
    _refuse_rows(spec.grade, empty, "is empty", "Grade every row, or leave it out and say so.")
    labels = np.array([str(each) for each in column.to_pylist()])
    unknown = ~np.isin(labels, list(spec.grades))
    _refuse_rows(spec.grade, unknown, "is no grade with a declared PD", "Declare the PD of every grade.")


def _check_exposure(table: pa.Table, name: str) -> None:
    amounts = _numbers(table, name)
    _refuse_rows(name, ~np.isfinite(amounts), "is empty or infinite", "Give what is at stake in every row.")
    _refuse_rows(
        name, amounts < 0, "is negative, as in standardised data", "Give money as it is, or no exposure."
    )
    if amounts.max() <= _LEAST_LARGEST_AMOUNT:
        raise _refused(name, "is nowhere above 1, as in scaled data", "Give money as it is, or no exposure.")


def _flagged(table: pa.Table, spec: ScoredSpec) -> Rows:
    """Which rows are those of development: (rows,)."""
    if not spec.reference:
        return np.zeros(table.num_rows, dtype=np.bool_)
    _check_binary(table, spec.reference, "1 for a row of development, 0 for one that is tested.")
    flagged: Rows = _numbers(table, spec.reference) == 1.0
    if flagged.all() or not flagged.any():
        raise _refused(
            spec.reference, "is the same in every row", "Give both parts, or declare no reference."
        )
    return flagged


def _write_part(folder: Path, name: str, table: pa.Table, mask: Rows, spec: ScoredSpec) -> dict[str, object]:
    import pyarrow as pa

    rows = table.filter(pa.array(mask))
    (folder / f"{name}.parquet").write_bytes(to_parquet(rows))
    dated = int(np.isfinite(days_of(rows.column(spec.date))).sum()) if spec.date else None
    return {
        "rows": rows.num_rows,
        "defaults": int(numbers(rows.column(spec.outcome)).sum()),
        "digest": content_digest(rows),
        "dated": dated,
    }


def _column(table: pa.Table, name: str, spec: ScoredSpec) -> dict[str, object]:
    """Name, role, type, rows without a value, different values: no value itself."""
    import pyarrow.compute as pc

    column, roles = table.column(name), {each: role for role, each in spec.single.items()}
    listed = {"segment": spec.segments, "protected": spec.protected, "realised": spec.realised}
    roles |= {each: role for role, names in listed.items() for each in names}
    return {
        "name": name,
        "role": roles[name],
        "type": str(column.type),
        "missing": missing_of(column),
        "distinct": int(pc.count_distinct(column).as_py()),
    }


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    column = table.column(name)
    if str(column.type) == "string":
        raise _refused(name, "is text", "Give numbers, with a point before the decimals.")
    return numbers(column)


def _refuse_rows(name: str, wrong: Rows, what: str, remedy: str) -> None:
    count = int(wrong.sum())
    if count:
        first = int(np.flatnonzero(wrong)[0]) + 1
        raise TableRefused(
            f"The table was refused: in {count} of {len(wrong)} rows the column {name!a} {what}, first in row {first}"
            f" (without the header). {remedy}",
            "bad-cells",
        )


def _refused(name: str, what: str, remedy: str) -> TableRefused:
    return TableRefused(f"The table was refused: the column {name!a} {what}. {remedy}", "bad-column")
