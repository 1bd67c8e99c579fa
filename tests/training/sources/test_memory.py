"""What a folder costs does not grow with it: its batches are held, and what DuckDB is allowed, here 64 MiB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from mrm.lib import canonical
from tests.training.sources import lying
from training.sources.places import files_of

ROWS, PARTS = 60_000, 2
GROWTH_MEGABYTES = 40
_MEASURED = """
import json, resource, sys
from pathlib import Path
from training.sources import child, merging
merging.MEMORY = "64MiB"
child._assembled(Path(sys.argv[1]))
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))
"""


def _peak(tmp_path, times) -> int:
    """Megabytes of a process that joins a folder of so many parts to a small table."""
    root, folder = tmp_path / f"sources-{times}", tmp_path / f"job-{times}"
    lying.parquet(root, "base.parquet", [{"id": number} for number in range(100)])
    _write_parts(root / "events", times)
    made = lying.assembly(
        [lying.source("base", "base.parquet"), lying.source("events", "events")],
        {"source": "events", "on": {"id": "id"}, "cardinality": "many_to_one", "columns": ["v0"]},
    )
    folder.mkdir()
    found = {each.name: [file.plain() for file in files_of(each, str(root))] for each in made.sources}
    (folder / "assembly.json").write_bytes(
        canonical.dumps({"assembly": made.plain(), "files": found, "staged": {}})
    )
    ended = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(folder)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    assert json.loads((folder / "lineage.json").read_bytes())["sources"][1]["rows"] == ROWS * PARTS * times
    return int(json.loads(ended.stdout))


def _write_parts(folder: Path, times: int) -> None:
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    folder.mkdir(parents=True)
    draw = np.random.default_rng(1)
    for part in range(PARTS * times):
        ids = np.arange(ROWS) + part * ROWS
        columns = {"id": ids, **{f"v{place}": draw.random(ROWS) for place in range(10)}}
        parquet.write_table(pa.table(columns), folder / f"{part:03}.parquet", row_group_size=20_000)


def test_a_folder_of_five_times_the_files_takes_the_memory_of_one(tmp_path):
    """Held whole, the larger folder would take 42 MB more of plain numbers, and a copy or two of them."""
    small, large = _peak(tmp_path, 1), _peak(tmp_path, 5)
    assert large - small < GROWTH_MEGABYTES
