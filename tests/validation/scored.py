"""Outcomes and scores of a model that lives elsewhere: a table nobody owes, brought as a vendor's file would be."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)

from accounts.models import User
from mrm.lib import canonical, strict_json
from registry import samples, vault
from registry.frames import inspect_scored
from registry.frames.scored_spec import ScoredSpec
from registry.models import RiskModel, ScoredSample
from tests.cast import Cast
from tests.validation.samples import planted_population
from validation import elsewhere, runner, standards
from validation.models import SampleRun
from validation.sample_runs import complete_sample_run, start_sample_run
from validation.services import freeze_standard

SCALE = {"A": "0.04", "B": "0.08", "C": "0.2"}
SAID: dict[str, Any] = {
    "name": "Portfolio of the vendor",
    "kind": "out_of_sample",
    "place": {"vendor": "Vendor Ltd", "system": "SAS scorecard", "version": "7.2"},
    "format": "csv",
    "outcome": "BAD",
    "pd": "PD",
    "grade": "GRADE",
    "grades": SCALE,
    "date": "DECIDED",
    "segments": ["LIMIT_BAL", "PAY_0"],
    "protected": ["SEX", "AGE"],
    "exposure": "EXPOSURE",
    "realised": ["PROFIT"],
    "currency": "TWD",
    "reference": "DEVELOPMENT",
    "approve_below": "0.10",
    "decline_from": "0.15",
}


def table(rows: int = 3_000, seed: int = 20260101) -> pd.DataFrame:
    """Calibrated PDs, a third of the rows being those of development; sex has no part in them, youth has."""
    draw = np.random.default_rng(seed)
    pds, groups = planted_population(rows, seed)
    limit = draw.integers(1, 50, rows) * 10_000
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 730, rows), unit="D")
    bad = draw.random(rows) < pds
    return groups.assign(
        PD=pds,
        BAD=bad.astype(int),
        GRADE=np.array(list(SCALE))[np.searchsorted([0.06, 0.13], pds)],
        DECIDED=days.strftime("%Y-%m-%d"),
        LIMIT_BAL=limit,
        PAY_0=draw.integers(-1, 3, rows),
        EXPOSURE=limit,
        PROFIT=np.where(bad, -0.2, 0.06) * limit,
        DEVELOPMENT=(np.arange(rows) % 3 == 0).astype(int),
        NOBODY_DECLARED_THIS="x",
    )


def csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def said(**changes: Any) -> ScoredSpec:
    return samples.read_declaration(SAID | changes)


def without(*roles: str) -> dict[str, Any]:
    """Changes that leave these roles undeclared."""
    return {role: type(SAID[role])() for role in roles}


def examined(risk_model: RiskModel, frame: pd.DataFrame, spec: ScoredSpec) -> samples.Examined:
    """What the child makes of it, in this process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "upload.csv").write_bytes(csv(frame))
        (folder / "spec.json").write_bytes(canonical.dumps(spec.plain()))
        inspect_scored(folder)
        told = strict_json.loads((folder / "table.json").read_bytes())
        digest = samples.digest_of(risk_model, spec, told)
        kept = {
            part: vault.put_sample_part(
                sample=digest, name=part, content=(folder / f"{part}.parquet").read_bytes()
            )
            for part in told["parts"]
        }
    return samples.Examined(risk_model, spec, digest, json.loads(json.dumps(told)), kept)


def frozen_sample(
    dana: User, risk_model: RiskModel, frame: pd.DataFrame | None = None, **changes: Any
) -> ScoredSample:
    found = examined(risk_model, table() if frame is None else frame, said(**changes))
    return samples.freeze_sample(actor=dana, examined=found)


def completed_run(cast: Cast, sample: ScoredSample) -> SampleRun:
    """A run of the demonstration's standard by victor, every check really asked."""
    standard = freeze_standard(actor=cast.victor, slug="card-limit-demo")
    started = start_sample_run(actor=cast.victor, sample=sample, standard=standard)
    rules = standards.load(standard.content)
    made = elsewhere.gather(actor=cast.victor, sample=sample, standard=rules)
    outcomes = runner.run_plan(made, rules, progress=lambda _title, _percent: None)
    return complete_sample_run(actor=cast.victor, run=started, outcomes=outcomes)
