"""From a table and a task to a candidate folder: the one way, whether one candidate is trained or a sweep of them."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical
from quant.features.check import check_table
from quant.features.frames import given_columns
from quant.features.plain import SchemaFault
from quant.features.precision import to_float32
from quant.features.schema import FeatureSchema
from quant.features.table import Columns, matrix
from quant.metrics.brier import brier, log_loss
from quant.metrics.discrimination import auc
from quant.preparation.fit import Prepared, Way, prepare_features, way_of
from registry.serving import manifest as names
from registry.serving.estimators import FORMATS
from training.families import NEEDS_COMPLETE
from training.families.fitting import Learning
from training.fitting import Apart, Fitted, fit, fit_apart
from training.recipes import Recipe
from training.sealing import Sealing, write_tables
from training.splits import Places, Split, divide
from training.tasks import Task

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """Checked columns (rows,) of a schema's inputs, and the outcomes (rows,) 0 and 1."""

    columns: Columns
    defaults: NDArray[np.float64]

    def rows(self, part: NDArray[np.bool_]) -> Table:
        return Table({name: column[part] for name, column in self.columns.items()}, self.defaults[part])


@dataclass(frozen=True)
class Parts:
    """What is learned from, and what a split keeps apart: to calibrate, and to compare. `places` are their rows."""

    train: Table
    validation: Table | None = None
    test: Table | None = None
    places: Places | None = None


@dataclass(frozen=True)
class Ready:
    """A schema fitted on what is learned from, and the estimator's columns of all parts."""

    columns: Columns
    prepared: Prepared
    learning: Learning
    validation: Apart | None = None
    test: Apart | None = None


@dataclass(frozen=True)
class Tested:
    """What an estimator says of the test part, whose outcomes (rows,) these are."""

    defaults: NDArray[np.float64]
    margins: NDArray[np.float32]
    pds: NDArray[np.float64]


def checked(schema: FeatureSchema, target: str, frame: pd.DataFrame) -> Table:
    """The table of a frame. SchemaFault, with counts, where rows do not fit the schema."""
    if target not in frame.columns:
        raise SchemaFault(f"The development table has no target {target}.")
    found = check_table(schema, given_columns(schema, frame))
    if found.faults:
        told = "; ".join(f"{fault.name}: {fault.detail}" for fault in found.faults[:10])
        raise SchemaFault(f"The development table does not fit the schema: {told}")
    return Table(found.columns, frame[target].to_numpy(dtype=np.float64))


def parts_of(split: Split | None, table: Table) -> Parts:
    """All rows are learned from where there is no split."""
    if split is None:
        return Parts(table)
    places = divide(split, table.columns, len(table.defaults))
    return Parts(table.rows(places.train), table.rows(places.validation), table.rows(places.test), places)


def ready(schema: FeatureSchema, parts: Parts, seed: int, way: Way | None = None) -> Ready:
    """Fit the schema's steps on what is learned from, and on nothing else. `way` is what another schema with the same
    inputs and steps has left of that."""
    train = parts.train
    way = way or way_of(schema, train.columns, train.defaults, seed)
    prepared = prepare_features(schema, way, train.defaults, seed)
    learning = Learning(prepared.schema, to_float32(prepared.wide), parts.train.defaults, seed)
    return Ready(
        parts.train.columns,
        prepared,
        learning,
        _apart(prepared.schema, parts.validation),
        _apart(prepared.schema, parts.test),
    )


def fitted(recipe: Recipe, given: Ready) -> Fitted:
    """Calibrated on the validation part where there is one, else on folds."""
    if recipe.settings.family in NEEDS_COMPLETE:
        given.prepared.schema.require_complete()
    if given.validation is None:
        return fit(recipe, given.learning)
    return fit_apart(recipe, given.learning, given.validation)


def write_candidate(
    folder: Path, task: Task, given: Ready, made: Fitted, measured: Mapping[str, float]
) -> str:
    """Every file of a candidate, with what was measured on the way (see `metrics`); returns the artefact's digest."""
    folder.mkdir(exist_ok=True)
    schema = given.prepared.schema
    write_tables(
        folder, Sealing(task.recipe, schema, task.groups, given.columns, given.learning.matrix, made)
    )
    digest = names.write(
        folder,
        estimator=made.name,
        recipe=task.recipe.digest(),
        schema=canonical.sha256((folder / names.TABLES).read_bytes()),
        platform=this_platform(made.name),
    )
    (folder / names.METRICS).write_text(json.dumps(dict(measured), indent=1), encoding="utf-8")
    return digest


def this_platform(estimator: str) -> dict[str, str]:
    """What, besides recipe and data, the bytes of an estimator and its margins may depend on."""
    library = FORMATS[estimator].library
    return {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        library: sys.modules[library].__version__,
        "threads": "1",
    }


def tested(made: Fitted, given: Ready) -> Tested | None:
    """None where no part is kept apart to compare on."""
    if given.test is None:
        return None
    margins = made.estimator.margins(given.test.matrix)
    return Tested(given.test.defaults, margins, made.calibration.probabilities(margins))


def metrics(made: Fitted, given: Ready, test: Tested | None) -> dict[str, float]:
    """What was measured on the way, by the part it was measured on. Of a given estimator nothing is known about which
    rows it had learned."""
    learned = given.learning.defaults
    measured = {
        "development_rows": float(len(learned)),
        "development_default_rate": float(learned.mean()),
        "development_auc": auc(learned, made.margins).value,
        "calibration_intercept": made.calibration.intercept,
        "calibration_slope": made.calibration.slope,
    }
    if made.unseen_margins is None:
        return measured
    if given.validation is None:
        return measured | _of_part("cross_fitted", learned, made.unseen_margins, made.unseen_pds)
    measured |= _of_part("validation", given.validation.defaults, made.unseen_margins, made.unseen_pds)
    return measured | _of_part("test", test.defaults, test.margins, test.pds) if test else measured


def _of_part(
    part: str, defaults: NDArray[np.float64], margins: NDArray[np.float32], pds: NDArray[np.float64]
) -> dict[str, float]:
    told = {
        f"{part}_auc": auc(defaults, margins).value,
        f"{part}_brier": brier(defaults, pds).value,
        f"{part}_log_loss": log_loss(defaults, pds).value,
    }
    return told if part == "cross_fitted" else {f"{part}_rows": float(len(defaults)), **told}


def _apart(schema: FeatureSchema, table: Table | None) -> Apart | None:
    return None if table is None else Apart(matrix(schema, table.columns), table.defaults)
