"""`generate`: a portfolio into a folder: chunk by chunk, each a parquet file of every table, the sidecar last.

A folder without `truth.json` is a portfolio that was not finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mrm.lib import canonical
from mrm.lib.errors import Conflict
from training.simulator.chunks import simulate
from training.simulator.counts import Counts
from training.simulator.digests import part_digest, table_digest
from training.simulator.plan import Plan
from training.simulator.sidecar import sidecar
from training.simulator.tables import TABLES
from training.simulator.truths import truths

if TYPE_CHECKING:
    import pyarrow as pa

SIDECAR = "truth.json"


@dataclass(frozen=True, slots=True)
class Written:
    """A table of the folder: how many rows, and the digest of their content."""

    name: str
    rows: int
    digest: str


def generate(folder: Path, plan: Plan) -> tuple[Written, ...]:
    """Write all tables and `truth.json`, and say what was written. Memory is that of one chunk.

    Conflict for a folder that holds anything.
    """
    _make_room(folder)
    counts = Counts()
    parts = [write_chunk(folder, plan, number, counts) for number in range(plan.chunks)]
    written = tuple(
        Written(name, counts.rows[name], table_digest([digests[name] for digests in parts]))
        for name in TABLES
    )
    tables = {table.name: {"rows": table.rows, "digest": table.digest} for table in written}
    truth = sidecar(plan, truths(plan), counts) | {"tables": tables}
    (folder / SIDECAR).write_bytes(canonical.dumps(truth))
    return written


def write_chunk(folder: Path, plan: Plan, number: int, counts: Counts) -> dict[str, str]:
    """Make a chunk, count it, and write its part of every table; the digests of the parts. Nothing of it is kept."""
    chunk = simulate(plan, number)
    counts.add(chunk)
    digests = {}
    for name, made in TABLES.items():
        table = made(chunk)
        _write(table, folder / name / f"part-{number:05d}.parquet")
        counts.rows[name] += table.num_rows
        digests[name] = part_digest(table)
    return digests


def _write(table: pa.Table, path: Path) -> None:
    """Whole numbers and days as differences: half the time and half the bytes of the usual encoding."""
    import pyarrow as pa
    from pyarrow import parquet

    whole = [field.name for field in table.schema if field.type in {pa.int64(), pa.date32()}]
    texts = [name for name in table.column_names if name not in whole]
    encodings = dict.fromkeys(whole, "DELTA_BINARY_PACKED")
    parquet.write_table(table, path, compression="zstd", use_dictionary=texts, column_encoding=encodings)


def _make_room(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(
            f"No portfolio was made: {folder} is not an empty folder. Name one that is empty or not there."
        )
    for name in TABLES:
        (folder / name).mkdir(parents=True)
