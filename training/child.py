"""Training in a process of its own: files in, a candidate folder out. No database, no network, no Django."""

from pathlib import Path

from mrm.lib.errors import Refusal
from quant.errors import QuantError
from registry.frames import read_table
from registry.serving import limits
from training.fitting import Fitted
from training.given import GivenEstimator, fit_given
from training.making import Ready, checked, fitted, metrics, parts_of, ready, tested, write_candidate
from training.recipes import Recipe
from training.tasks import CANDIDATE, DATA, SPEC, Task, load_task

# An estimator that was trained elsewhere, and the example its author logged with it.
ESTIMATOR, EXAMPLE = "given_estimator", "given_example.json"
# Beside an untrusted estimator the process holds the development part.
_MEMORY_BYTES, _CPU_SECONDS = 6 * 1024**3, 180


class TrainingRefused(Refusal):
    """The recipe, the schema and the data do not go together. Nothing was written."""

    status, code, title = 422, "training-refused", "Training was refused"


def train(folder: Path) -> None:
    """Reads spec.json (see `tasks.task_of`) and development.parquet; writes candidate/ with its manifest and
    metrics.json. Raises TrainingRefused with a sentence a developer can act on; no value of a row is in it.
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
    table = checked(task.schema, task.target, read_table((folder / DATA).read_bytes()))
    given = ready(task.schema, parts_of(task.split, table), task.recipe.seed)
    made = _fitted(task, folder, given)
    write_candidate(folder / CANDIDATE, task, given, made, metrics(made, given, tested(made, given)))


def _fitted(task: Task, folder: Path, given: Ready) -> Fitted:
    if isinstance(task.recipe, Recipe):
        return fitted(task.recipe, given)
    example = folder / EXAMPLE
    elsewhere = GivenEstimator(
        (folder / ESTIMATOR).read_bytes(), example.read_bytes() if example.exists() else None
    )
    return fit_given(task.recipe, given.prepared.schema, given.prepared.wide, elsewhere)
