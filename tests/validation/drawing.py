"""The session's table: card-shaped rows with an age that goes with the strain, imported and trained on for real."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from mrm.lib import canonical
from quant.features import form
from quant.reasons import dump_groups
from registry import declarations
from registry.frames import inspect_upload
from registry.frames.spec import DateColumns, OutOfTime
from tests.serving.cards import SMALL, card_frame
from tests.validation.cases import Drawn
from training import card, recipes
from training.child import train

ROWS = 3_000


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return draw(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="session")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """The same clients, decided over two years, of whom it is kept what each has earned; the last eight months are held
    out."""
    draw_days = np.random.default_rng(12)
    days = np.datetime64("2023-01-01") + np.sort(draw_days.integers(0, 731, ROWS))
    frame = _frame().assign(DECIDED_ON=days.astype(str))
    earned = np.where(frame["DEFAULT"] == 1, -0.4, 0.1) * frame["LIMIT_BAL"]
    roles = {
        "dates": DateColumns(decision="DECIDED_ON"),
        "realised": ("EARNED",),
        "out_of_time": OutOfTime("2024-05-01", 60),
    }
    return draw(tmp_path_factory.mktemp("dated"), frame.assign(EARNED=earned.round()), **roles)


def draw(root: Path, frame: pd.DataFrame | None = None, **roles: Any) -> Drawn:
    """The table, imported and trained on in this folder. Any: members of a declaration."""
    upload, job = root / "upload", root / "job"
    upload.mkdir()
    job.mkdir()
    declaration = declarations.Declaration(
        name="drawn",
        format="parquet",
        target="DEFAULT",
        id="ID",
        protected=card.PROTECTED,
        proxies=card.PROXIES,
        exposure="LIMIT_BAL",
        codes={"EDUCATION": (1, 2, 3, 4)},
        **roles,
    )
    (_frame() if frame is None else frame).to_parquet(upload / "upload.parquet")
    (upload / "spec.json").write_bytes(canonical.dumps(declaration.spec("only-for-tests")))
    inspect_upload(upload)
    task = _task()
    (job / "spec.json").write_bytes(canonical.dumps(task))
    (job / "development.parquet").write_bytes((upload / "development.parquet").read_bytes())
    train(job)
    return Drawn(declaration, upload, job / "candidate", task, canonical.digest(task["recipe"]))


def _frame():
    frame = card_frame(ROWS)
    draw = np.random.default_rng(11)
    frame["AGE"] = np.clip(np.round(40 - 8 * frame["PAY_0"] + 6 * draw.normal(size=ROWS)), 21, 79).astype(int)
    return frame


def _task() -> dict[str, object]:
    return {
        "recipe": recipes.load(SMALL).plain(),
        "schema": form.dump(card.schema()),
        "reasons": dump_groups(card.groups()),
        "target": "DEFAULT",
        "forbidden": sorted({*card.PROTECTED, *card.PROXIES}),
    }
