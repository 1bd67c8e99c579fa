"""Card-shaped rows nobody owes: drawn with a seed, with a default that the features can find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from quant.features import form
from quant.reasons import dump_groups
from training import card, recipes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

MONTHS = (1, 2, 3, 4, 5, 6)
PAYS = (0, 2, 3, 4, 5, 6)
SMALL = {"rounds": 30, "max_depth": 3, "folds": 3}


def card_frame(rows: int = 3000, seed: int = 7) -> pd.DataFrame:
    import pandas as pd

    draw = np.random.default_rng(seed)
    limit = draw.choice([10_000, 20_000, 50_000, 80_000, 140_000, 240_000, 500_000], rows)
    strain = draw.normal(size=rows)
    columns: dict[str, object] = {
        "ID": np.arange(1, rows + 1),
        "LIMIT_BAL": limit,
        "SEX": draw.integers(1, 3, rows),
        "EDUCATION": draw.integers(0, 7, rows),
        "MARRIAGE": draw.integers(0, 4, rows),
        "AGE": draw.integers(21, 75, rows),
    }
    for pay in PAYS:
        late = np.clip(np.round(strain + draw.normal(size=rows)), -2, 8)
        columns[f"PAY_{pay}"] = late.astype(int)
    for month in MONTHS:
        columns[f"BILL_AMT{month}"] = np.round(limit * draw.uniform(-0.05, 1.1, rows)).astype(int)
    for month in MONTHS:
        columns[f"PAY_AMT{month}"] = np.round(draw.exponential(4000, rows)).astype(int)
    risk = -1.6 + 0.9 * strain - limit / 400_000
    columns["DEFAULT"] = (draw.random(rows) < 1 / (1 + np.exp(-risk))).astype(int)
    return pd.DataFrame(columns)


def training_folder(
    folder: Path, frame: pd.DataFrame, *, recipe: Mapping[str, object] | None = None, **settings: int | str
) -> Path:
    """A folder as the training job prepares it: a small XGBoost with some settings replaced, or another recipe."""
    folder.mkdir(parents=True)
    spec = {
        "recipe": recipes.load(recipe or {**SMALL, **settings}).plain(),
        "schema": form.dump(card.schema()),
        "reasons": dump_groups(card.groups()),
        "target": "DEFAULT",
        "forbidden": [*card.PROTECTED, *card.PROXIES],
    }
    (folder / "spec.json").write_bytes(canonical.dumps(spec))
    apart = ["ID", *card.PROTECTED, *card.PROXIES]
    frame.drop(columns=apart).to_parquet(folder / "development.parquet")
    return folder


def application(frame: pd.DataFrame, row: int = 0) -> dict[str, int]:
    """One row as it arrives over HTTP."""
    return {name: int(frame[name].iloc[row]) for name in card.schema().input_names}
