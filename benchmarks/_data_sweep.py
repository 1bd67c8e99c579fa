"""Simulated vehicle loans, and what a sweep of every family is asked on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks._data_sweep_plain import DAY, TARGET, TEST, VALIDATION
from benchmarks._rows import Rows

Ways = dict[str, list[str]]
_LEFT_OUT = ["matured", "sex", "region", "birth_date", "application_id"]


class _Declared:
    """What a snapshot says of its columns."""

    declaration = {"target": TARGET, "protected": ["sex", "region", "birth_date"], "proxies": []}


# As is usual in this field; the small size shows only that the bench works.
_WHOLE: Ways = {"encoders": ["one_hot", "woe", "target_mean"], "imputers": ["median", "knn"]}
_SMALL: Ways = {"encoders": ["one_hot"], "imputers": ["median"]}
_WHOLE_FROM = 10_000


def ground(folder: Path, loans: int, seed: int, ways: Ways) -> int:
    """development.parquet, spec.json and plain.json in the folder; returns how many rows the first has."""
    import pandas as pd

    from mrm.lib import canonical
    from training import consumer
    from training.simulator.plan import Kind, Plan, Portfolio
    from training.simulator.portfolio import generate
    from training.sweep import asked
    from training.sweep.plan import SweepPlan

    generate(folder / "loans", Plan(loans=loans, seed=seed, kind=Kind.VEHICLE, portfolio=Portfolio.PLANTED))
    tables = {
        name: pd.concat(
            [pd.read_parquet(each) for each in sorted((folder / "loans" / name).glob("*.parquet"))]
        )
        for name in ("applications", "bureau", "outcomes")
    }
    joined = tables["applications"].merge(tables["bureau"], on="application_id", how="left")
    joined = joined.merge(tables["outcomes"][["application_id", "matured", TARGET]], on="application_id")
    joined = joined[joined["matured"]].drop(columns=_LEFT_OUT).astype({TARGET: "int64"})
    joined.to_parquet(folder / "development.parquet")
    split = {"method": "time", "column": DAY, "validation_from": VALIDATION, "test_from": TEST, "gap_days": 0}
    made = asked.load({"fields": "vehicle-loans", "split": split, **ways})
    plan = SweepPlan(made, tuple(asked.entrants(made, consumer.vehicle(), _Declared())))  # type: ignore[arg-type]
    (folder / "spec.json").write_bytes(canonical.dumps(plan.spec()))
    (folder / "plain.json").write_bytes(canonical.dumps(ways))
    return len(joined)


def measure(
    rows: Rows, folder: Path, loans: int, seed: int, timed: Callable[[str, str, Path], dict[str, float]]
) -> None:
    """The child of a sweep, from files to facts, and a plain script that fits the same families with the same settings
    on the same rows."""
    ways = _WHOLE if loans >= _WHOLE_FROM else _SMALL
    count = ground(folder, loans, seed, ways)
    plain = timed("benchmarks._data_sweep_plain", "fit", folder)
    ours = timed("training.sweep.child", "sweep", folder)
    told = json.loads((folder / "sweep.json").read_bytes())
    words = f"of {len(told['candidates'])} candidates on {count:,} loans"
    fitting = sum(float(each["fitting_seconds"]) for each in told["candidates"])
    rows.result("sweep_outside_fitting", 100 * (1 - fitting / float(told["seconds"])))
    beside = ours["seconds"] / plain["seconds"]
    rows.told(f"full sweep {words}: wall time beside a plain script", beside, " times")
    rows.told(f"full sweep {words}", ours["seconds"], " s")
    rows.told(f"plain script {words}", plain["seconds"], " s")
    rows.told(f"peak memory of the full sweep {words}", ours["megabytes"], " MB")
