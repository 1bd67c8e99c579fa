"""However many loans are made, one chunk is in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# Numpy's memory is traced by Python, that of the tables by Arrow. The first portfolio loads the libraries.
PEAKS = """
import sys, tracemalloc
from pathlib import Path
import pyarrow
from training.simulator.plan import APPLICANTS_PER_CHUNK, Plan
from training.simulator.portfolio import generate
generate(Path(sys.argv[1]) / "warm", Plan(1, 1))
for chunks in (1, 4):
    tracemalloc.start()
    generate(Path(sys.argv[1]) / str(chunks), Plan(chunks * APPLICANTS_PER_CHUNK, 1))
    print(tracemalloc.get_traced_memory()[1] + pyarrow.default_memory_pool().max_memory())
    tracemalloc.stop()
"""


def test_four_times_as_many_loans_take_about_the_memory_of_one_chunk(tmp_path):
    """Chunks differ by some per cent in size; two of them in memory at once would be twice the peak."""
    asked = [sys.executable, "-c", PEAKS, str(tmp_path)]
    told = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    one, four = (int(line) for line in told.splitlines())
    print(f"peak of 1 chunk {one / 2**20:.0f} MiB, of 4 chunks {four / 2**20:.0f} MiB")
    assert four < 1.25 * one
