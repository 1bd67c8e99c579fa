"""Simulated portfolios with a column that only exists once a loan is late, and without it: which rules name it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from mrm.lib import canonical
from registry.frames import UploadSpec, inspect_upload
from registry.frames.spec import FileFormat
from training.simulator.chunks import simulate
from training.simulator.plan import Kind, Plan, Portfolio
from training.simulator.tables import TABLES

LOANS, LEAK = 2_000, "collection_calls"
TARGET = "default_12m"
SPEC = UploadSpec(
    FileFormat.PARQUET,
    target=TARGET,
    split_key="only-for-proofs",
    id="application_id",
    protected=("sex", "region", "birth_date"),
)
_RULES = frozenset({"leaking_inputs", "filled_for_one_outcome"})


def named(seed: int, portfolio: Portfolio) -> set[str]:
    """The columns that a blocking rule on leaks names when the table is imported."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _upload(folder / "upload.parquet", seed, portfolio)
        (folder / "spec.json").write_bytes(canonical.dumps(SPEC.plain()))
        inspect_upload(folder)
        rules = json.loads((folder / "quality.json").read_bytes())["rules"]
    return {each["column"] for rule in rules if rule["rule"] in _RULES for each in rule["details"]}


def is_found(seed: int) -> bool:
    return LEAK in named(seed, Portfolio.PLANTED)


def is_false_alarm(seed: int) -> bool:
    return bool(named(seed, Portfolio.CLEAN))


def _upload(path: Path, seed: int, portfolio: Portfolio) -> None:
    """Applications whose outcome is known, with it."""
    chunk = simulate(Plan(LOANS, seed, Kind.MICRO, portfolio), 0)
    asked, outcomes = (TABLES[name](chunk).to_pandas() for name in ("applications", "outcomes"))
    known = outcomes.loc[outcomes["matured"], ["application_id", TARGET]].astype({TARGET: "int64"})
    asked.merge(known, on="application_id").to_parquet(path)
