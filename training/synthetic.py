"""Applications nobody made: drawn from rounded quantiles column by column, so no real row can be among
them."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.features.inputs import CATEGORIES
from quant.features.reading import Value, plain_values
from quant.features.row import compile_row
from quant.features.schema import FeatureSchema, Input, InputType, Unknown
from quant.features.table import Columns
from registry.serving.estimators import Estimator
from training.recipes import Given, Recipe

_LEVELS = np.array([0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
_NULL_SHARE = 0.1
_NEVER_SEEN_SHARE = 0.03
# A label that no group is near.
_STRANGER = "never seen before"


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
    applications = [
        {name: values[place] for name, values in drawn.items()} for place in range(recipe.reference_vectors)
    ]
    # All in one table: whoever verifies asks for each alone, so both ways have to give the same bits.
    margins, contributions = estimator.explain(np.vstack([row(features) for features in applications]))
    vectors = [
        {"features": plain_values(features), "margin": float(margin).hex()}
        for features, margin in zip(applications, margins, strict=True)
    ]
    digest = canonical.sha256(np.ascontiguousarray(contributions, dtype="<f4").tobytes())
    return {"vectors": vectors, "contributions_sha256": digest}


def example(schema: FeatureSchema, columns: Columns) -> dict[str, object]:
    """One typical application: rounded medians, the commonest known code or group, integers only."""
    return {declared.name: _typical(declared, columns[declared.name]) for declared in schema.inputs}


def _drawn(
    declared: Input, column: NDArray[np.float64], draw: np.random.Generator, count: int
) -> list[Value]:
    made = _DRAWN.get(declared.type, _amounts)(declared, column, draw, count)
    # A number that says that there is none is kept as none.
    made = [None if value in declared.blank_numbers else value for value in made]
    if not declared.nullable:
        return made
    absent = draw.random(count) < _NULL_SHARE
    return [None if gone else value for gone, value in zip(absent, made, strict=True)]


def _codes(declared: Input, _: NDArray[np.float64], draw: np.random.Generator, count: int) -> list[Value]:
    places = draw.integers(0, len(declared.codes), count)
    never_seen = draw.random(count) < _NEVER_SEEN_SHARE
    stranger = max(declared.codes) + 1
    bucket = declared.unknown is Unknown.BUCKET
    return [
        stranger if bucket and strange else declared.codes[place]
        for place, strange in zip(places, never_seen, strict=True)
    ]


def _labels(declared: Input, _: NDArray[np.float64], draw: np.random.Generator, count: int) -> list[Value]:
    """Declared spellings of groups: what applicants wrote is not among them."""
    groups = [(group.name, *group.spellings) for group in declared.groups]
    places = draw.integers(0, len(groups), count)
    spellings = draw.random(count)
    never_seen = draw.random(count) < _NEVER_SEEN_SHARE
    bucket = declared.unknown is Unknown.BUCKET
    return [
        _STRANGER if bucket and strange else groups[place][int(share * len(groups[place]))]
        for place, share, strange in zip(places.tolist(), spellings.tolist(), never_seen, strict=True)
    ]


def _days(declared: Input, column: NDArray[np.float64], draw: np.random.Generator, count: int) -> list[Value]:
    earliest, latest = (day.toordinal() for day in declared.days)
    levels = [_month_of(value) for value in _quantiles(column)]
    made = np.clip(np.round(np.interp(draw.random(count), _LEVELS, levels)), earliest, latest)
    return [date.fromordinal(int(value)).isoformat() for value in made]


def _month_of(ordinal: float) -> int:
    """The first day of the month: an aggregate that no longer is any applicant's day."""
    return date.fromordinal(max(1, round(ordinal))).replace(day=1).toordinal()


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


_DRAWN = {InputType.CODE: _codes, InputType.TEXT: _labels, InputType.DATE: _days}


def _quantiles(column: NDArray[np.float64]) -> NDArray[np.float64]:
    present = column[~np.isnan(column)]
    if len(present) == 0:
        return np.zeros(len(_LEVELS))
    return np.asarray(np.quantile(present, _LEVELS), dtype=np.float64)


def _rounded(value: float) -> float:
    """Two significant digits: an aggregate that no longer is any applicant's amount."""
    return float(f"{value:.1e}")


def _typical(declared: Input, column: NDArray[np.float64]) -> int | str | None:
    present = column[~np.isnan(column)]
    if declared.type in CATEGORIES:
        return _commonest(declared, present)
    if declared.type is InputType.DATE:
        earliest, latest = (day.toordinal() for day in declared.days)
        middle_day = _month_of(float(np.median(present))) if len(present) else earliest
        return date.fromordinal(min(max(middle_day, earliest), latest)).isoformat()
    if len(present) == 0:
        return None if declared.nullable else int(np.ceil(declared.minimum))
    middle = _rounded(float(np.median(present)))
    return int(np.clip(round(middle), np.ceil(declared.minimum), np.floor(declared.maximum)))


def _commonest(declared: Input, present: NDArray[np.float64]) -> int | str:
    names = declared.group_names[:-1]
    known = declared.codes if declared.type is InputType.CODE else tuple(range(len(names)))
    values, counts = np.unique(present[np.isin(present, known)], return_counts=True)
    found = int(values[np.argmax(counts)]) if len(values) else known[0]
    return found if declared.type is InputType.CODE else names[found]
