"""The plain tables of a candidate: canonical JSON, fractions as text, margins in hex, nothing of a real
row."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.banding import points_scale, quantile_bounds
from quant.estimators.isotonic import Isotonic
from quant.features import form
from quant.features.schema import FeatureSchema
from quant.features.table import Columns
from quant.reasons import ReasonGroup, dump_groups
from registry.serving import manifest as names
from registry.serving.estimators import FORMATS
from training.fitting import Fitted
from training.recipes import Given, Recipe
from training.synthetic import example, reference_vectors


@dataclass(frozen=True)
class Sealing:
    """All that the tables are made from. `columns` and `matrix` are only read for quantiles."""

    recipe: Recipe | Given
    schema: FeatureSchema
    groups: tuple[ReasonGroup, ...]
    columns: Columns
    matrix: NDArray[np.float32]
    fitted: Fitted


def write_tables(folder: Path, sealing: Sealing) -> None:
    """Write every sealed file but the manifest."""
    (folder / sealing.fitted.name).write_bytes(sealing.fitted.content)
    tables: dict[str, dict[str, object]] = {
        names.TABLES: form.dump(sealing.schema),
        names.CALIBRATION: _calibration(sealing),
        names.GRADES: _grades(sealing),
        names.POINTS: _points(sealing),
        names.REFERENCE: _reference(sealing),
        names.REASONS: dump_groups(sealing.groups),
        names.ATTRIBUTION: dict(FORMATS[sealing.fitted.name].attribution),
        names.EXAMPLE: {"features": example(sealing.schema, sealing.columns)},
    }
    for name, table in tables.items():
        (folder / name).write_bytes(canonical.dumps(table))


def _calibration(sealing: Sealing) -> dict[str, object]:
    made = sealing.fitted.calibration
    told: dict[str, object] = {
        "method": str(sealing.recipe.calibration),
        "intercept": canonical.number(made.intercept),
        "slope": canonical.number(made.slope),
    }
    if isinstance(made, Isotonic):
        told |= {"margins": _texts(made.margins), "pds": _texts(made.pds)}
    return told


def _grades(sealing: Sealing) -> dict[str, object]:
    grades = sealing.fitted.grades
    return {"bounds": _texts(grades.bounds), "pds": _texts(grades.pds)}


def _points(sealing: Sealing) -> dict[str, object]:
    recipe = sealing.recipe
    scale = points_scale(
        sealing.fitted.calibration,
        points=float(recipe.points),
        odds=float(recipe.odds),
        double=float(recipe.double),
    )
    stated: dict[str, object] = {"points": recipe.points, "odds": recipe.odds, "double": recipe.double}
    return stated | {"offset": canonical.number(scale.offset), "slope": canonical.number(scale.slope)}


def _reference(sealing: Sealing) -> dict[str, object]:
    pds = sealing.fitted.unseen_pds
    edges = quantile_bounds(pds, sealing.recipe.score_bins)
    counts = np.bincount(np.searchsorted(np.array(edges), pds, side="right"), minlength=len(edges) + 1)
    medians = np.nanmedian(sealing.matrix, axis=0)
    vectors = reference_vectors(sealing.recipe, sealing.schema, sealing.columns, sealing.fitted.estimator)
    return vectors | {
        "medians": {
            name: canonical.number(float(value))
            for name, value in zip(sealing.schema.feature_names, medians, strict=True)
        },
        "score_bins": {"edges": _texts(edges), "shares": _texts(tuple(counts / counts.sum()))},
    }


def _texts(values: tuple[float, ...]) -> list[str]:
    return [canonical.number(float(value)) for value in values]
