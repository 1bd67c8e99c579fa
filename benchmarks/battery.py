"""What the validation battery costs, beside the bare libraries in the same run: `make bench ONLY=battery`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks._rows import Rows

GROUP = "battery"
FIGURES = ("full", "full_memory", "delong_growth", "intersections", "dossier", "seal")
PARTS = ("full", "delong", "intersections", "dossier")
SLOWEST = 5
DOSSIER_PAGES = 60
# The least of so many runs: what the machine does besides only ever adds.
_REPEATS = 5


@dataclass(frozen=True)
class Size:
    """How much is measured; everything but the full size only shows that the bench works."""

    rows: int
    ranked: int


FULL, TINY = Size(1_000_000, 1_000_000), Size(2_000, 20_000)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tiny", action="store_true", help="only show that the bench works")
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args(arguments)
    size, rows = TINY if asked.tiny else FULL, Rows(GROUP)
    for part, measure in zip(PARTS, (_full, _delong, _intersections, _dossier), strict=True):
        if asked.only in {None, part}:
            measure(rows, size)
    return 0


def _full(rows: Rows, size: Size) -> None:
    """Every check of the plan through the runner, against one library call for each statistic of theirs; seconds are
    those of the processor."""
    from benchmarks._battery_plain_groups import BY_FAIRLEARN
    from benchmarks._battery_runs import in_a_process

    ours, plain = (in_a_process(name, size.rows) for name in ("battery", "plain"))
    rows.result("full", ours.total / plain.total)
    rows.result("full_memory", ours.megabytes)
    words = f"of {size.rows:,} rows"
    rows.told(f"full battery {words}", ours.total, " s")
    rows.told(f"bare library calls {words}", plain.total, " s")
    rows.told(f"peak memory of the bare calls {words}", plain.megabytes, " MB")
    # fairlearn makes Python objects of the rows; we count them before. Without it the ratio says what the rest costs.
    counted = ("adverse_impact_sex", "adverse_impact_age", "parity_gap", "odds_gaps", "intersections")
    bare = plain.total - sum(plain.seconds[name] for name in BY_FAIRLEARN)
    rest = ours.total - sum(ours.seconds[name] for name in counted)
    rows.told("the same ratio without what fairlearn counts", rest / bare, " times")
    rows.told("checks that measured something", len(ours.seconds) - len(ours.unmeasured), "")
    rows.told("checks that need what this sample lacks", len(ours.unmeasured), "")
    _tell_slowest(rows, "check", ours.seconds)
    _tell_slowest(rows, "bare call", plain.seconds)


def _tell_slowest(rows: Rows, kind: str, seconds: dict[str, float]) -> None:
    for name in sorted(seconds, key=lambda each: -seconds[each])[:SLOWEST]:
        rows.told(f"{kind} {name}", seconds[name], " s")


def _dossier(rows: Rows, size: Size) -> None:  # noqa: ARG001 (its size is that of a real run)
    """A dossier of a whole run of the battery, and its seal; a page's share of the seconds, for sixty pages."""
    import json
    import tempfile
    from pathlib import Path

    from benchmarks._places import on_sqlite

    with tempfile.TemporaryDirectory() as folder:
        done = on_sqlite(Path(folder), "dossier").command("-m", "benchmarks._dossier_work")
    told = json.loads(done.stdout.splitlines()[-1])
    rows.result("dossier", told["written"] / told["pages"] * DOSSIER_PAGES)
    rows.result("seal", told["sealed"])
    rows.told("pages of the dossier", told["pages"], "")
    rows.told("the dossier as it is", told["written"], " s")
    rows.told("its bytes, sealed", told["bytes"] / 1_000, " kB")


def _delong(rows: Rows, size: Size) -> None:
    """AUC with DeLong's interval of ten times the rows, and the ranks of as many numbers by scipy."""
    import numpy as np
    from scipy import stats

    from quant.metrics.discrimination import auc

    draw, found = np.random.default_rng(20260601), {}
    for n in (size.ranked // 10, size.ranked):
        defaulted, score = draw.random(n) < 0.1, draw.standard_normal(n)
        found[n] = _least(lambda: auc(defaulted, score))  # noqa: B023 (called at once)
        rows.told(f"DeLong of {n:,} rows", found[n], " s")
        rows.told(f"rankdata of {n:,} rows", _least(lambda: stats.rankdata(score)), " s")  # noqa: B023
    rows.result("delong_growth", found[size.ranked] / found[size.ranked // 10])


def _intersections(rows: Rows, size: Size) -> None:
    """The check, with ratios, intervals and tests, against one MetricFrame with both attributes."""
    from benchmarks import _battery_sample as made
    from benchmarks._battery_plain_groups import both, selected
    from benchmarks._battery_runs import import_libraries
    from validation import catalog

    import_libraries()
    told = made.drawn(size.rows)
    sample, standard, groups = made.sample(told), made.standard(), both(told)
    check = catalog.BY_ID["intersections"]
    ours = _once(lambda: check.run(sample, standard))
    plain = _once(lambda: selected(told, groups))
    rows.result("intersections", ours / plain)
    rows.told(f"intersections of {size.rows:,} rows", ours, " s")
    rows.told(f"MetricFrame of {size.rows:,} rows", plain, " s")


def _least(call: Callable[[], Any]) -> float:
    return min(_once(call) for _ in range(_REPEATS))


def _once(call: Callable[[], Any]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


if __name__ == "__main__":
    began = time.monotonic()
    status = main()
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    sys.exit(status)
