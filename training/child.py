"""Training in a process of its own: files in, a candidate folder out. No database, no network, no Django."""

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from quant.errors import QuantError
from quant.features import form
from quant.features.check import check_table
from quant.features.frames import given_columns
from quant.features.plain import SchemaFault
from quant.features.precision import to_float32
from quant.features.schema import FeatureSchema
from quant.features.table import Columns
from quant.metrics.brier import brier, log_loss
from quant.metrics.discrimination import auc
from quant.preparation.fit import Prepared, prepare
from quant.reasons import ReasonGroup, check_cover, load_groups
from registry.frames import read_table
from registry.serving import limits
from registry.serving import manifest as names
from registry.serving.estimators import FORMATS
from training import recipes
from training.families import NEEDS_COMPLETE
from training.families.fitting import Learning
from training.fitting import Fitted, fit
from training.given import GivenEstimator, fit_given
from training.sealing import Sealing, write_tables

SPEC, DATA, CANDIDATE = "spec.json", "development.parquet", "candidate"
# An estimator that was trained elsewhere, and the example its author logged with it.
ESTIMATOR, EXAMPLE = "given_estimator", "given_example.json"
# Beside an untrusted estimator the process holds the development part.
_MEMORY_BYTES, _CPU_SECONDS = 6 * 1024**3, 180


class TrainingRefused(Refusal):
    """The recipe, the schema and the data do not go together. Nothing was written."""

    status, code, title = 422, "training-refused", "Training was refused"


@dataclass(frozen=True)
class Task:
    """What spec.json asks for. `forbidden` are the protected columns and proxies of the snapshot."""

    recipe: recipes.Recipe | recipes.Given
    schema: FeatureSchema
    groups: tuple[ReasonGroup, ...]
    target: str
    forbidden: frozenset[str]


def train(folder: Path) -> None:
    """Reads spec.json and development.parquet; writes candidate/ with its manifest and metrics.json.

    spec.json: {"recipe": {…}, "schema": {…}, "reasons": {"groups": […]}, "target": "…", "forbidden": […]}.
    Raises TrainingRefused with a sentence a developer can act on; no value of a row is in it.
    """
    try:
        _train(folder)
    except QuantError as fault:
        raise TrainingRefused(f"Training was refused: {fault}") from None


def take_in(folder: Path) -> None:
    """The same for an estimator that was trained elsewhere (given_estimator, given_example.json), within limits: its
    bytes are read here for the first time. Raises ArtifactRefused as well."""
    limits.limit(limits.Limits(_MEMORY_BYTES, _CPU_SECONDS))
    train(folder)


def _train(folder: Path) -> None:
    task = load_task((folder / SPEC).read_bytes())
    columns, defaults = _data((folder / DATA).read_bytes(), task)
    prepared = prepare(task.schema, columns, defaults, task.recipe.seed)
    matrix = to_float32(prepared.wide)
    fitted = _fitted(task, folder, prepared, defaults)
    candidate = folder / CANDIDATE
    candidate.mkdir(exist_ok=True)
    write_tables(candidate, Sealing(task.recipe, prepared.schema, task.groups, columns, matrix, fitted))
    names.write(
        candidate,
        estimator=fitted.name,
        recipe=task.recipe.digest(),
        schema=canonical.digest(form.dump(prepared.schema)),
        platform=this_platform(fitted.name),
    )
    metrics = _metrics(fitted, defaults)
    (candidate / names.METRICS).write_text(json.dumps(metrics, indent=1), encoding="utf-8")


def _fitted(task: Task, folder: Path, prepared: Prepared, defaults: NDArray[np.float64]) -> Fitted:
    if isinstance(task.recipe, recipes.Recipe):
        if task.recipe.settings.family in NEEDS_COMPLETE:
            prepared.schema.require_complete()
        return fit(
            task.recipe, Learning(prepared.schema, to_float32(prepared.wide), defaults, task.recipe.seed)
        )
    example = folder / EXAMPLE
    given = GivenEstimator(
        (folder / ESTIMATOR).read_bytes(), example.read_bytes() if example.exists() else None
    )
    return fit_given(task.recipe, prepared.schema, prepared.wide, given)


def load_task(content: bytes) -> Task:
    """The task of spec.json. Raises SchemaFault for a declaration that contradicts itself."""
    raw = strict_json.loads(content, max_bytes=names.MAX_TABLE_BYTES)
    schema = form.load(raw["schema"])
    forbidden = frozenset(str(name) for name in raw.get("forbidden", ()))
    schema.refuse_inputs(forbidden | {str(raw["target"])})
    groups = load_groups(raw["reasons"])
    check_cover(groups, schema.feature_names)
    said = raw["recipe"]
    is_given = isinstance(said, dict) and said.get("estimator") == recipes.GIVEN
    recipe = recipes.load_given(said) if is_given else recipes.load(said)
    if is_given:
        # Its author's columns are what they are: nothing is fitted anew for it.
        schema.require_fitted()
    return Task(recipe, schema, groups, str(raw["target"]), forbidden)


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


def _data(content: bytes, task: Task) -> tuple[Columns, NDArray[np.float64]]:
    frame = read_table(content)
    if task.target not in frame.columns:
        raise SchemaFault(f"The development table has no target {task.target}.")
    checked = check_table(task.schema, given_columns(task.schema, frame))
    if checked.faults:
        told = "; ".join(f"{fault.name}: {fault.detail}" for fault in checked.faults[:10])
        raise SchemaFault(f"The development table does not fit the schema: {told}")
    return checked.columns, frame[task.target].to_numpy(dtype=np.float64)


def _metrics(fitted: Fitted, defaults: NDArray[np.float64]) -> dict[str, float]:
    """What was measured on the way. Of a given estimator nothing is known about which rows it had learned."""
    measured = {
        "development_rows": float(len(defaults)),
        "development_default_rate": float(defaults.mean()),
        "development_auc": auc(defaults, fitted.margins).value,
        "calibration_intercept": fitted.calibration.intercept,
        "calibration_slope": fitted.calibration.slope,
    }
    if fitted.unseen_margins is None:
        return measured
    crossed = fitted.unseen_pds
    return measured | {
        "cross_fitted_auc": auc(defaults, fitted.unseen_margins).value,
        "cross_fitted_brier": brier(defaults, crossed).value,
        "cross_fitted_log_loss": log_loss(defaults, crossed).value,
    }
