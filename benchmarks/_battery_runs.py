"""The battery and the bare calls, each in a process of its own.

Both have one thread, and what is measured is processor time: on a quiet machine that is the time by the clock, and on
a shared one it still is what the work costs.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Ran:
    """Processor seconds by check or statistic, the checks that measured nothing, the most memory that was held."""

    seconds: dict[str, float]
    unmeasured: list[str]
    megabytes: float

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


def in_a_process(name: str, rows: int) -> Ran:
    command = [sys.executable, "-m", "benchmarks._battery_runs", name, str(rows)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return Ran(**json.loads(ended.stdout.splitlines()[-1]))


def _battery(rows: int) -> Ran:
    """From the first check of the plan to the last digest of a result; the sample is drawn before."""
    from benchmarks import _battery_sample
    from validation import catalog, runner

    sample, standard = _battery_sample.sample(_battery_sample.drawn(rows)), _battery_sample.standard()
    began = []
    outcomes = runner.run_plan(sample, standard, progress=lambda *_: began.append(time.process_time()))
    began.append(time.process_time())
    names = [check.id for check in catalog.plan_of(standard)]
    seconds = {name: began[at + 1] - began[at] for at, name in enumerate(names)}
    unmeasured = [each.check_id for each in outcomes if not each.measurements]
    return Ran(seconds, unmeasured, _peak())


def _plain(rows: int) -> Ran:
    from benchmarks import _battery_sample
    from benchmarks._battery_plain import STATISTICS

    told = _battery_sample.drawn(rows)
    return Ran({name: _timed(call, told) for name, call in STATISTICS.items()}, [], _peak())


def _timed(call: Callable[[dict[str, Any]], None], told: dict[str, Any]) -> float:
    began = time.process_time()
    call(told)
    return time.process_time() - began


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def import_libraries() -> None:
    """Before any clock starts, on both sides."""
    for name in ("fairlearn.metrics", "pandas", "scipy.optimize", "scipy.stats", "statsmodels.api"):
        importlib.import_module(name)
    for name in ("calibration", "compose", "impute", "linear_model", "model_selection", "pipeline"):
        importlib.import_module(f"sklearn.{name}")


if __name__ == "__main__":
    import_libraries()
    print(json.dumps(asdict({"battery": _battery, "plain": _plain}[sys.argv[1]](int(sys.argv[2])))))
