"""The second path, written apart: the tables applied by pandas, raw sealed bytes through XGBoost's other entry or, of
every other kind, worked out here: trees walked, sums added up row by row in plain Python.

Nothing of `quant.features` or of `registry.serving.served` is used, so a mistake there shows as a difference.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from registry.serving.estimators import lightgbm_text
from registry.serving.manifest import LIGHTGBM, LINEAR, NETWORK, XGBOOST
from registry.serving.second_features import features, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from registry.artifacts import Sealed
    from registry.serving.estimators.lightgbm_text import Tree
    from registry.serving.served import Served

# LightGBM's own: what is nearer to zero is zero.
_ZERO = 1e-35
_DEFAULT_LEFT, _MISSING_IS_ZERO, _MISSING_IS_NAN = 2, 1, 2


@dataclass(frozen=True)
class Parity:
    """Rows compared, rows whose float32 margins differ at all, and the largest |Δ margin| in log-odds."""

    rows: int
    different: int
    largest_difference: float


def compare(served: Served, sealed: Sealed, frame: pd.DataFrame) -> Parity:
    """Margins of `served` row by row through its one-row path against the second path on the whole table."""
    second = margins(sealed.files, frame)
    given = readable(json.loads(sealed.files["tables.json"]), frame)
    records = given[list(served.schema.input_names)].to_dict(orient="records")
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
    matrix = features(tables, frame).to_numpy(dtype="float32")
    if LIGHTGBM in files:
        return _walked(files[LIGHTGBM], matrix)
    if LINEAR in files:
        return _by_row(_linear, files[LINEAR], matrix)
    if NETWORK in files:
        return _by_row(_network, files[NETWORK], matrix)
    import xgboost

    booster = xgboost.Booster(model_file=bytearray(files[XGBOOST]))
    booster.set_param({"nthread": 1})
    made = booster.inplace_predict(matrix, predict_type="margin", missing=np.nan)
    return np.asarray(made, dtype=np.float32).reshape(-1)


def _walked(content: bytes, matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Summed in float64 in the order of the trees, rounded once."""
    wide = matrix.astype(np.float64)
    wide[np.abs(wide) <= _ZERO] = 0.0
    total = np.zeros(len(wide))
    for tree in lightgbm_text.read(content).trees:
        total += tree.value[_leaves(tree, wide)]
    return total.astype(np.float32)


def _leaves(tree: Tree, wide: NDArray[np.float64]) -> NDArray[np.int64]:
    """The leaf that each row (rows, features) ends in: all rows go down together, one level at a time."""
    if len(tree.value) == 1:
        return np.zeros(len(wide), dtype=np.int64)
    place = np.zeros(len(wide), dtype=np.int64)
    while (inside := np.flatnonzero(place >= 0)).size:
        node = place[inside]
        value = wide[inside, tree.feature[node]]
        missing = tree.decision[node] >> 2
        value = np.where(np.isnan(value) & (missing != _MISSING_IS_NAN), 0.0, value)
        is_missing = np.isnan(value) | ((missing == _MISSING_IS_ZERO) & (value == 0.0))
        goes_left = np.where(
            is_missing, (tree.decision[node] & _DEFAULT_LEFT) > 0, value <= tree.threshold[node]
        )
        place[inside] = np.where(goes_left, tree.left[node], tree.right[node])
    return ~place


Told = dict[str, Any]  # Any: the JSON of a table


def _by_row(
    margin: Callable[[Told, list[float]], float], content: bytes, matrix: NDArray[np.float32]
) -> NDArray[np.float32]:
    told = json.loads(content)
    return np.array([margin(told, row) for row in matrix.astype(np.float64).tolist()], dtype=np.float32)


def _linear(told: Told, row: list[float]) -> float:
    total = 0.0
    for weight, value in zip(told["weights"], row, strict=True):
        total += float(weight) * value
    return float(told["intercept"]) + total


def _network(told: Told, row: list[float]) -> float:
    scaled = [
        (value - float(centre)) / float(spread)
        for value, centre, spread in zip(row, told["centres"], told["spreads"], strict=True)
    ]
    total = 0.0
    for unit, (offset, output) in enumerate(zip(told["offsets"], told["outputs"], strict=True)):
        inner = float(offset)
        for value, weights in zip(scaled, told["weights"], strict=True):
            inner += value * float(weights[unit])
        total += max(0.0, inner) * float(output)
    return float(told["intercept"]) + total


def _plain(record: Mapping[Any, Any]) -> dict[str, object]:
    """Python numbers with None for missing; numpy scalars are not what arrives over HTTP."""
    return {str(name): None if value != value else _number(value) for name, value in record.items()}  # noqa: PLR0124 (only NaN differs from itself)


# Any: a cell of a table.
def _number(value: Any) -> object:
    return value.item() if hasattr(value, "item") else value
