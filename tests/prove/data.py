"""From tables to candidates, proven: every candidate of a whole sweep sealed, scored on two paths and reproduced from
its own task; joins against a plain loop; features of bookings online and offline. `make prove ONLY=data`.

`ARGS="--loans 3000 --seeds 50"` takes fewer; `ARGS="--part candidates"` runs one part alone (candidates, joins, bookings)
and keeps the rows of the others.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mrm.lib import canonical
from tests.prove._report import Figure, report, report_part

LOANS, SEEDS, SCORED = 20_000, 1_000, 500
SEED = 5
PARTS = ("candidates", "joins", "bookings")


def candidates(loans: int, _: int) -> list[Figure]:
    """A sweep with the usual settings over simulated vehicle loans: 3 encoders, 2 imputers, 6 families."""
    from tests.training_child.sweep.loans import development, swept

    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frame = development(folder / "loans", loans)
        told = swept(folder / "sweep", frame, settings={})
        entries = told["candidates"]
        trained = [place for place, entry in enumerate(entries) if entry["artifact"]]
        otherwise = sum(_scored_otherwise(folder / "sweep", place, frame) for place in trained)
        another = sum(not _reproduced(folder, place, frame, entries[place]) for place in trained)
    rows = told["parts"]["rows"]
    size = f"{len(entries)} candidates on {loans} simulated loans, {rows['train']} learned from, seed {SEED}"
    seconds = time.monotonic() - began
    return [
        Figure("candidates that could not be sealed", len(entries) - len(trained), 0, size, seconds),
        Figure("rows that two paths score differently", otherwise, 0, f"{size}; {SCORED} rows each", seconds),
        Figure("candidates not reproduced byte for byte", another, 0, size, seconds),
    ]


def joins(_: int, seeds: int) -> list[Figure]:
    from tests.training.sources import test_merging

    def once(seed: int) -> None:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name) / "sources"
            root.mkdir()
            test_merging.test_every_join_gives_what_a_plain_loop_over_the_rows_gives(root, Path(name), seed)

    return [_counted("joins that are not what a plain loop gives", once, seeds // 5)]


def bookings(_: int, seeds: int) -> list[Figure]:
    from tests.quant_transactions import test_parity

    once = test_parity.test_a_request_and_a_table_give_the_same_bits
    future = test_parity.test_what_lies_at_or_after_the_cut_may_be_anything
    return [
        _counted("definitions that a request and a table compute differently", once, seeds),
        _counted("definitions that the future changes", future, seeds // 5),
    ]


def _scored_otherwise(folder: Path, place: int, frame: Any) -> int:
    """Rows of this candidate whose margins differ at all. Any: a DataFrame."""
    from registry.artifacts import read_candidate
    from registry.serving import parity
    from registry.serving.door import build

    sealed = read_candidate(folder / "candidates" / f"{place:03d}")
    return parity.compare(build(sealed), sealed, frame.head(SCORED)).different


def _reproduced(folder: Path, place: int, frame: Any, entry: dict[str, Any]) -> bool:
    """Trained alone from what a candidate keeps of its task."""
    from registry.artifacts import read_candidate
    from training.child import train

    told = json.loads((folder / "sweep" / "candidates" / f"{place:03d}.json").read_bytes())
    alone = folder / f"alone-{place}"
    alone.mkdir()
    (alone / "spec.json").write_bytes(canonical.dumps(told["task"]))
    frame.drop(columns="profit_minor").to_parquet(alone / "development.parquet")
    train(alone)
    digest: str = read_candidate(alone / "candidate").digest
    return digest == entry["artifact"]


def _counted(name: str, once: Callable[[int], None], seeds: int) -> Figure:
    began, failed = time.monotonic(), 0
    for seed in range(10_000, 10_000 + seeds):
        try:
            once(seed)
        except AssertionError as fault:
            failed += 1
            print(f"seed {seed}: {fault}")
    return Figure(name, failed, 0, f"{seeds} seeds from 10000", time.monotonic() - began)


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--loans", type=int, default=LOANS)
    reader.add_argument("--seeds", type=int, default=SEEDS)
    reader.add_argument("--part", choices=PARTS)
    told = reader.parse_args()
    parts = {"candidates": candidates, "joins": joins, "bookings": bookings}
    if told.part:
        return report_part("data", parts[told.part](told.loans, told.seeds))
    return report("data", [figure for part in parts.values() for figure in part(told.loans, told.seeds)])


if __name__ == "__main__":
    sys.exit(main())
