"""Applications nobody made: drawn from rounded quantiles column by column, so no real row can be among
them."""

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.features.row import compile_row
from quant.features.schema import FeatureSchema, Input, InputType, Unknown
from quant.features.table import Columns
from registry.serving.estimators import Estimator
from training.recipes import Given, Recipe

_LEVELS = np.array([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
_NULL_SHARE = 0.1
_NEVER_SEEN_SHARE = 0.03
Value = int | float | None


def reference_vectors(
    recipe: Recipe | Given, schema: FeatureSchema, columns: Columns, estimator: Estimator
) -> dict[str, object]:
    """Inputs drawn by the recipe's seed, exact float32 margins in hex, a digest of the contributions."""
    draw = np.random.default_rng(recipe.seed + 1)
    drawn = {
        declared.name: _drawn(declared, columns[declared.name], draw, recipe.reference_vectors)
        for declared in schema.inputs
    }
    row = compile_row(schema)
    vectors: list[dict[str, object]] = []
    explained = []
    for place in range(recipe.reference_vectors):
        features = {name: values[place] for name, values in drawn.items()}
        made = row(features)
        margins, contributions = estimator.explain(made)
        vectors.append({"features": _canonical(features), "margin": float(margins[0]).hex()})
        explained.append(contributions)
    digest = canonical.sha256(np.vstack(explained).astype("<f4").tobytes())
    return {"vectors": vectors, "contributions_sha256": digest}


def example(schema: FeatureSchema, columns: Columns) -> dict[str, object]:
    """One typical application: rounded medians, the commonest known code, integers only."""
    return {declared.name: _typical(declared, columns[declared.name]) for declared in schema.inputs}


def _drawn(
    declared: Input, column: NDArray[np.float64], draw: np.random.Generator, count: int
) -> list[Value]:
    made = (
        _codes(declared, draw, count)
        if declared.type is InputType.CODE
        else _amounts(declared, column, draw, count)
    )
    if not declared.nullable:
        return made
    absent = draw.random(count) < _NULL_SHARE
    return [None if gone else value for gone, value in zip(absent, made, strict=True)]


def _codes(declared: Input, draw: np.random.Generator, count: int) -> list[Value]:
    places = draw.integers(0, len(declared.codes), count)
    never_seen = draw.random(count) < _NEVER_SEEN_SHARE
    stranger = max(declared.codes) + 1
    bucket = declared.unknown is Unknown.BUCKET
    return [
        stranger if bucket and strange else declared.codes[place]
        for place, strange in zip(places, never_seen, strict=True)
    ]


def _amounts(
    declared: Input, column: NDArray[np.float64], draw: np.random.Generator, count: int
) -> list[Value]:
    levels = np.array([_rounded(value) for value in _quantiles(column)])
    made = np.interp(draw.random(count), _LEVELS, levels)
    whole = np.clip(np.round(made), np.ceil(declared.minimum), np.floor(declared.maximum))
    if declared.type is InputType.INTEGER:
        return [int(value) for value in whole]
    bounded = np.clip(np.round(made, 4), declared.minimum, declared.maximum)
    return [float(value) + 0.0 for value in bounded]


def _quantiles(column: NDArray[np.float64]) -> NDArray[np.float64]:
    present = column[~np.isnan(column)]
    if len(present) == 0:
        return np.zeros(len(_LEVELS))
    return np.asarray(np.quantile(present, _LEVELS), dtype=np.float64)


def _rounded(value: float) -> float:
    """Two significant digits: an aggregate that no longer is any applicant's amount."""
    return float(f"{value:.1e}")


def _typical(declared: Input, column: NDArray[np.float64]) -> int | None:
    present = column[~np.isnan(column)]
    if declared.type is InputType.CODE:
        known = present[np.isin(present, declared.codes)]
        values, counts = np.unique(known, return_counts=True)
        return int(values[np.argmax(counts)]) if len(values) else declared.codes[0]
    if len(present) == 0:
        return None if declared.nullable else int(np.ceil(declared.minimum))
    middle = _rounded(float(np.median(present)))
    return int(np.clip(round(middle), np.ceil(declared.minimum), np.floor(declared.maximum)))


def _canonical(features: dict[str, Value]) -> dict[str, object]:
    return {
        name: canonical.number(value) if isinstance(value, float) else value
        for name, value in features.items()
    }
