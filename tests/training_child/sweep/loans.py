"""Simulated vehicle loans as a snapshot's development part has them, and a sweep over them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mrm.lib import canonical
from training import consumer
from training.simulator.plan import Kind, Plan, Portfolio
from training.simulator.portfolio import generate
from training.sweep import asked
from training.sweep.child import sweep
from training.sweep.plan import SweepPlan

if TYPE_CHECKING:
    import pandas as pd

SPLIT = {
    "method": "time", "column": "applied_at", "validation_from": "2022-10-01", "test_from": "2023-01-01",
    "gap_days": 30,
}  # fmt: skip
QUICK = {
    "xgboost": {"rounds": 20}, "lightgbm": {"rounds": 20}, "random-forest": {"trees": 10, "max_depth": 5},
    "gradient-boosting": {"trees": 10}, "neural-network": {"hidden": 4, "epochs": 4, "permutations": 4},
}  # fmt: skip


class Declared:
    declaration = {"target": "default_12m", "protected": ["sex", "region", "birth_date"], "proxies": []}


def development(folder: Path, loans: int = 3000, portfolio: Portfolio = Portfolio.PLANTED) -> pd.DataFrame:
    import pandas as pd

    generate(folder, Plan(loans=loans, seed=5, kind=Kind.VEHICLE, portfolio=portfolio))
    tables = {
        name: pd.concat([pd.read_parquet(file) for file in sorted((folder / name).glob("*.parquet"))])
        for name in ("applications", "bureau", "outcomes")
    }
    outcomes = tables["outcomes"][["application_id", "matured", "default_12m", "profit_minor"]]
    joined = tables["applications"].merge(tables["bureau"], on="application_id", how="left")
    joined = joined.merge(outcomes, on="application_id")
    joined = joined[joined["matured"]].drop(
        columns=["matured", "sex", "region", "birth_date", "application_id"]
    )
    return joined.astype({"default_12m": "int64"})


def swept(folder: Path, frame: pd.DataFrame, **changes: Any) -> dict[str, Any]:
    raw = {"fields": "vehicle-loans", "split": SPLIT, **changes}
    if "settings" not in raw:
        raw["settings"] = {name: told for name, told in QUICK.items() if name in raw.get("families", QUICK)}
    made = asked.load(raw)
    plan = SweepPlan(made, tuple(asked.entrants(made, consumer.vehicle(), Declared())))
    folder.mkdir(exist_ok=True)
    (folder / "spec.json").write_bytes(canonical.dumps(plan.spec()))
    frame.drop(columns="profit_minor").to_parquet(folder / "development.parquet")
    frame[["profit_minor"]].to_parquet(folder / "profit.parquet")
    sweep(folder)
    told: dict[str, Any] = json.loads((folder / "sweep.json").read_bytes())
    return told
