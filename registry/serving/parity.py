"""The second path, written apart: raw sealed bytes through XGBoost, the tables applied by pandas.

Nothing of `quant.features` or of `registry.serving.served` is used, so a mistake there shows as a difference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from registry.artifacts import Sealed
    from registry.serving.served import Served

# Values beyond float32 saturate; the estimator refuses infinities.
_LARGEST = 3e38


@dataclass(frozen=True)
class Parity:
    """Rows compared, rows whose float32 margins differ at all, and the largest |Δ margin| in log-odds."""

    rows: int
    different: int
    largest_difference: float


def compare(served: Served, sealed: Sealed, frame: pd.DataFrame) -> Parity:
    """Margins of `served` row by row through its one-row path against the second path on the whole table."""
    second = margins(sealed.files, frame)
    records = frame[list(served.schema.input_names)].to_dict(orient="records")
    first = np.array([served.margin(served.parse(_plain(record))) for record in records], dtype=np.float32)
    difference = np.abs(first.astype(np.float64) - second.astype(np.float64))
    return Parity(
        rows=len(records),
        different=int((first != second).sum()),
        largest_difference=float(difference.max()) if len(records) else 0.0,
    )


def margins(files: Mapping[str, bytes], frame: pd.DataFrame) -> NDArray[np.float32]:
    """Float32 margins (rows,) of a table of inputs that fits the schema."""
    tables = json.loads(files["tables.json"])
    columns = features(tables, frame)
    booster = xgboost.Booster(model_file=bytearray(files["model.ubj"]))
    booster.set_param({"nthread": 1})
    made = booster.inplace_predict(columns.to_numpy(dtype="float32"), predict_type="margin", missing=np.nan)
    return np.asarray(made, dtype=np.float32).reshape(-1)


# Any: the tables are plain JSON here; reading them loosely is the point of a second path.
def features(tables: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """The estimator's columns by vectorised pandas, in the sealed order."""
    import pandas as pd

    known = {entry["name"]: entry.get("codes", []) for entry in tables["inputs"]}
    made = {}
    for entry in tables["features"]:
        first = frame[entry["inputs"][0]].astype("float64")
        if entry["operation"] == "identity":
            column = first
        elif entry["operation"] == "ratio":
            under = frame[entry["inputs"][1]].astype("float64")
            column = first.div(under).mask(under.eq(0) & first.notna(), float(entry["when_zero"]))
        elif entry["operation"] == "months_late":
            column = first.clip(lower=0).where(
                first.isin(known[entry["inputs"][0]]) | first.isna(), float(entry["bucket"])
            )
        else:
            categories = {float(code): float(category) for code, category in entry["table"]}
            column = first.map(categories).where(
                first.isin(list(categories)) | first.isna(), float(entry["bucket"])
            )
        made[entry["name"]] = column.clip(-_LARGEST, _LARGEST)
    return pd.DataFrame(made)


def _plain(record: Mapping[Any, Any]) -> dict[str, object]:
    """Python numbers with None for missing; numpy scalars are not what arrives over HTTP."""
    return {str(name): None if value != value else _number(value) for name, value in record.items()}  # noqa: PLR0124 (only NaN differs from itself)


# Any: a cell of a table.
def _number(value: Any) -> object:
    return value.item() if hasattr(value, "item") else value
