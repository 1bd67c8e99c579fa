"""The battery, proven: each test rejects on clean data as often as its exact size says, and finds what was planted.
`make prove ONLY=battery`.

`ARGS="--seeds 20"` takes fewer; `ARGS="--part sizes"` runs one part alone (sizes, planted, portfolios, leaks, tamper) and keeps
the rows of the others.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from scipy import stats

from tests.prove import _battery_fairness, _battery_grades, _battery_ranking, _battery_tamper
from tests.prove._battery_leaks import is_false_alarm, is_found
from tests.prove._battery_portfolios import FAULTS, LEAST_FOUND, is_seen, verdicts
from tests.prove._report import Figure, report, report_part
from tests.prove._trials import Trial

SEEDS, FIRST = 200, 50_000
ALPHA = 0.05
CLEAN = (*_battery_ranking.CLEAN, *_battery_grades.CLEAN, *_battery_fairness.CLEAN)
PLANTED = (*_battery_ranking.PLANTED, *_battery_grades.PLANTED, *_battery_fairness.PLANTED)


def band(size: float, seeds: int) -> range:
    """The 99 % binomial band of the rejections of a test of this size."""
    low, high = (int(stats.binom.ppf(end, seeds, size)) for end in (0.005, 0.995))
    return range(low, high + 1)


def sizes(seeds: int) -> list[Figure]:
    """On clean data, each test beside its exact size; no family adjusted together may have a size above its α."""
    made = [_size(trial, seeds) for trial in CLEAN]
    outside = sum(not each.is_met for each in made)
    above = sum(trial.size > trial.alpha for trial in CLEAN if trial.is_family)
    families = sum(trial.is_family for trial in CLEAN)
    return [
        *made,
        # Each band is left by chance once in a hundred times, so among so many tests a few of them are.
        Figure(
            "tests whose rejections lie outside their band",
            outside,
            band(0.01, len(CLEAN)),
            f"{len(CLEAN)} tests, each in its own 99 % band; more than this many would not be chance",
            0,
        ),
        Figure(
            "adjusted families whose exact size is above α", above, 0, f"{families} families, computed", 0
        ),
    ]


def _size(trial: Trial, seeds: int) -> Figure:
    began = time.monotonic()
    found = sum(trial.rejects(FIRST + seed) for seed in range(seeds))
    said = f"{seeds} clean seeds from {FIRST}, α {trial.alpha:g}, exact size {trial.size:.4f}"
    goal = band(trial.size, seeds)
    return Figure(f"rejections when clean: {trial.name}", found, goal, said, time.monotonic() - began)


def planted(seeds: int) -> list[Figure]:
    return [_counted(f"found: {trial.name}", trial.rejects, seeds) for trial in PLANTED]


def portfolios(seeds: int) -> list[Figure]:
    """Whole plans on portfolios without a fault, and with one each."""
    began, warned = time.monotonic(), Counter[str]()
    for seed in range(seeds):
        warned.update(check for check, said in verdicts(FIRST + seed).items() if said in {"failed", "amber"})
    told = ", ".join(f"{check} {count}" for check, count in sorted(warned.items())) or "none"
    said = f"{seeds} clean portfolios from {FIRST}; warnings: {told}"
    goal = range(band(ALPHA, seeds)[-1] + 1)
    most = max(warned.values(), default=0)
    clean = Figure(
        "most warnings of one check on clean portfolios", most, goal, said, time.monotonic() - began
    )
    return [
        clean,
        *(_counted(f"found: {each.name}", partial(is_seen, each), seeds, each.least) for each in FAULTS),
    ]


def leaks(seeds: int) -> list[Figure]:
    clean = _counted("leaks named in clean portfolios", is_false_alarm, seeds)
    return [
        _counted("found: a column that is filled once a loan is late", is_found, seeds, LEAST_FOUND),
        replace(clean, goal=0),
    ]


def tamper(seeds: int) -> list[Figure]:
    """Of a sealed dossier: a hundred drawn places a seed, and every digit of the signature."""
    began, content = time.monotonic(), _battery_tamper.sealed_file()
    tried, passed = _battery_tamper.passed_in_signature(content)
    said = f"three bits of each of {tried // 3:,} digits, {len(content):,} bytes in all"
    digits = Figure("changed digits of a seal that get past", passed, 0, said, time.monotonic() - began)
    began, count = time.monotonic(), 100 * seeds
    passed = _battery_tamper.passed_elsewhere(content, count)
    said = f"one bit at {count:,} drawn places, seed {_battery_tamper.SEED}"
    return [
        digits,
        Figure("changed bytes of a dossier that get past", passed, 0, said, time.monotonic() - began),
    ]


def _counted(name: str, holds: Callable[[int], bool], seeds: int, least: float = 0.0) -> Figure:
    """In how many seeds it holds; the goal is this share of them at least."""
    began = time.monotonic()
    found = sum(holds(FIRST + seed) for seed in range(seeds))
    goal = range(math.ceil(least * seeds), seeds + 1)
    return Figure(name, found, goal, f"{seeds} seeds from {FIRST}", time.monotonic() - began)


PARTS = {"sizes": sizes, "planted": planted, "portfolios": portfolios, "leaks": leaks, "tamper": tamper}


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seeds", type=int, default=SEEDS)
    reader.add_argument("--part", choices=PARTS)
    told = reader.parse_args()
    if told.part:
        return report_part("battery", PARTS[told.part](told.seeds))
    return report("battery", [figure for part in PARTS.values() for figure in part(told.seeds)])


if __name__ == "__main__":
    sys.exit(main())
