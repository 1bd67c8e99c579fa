"""What reading data costs, beside the plain libraries in the same run: `make bench ONLY=data`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks._rows import Rows

GROUP = "data"
FIGURES = (
    "snapshot",
    "folder_memory",
    "transactions",
    "transactions_memory",
    "transform",
    "transform_neighbours",
    "transform_row",
    "sweep_outside_fitting",
)
PARTS = ("snapshot", "folder_memory", "transactions", "transform", "sweep")
SEED = 20260601
_ROOT = Path(__file__).resolve().parents[1]
_FILE_ROWS = 1_000_000
_ROW_BYTES = 6 * 8


@dataclass(frozen=True)
class Size:
    """How much is measured; everything but the full size only shows that the bench works."""

    rows: int
    columns: int
    megabytes: int
    applicants: int
    loans: int  # of which the outcome of some 62 % is known


FULL, TINY = Size(1_000_000, 60, 3_000, 100_000, 48_200), Size(5_000, 60, 20, 300, 3_000)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tiny", action="store_true", help="only show that the bench works")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument(
        "--applicants", type=int, help="of the transaction features, instead of the full size"
    )
    parser.add_argument("--loans", type=int, help="of the sweep, instead of the full size")
    asked = parser.parse_args(arguments)
    size, rows = TINY if asked.tiny else FULL, Rows(GROUP)
    if asked.applicants:
        size = replace(size, applicants=asked.applicants)
    if asked.loans:
        size = replace(size, loans=asked.loans)
    for figure, measure in zip(PARTS, (_snapshot, _folder, _transactions, _transform, _sweep), strict=True):
        if asked.only in {None, figure}:
            with tempfile.TemporaryDirectory(prefix="bench-data-") as folder:
                measure(rows, Path(folder), size)
    return 0


def _snapshot(rows: Rows, folder: Path, size: Size) -> None:
    """Digest, split, parts and quality report of a table, against reading it and the same statistics in DuckDB."""
    _table(folder / "upload.parquet", size)
    spec = {"format": "parquet", "target": "y", "id": "id", "split_key": "bench", "protected": ["c0"]}
    (folder / "spec.json").write_text(json.dumps(spec))
    ours = _timed("registry.frames", "inspect_upload", folder)
    plain = _timed("benchmarks._data_plain", "statistics", folder)
    rows.result("snapshot", ours["seconds"] / plain["seconds"])
    words = f"of {size.rows:,} x {size.columns}"
    rows.told(f"snapshot and quality report {words}", ours["seconds"], " s")
    rows.told(f"reading and the same statistics {words}", plain["seconds"], " s")
    rows.told(f"peak memory of the snapshot {words}", ours["megabytes"], " MB")


def _folder(rows: Rows, folder: Path, size: Size) -> None:
    """A folder that is joined to a small table: the most memory that the process held."""
    from mrm.lib import canonical
    from training.sources import declared
    from training.sources.places import files_of

    written = _files(folder / "sources" / "events", size)
    (folder / "sources" / "base.csv").write_text("id\n" + "".join(f"{number}\n" for number in range(1_000)))
    assembly = declared.load(
        {
            "sources": [
                {"name": "base", "kind": "file", "place": "base.csv", "format": "csv"},
                {"name": "events", "kind": "folder", "place": "events"},
            ],
            "base": "base",
            "key": ["id"],
            "joins": [
                {"source": "events", "on": {"id": "id"}, "cardinality": "many_to_one", "columns": ["v0"]}
            ],
        }
    )
    found = {
        each.name: [file.plain() for file in files_of(each, str(folder / "sources"))]
        for each in assembly.sources
    }
    work = folder / "work"
    work.mkdir()
    spec = {"assembly": assembly.plain(), "files": found, "staged": {}}
    (work / "assembly.json").write_bytes(canonical.dumps(spec))
    ended = _timed("training.sources.child", "assemble", work)
    rows.result("folder_memory", ended["megabytes"])
    rows.told(f"reading and joining a folder of {written:,} MB", ended["seconds"], " s")


def _transactions(rows: Rows, folder: Path, size: Size) -> None:
    """The child of the job, from files to the digest of its result, against the query alone. Both read the same
    parquet, with as many threads and as much memory."""
    from benchmarks import _transactions_plain as plain

    written = plain.portfolio(folder, size.applicants, SEED)
    plain.asked(folder)
    by_hand = _timed("benchmarks._transactions_plain", "by_hand", folder)
    ours = _timed("training.feature_views.child", "build", folder)
    rows.result("transactions", ours["seconds"] / by_hand["seconds"])
    rows.result("transactions_memory", ours["megabytes"])
    words = f"of {size.applicants:,} applicants and {written:,} bookings"
    rows.told(f"transaction features {words}", ours["seconds"], " s")
    rows.told(f"the hand-written query {words}", by_hand["seconds"], " s")
    rows.told(f"peak memory of the hand-written query {words}", by_hand["megabytes"], " MB")
    rows.told("features that differ", float(plain.differences(folder)), "")


def _transform(rows: Rows, _: Path, size: Size) -> None:
    """Checked and transformed by a fitted schema, against scikit-learn's ColumnTransformer with the same steps."""
    from benchmarks import _transform_work as work
    from quant.features.operations import Method

    frame = work.table(size.rows, SEED)
    made = work.fitted(work.schema(Method.MEDIAN), frame, SEED)
    seconds, columns = work.ours(made, frame)
    plain, theirs = work.theirs(made, frame, Method.MEDIAN)
    rows.result("transform", seconds / plain)
    # KNNImputer holds a distance for each row and donor, so it is given a tenth of the rows.
    part = frame.head(size.rows // 10)
    near = work.fitted(work.schema(Method.NEIGHBOURS), frame, SEED)
    rows.result(
        "transform_neighbours", work.ours(near, part)[0] / work.theirs(near, part, Method.NEIGHBOURS)[0]
    )
    rows.result("transform_row", work.one_row(made, frame) * 1e6)
    words = f"of {size.rows:,} rows, {work.AMOUNTS} amounts and {work.LABELS} labels"
    rows.told(f"check and transform {words}", seconds, " s")
    rows.told(f"ColumnTransformer {words}", plain, " s")
    rows.told("largest difference between the two", float(abs(columns - theirs).max()), "")


def _sweep(rows: Rows, folder: Path, size: Size) -> None:
    from benchmarks import _data_sweep

    _data_sweep.measure(rows, folder, size.loans, SEED, _timed)


def _table(path: Path, size: Size) -> None:
    """A table as lenders have them: amounts, counts, codes, labels, blanks."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    draw = np.random.default_rng(SEED)
    made: dict[str, Any] = {"id": pa.array(np.arange(size.rows))}
    made["y"] = pa.array((draw.random(size.rows) < 0.1).astype(np.int64))
    labels = np.array([f"group {number}" for number in range(24)])
    for place in range(size.columns - 2):
        blank = draw.random(size.rows) < 0.05
        kind = place % 4
        if kind == 0:
            made[f"c{place}"] = pa.array(draw.integers(0, 12, size.rows), mask=blank)
        elif kind == 1:
            made[f"c{place}"] = pa.array(np.round(draw.lognormal(7, 1, size.rows), 0), mask=blank)
        elif kind == 2:
            made[f"c{place}"] = pa.array(draw.integers(0, 400, size.rows), mask=blank)
        else:
            made[f"c{place}"] = pa.array(labels[draw.integers(0, 24, size.rows)], mask=blank)
    parquet.write_table(pa.table(made), path, compression="zstd")


def _files(folder: Path, size: Size) -> int:
    """Megabytes of parquet files that do not compress."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    folder.mkdir(parents=True)
    draw = np.random.default_rng(SEED)
    wanted, made, first = size.megabytes * 1_000_000, 0, 0
    while made < wanted:
        count = min(_FILE_ROWS, (wanted - made) // _ROW_BYTES + 1)
        columns = {"id": np.arange(first, first + count)}
        columns |= {f"v{place}": draw.random(count) for place in range(5)}
        path = folder / f"{first:012}.parquet"
        parquet.write_table(pa.table(columns), path, compression="none", use_dictionary=False)
        made += path.stat().st_size
        first += count
    return made // 1_000_000


_CHILD = """
import importlib, json, resource, sys, time
from pathlib import Path
function = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
import duckdb, pyarrow.parquet, pyarrow.csv
began = time.perf_counter()
function(Path(sys.argv[3]))
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "megabytes": peak}))
"""


def _timed(module: str, function: str, folder: Path) -> dict[str, float]:
    """In a process of its own, as jobs do it; libraries are imported before the clock starts."""
    command = [sys.executable, "-c", _CHILD, module, function, str(folder)]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, check=True)
    found: dict[str, float] = json.loads(ended.stdout)
    return found


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    sys.exit(status)
