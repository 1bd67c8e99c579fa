"""The session's table: card-shaped rows with an age that goes with the strain, imported and trained on for real."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mrm.lib import canonical
from quant.features import form
from quant.reasons import dump_groups
from registry import declarations
from registry.frames import inspect_upload
from tests.serving.cards import SMALL, card_frame
from tests.validation.cases import Drawn
from training import card, recipes
from training.child import train

ROWS = 3_000


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return draw(tmp_path_factory.mktemp("drawn"))


def draw(root: Path) -> Drawn:
    """The table, imported and trained on in this folder."""
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
    )
    _frame().to_parquet(upload / "upload.parquet")
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
