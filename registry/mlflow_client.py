"""The only door to MLflow, the lab book: what was tried stands there, what is governed stands here.

Nothing that comes back from MLflow is believed: files are fetched by known names and bounded sizes, and
their digest is compared with the one written down before MLflow saw them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from mrm.lib.errors import NotFound, Unavailable
from registry.gateway.bodies import GOVERNED_PREFIX, LOGGED_BY, PROTECTED_ALIASES
from registry.serving import manifest as names
from registry.serving.manifest import ArtifactRefused

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient
    from mlflow.models import ModelSignature

FOLDER, NATIVE = "candidate", "estimator"
NUMBER = f"{GOVERNED_PREFIX}version"
TAG_JOB, TAG_ARTIFACT = "mrm.job", "mrm.artifact"
_ANSWER_SECONDS = 3.0
LONGEST_PARAM = 500
_MOST_VERSIONS = 1_000


@dataclass(frozen=True)
class LabRecord:
    """What is logged beside the bytes. `job` finds the run again when an attempt is repeated."""

    experiment: str
    job: str
    artifact_digest: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Example:
    """One synthetic row of the estimator's own columns."""

    columns: tuple[str, ...]
    row: tuple[float, ...]


def log_candidate(*, folder: Path, record: LabRecord, example: Example) -> str:
    """Log a candidate folder and its native model; returns the run's id. A run that an earlier attempt of
    the same job finished is taken as it is. Raises Unavailable when MLflow does not answer."""
    with lab() as client:
        experiment = _experiment(client, record.experiment)
        standing = _finished_run(client, experiment, record)
        return standing or _log(experiment, folder, record, example)


def download_candidate(*, run_id: str, folder: Path) -> Path:
    """Fetch a candidate's files into `folder`. Raises ArtifactRefused for files that are not of our
    format."""
    fetched, candidate = folder / "fetched", folder / FOLDER
    fetched.mkdir()
    candidate.mkdir()
    with lab() as client:
        for name in _listed(client, run_id):
            # Where it puts a file differs between kinds of stores, so the answer is asked and the file
            # copied.
            found = client.download_artifacts(run_id, f"{FOLDER}/{name}", str(fetched))
            shutil.copyfile(found, candidate / name)
    return candidate


def logged_by(run_id: str) -> str:
    """The id of the account whose token made this run through the gate; "" for a run that came in another way. It is
    as good as the gate: who writes to MLflow beside it writes this too. Raises NotFound for a run that is not there,
    and Unavailable when MLflow does not answer."""
    from mlflow.exceptions import MlflowException

    with lab() as client:
        try:
            return str(client.get_run(run_id).data.tags.get(LOGGED_BY, ""))
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                raise NotFound(
                    "MLflow has no run of this id. Look it up there, and name it as it stands."
                ) from None
            raise


@dataclass(frozen=True)
class ShownVersion:
    """One of our versions as MLflow shall show it. A tag of ours that is not named here is taken away there."""

    number: int
    run_id: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class ShownModel:
    """What MLflow shall show of a model; `aliases` name our versions by their numbers."""

    name: str
    versions: tuple[ShownVersion, ...]
    aliases: Mapping[str, int]


def governed_tags() -> frozenset[str]:
    """Names of tags on versions that are ours besides `mrm.*`: the one that says `approved`."""
    return frozenset(filter(None, [settings.MRM_MLFLOW_APPROVAL_TAG]))


def show_model(shown: ShownModel) -> int:
    """Bring MLflow's registered model to this, and return how many things that changed. What else people keep there
    stays. Nothing here ever reads it back to decide anything. Raises Unavailable when MLflow does not answer, or has
    lost the run."""
    with lab() as client:
        aliases, changed = _aliases_of(client, shown.name)
        rows = _registered_versions(client, shown.name)
        standing = _shown_already(shown, rows)
        changed += _disowned(client, shown.name, rows, standing)
        for version in shown.versions:
            if version.number not in standing:
                standing[version.number] = _registered(shown.name, version)
                changed += 1
            changed += _tagged(client, shown.name, standing[version.number], version.tags)
        wanted = {alias: standing[number].version for alias, number in shown.aliases.items()}
        return changed + _aliased(client, shown.name, aliases, wanted)


def _aliases_of(client: MlflowClient, name: str) -> tuple[dict[str, str], int]:
    """The aliases of ours that stand now; and 1 when the model had to be made."""
    from mlflow.exceptions import RestException

    found = client.search_registered_models(f"name = '{name}'", max_results=1)
    if not found:
        with contextlib.suppress(RestException):
            # Another worker may have made it in between.
            client.create_registered_model(name)
        return {}, 1
    return {alias: str(at) for alias, at in found[0].aliases.items() if alias in PROTECTED_ALIASES}, 0


def _registered_versions(client: MlflowClient, name: str) -> list[Any]:
    rows = client.search_model_versions(f"name = '{name}'", max_results=_MOST_VERSIONS)
    return sorted(rows, key=lambda row: int(row.version))


def _shown_already(shown: ShownModel, rows: list[Any]) -> dict[int, Any]:
    """MLflow's versions that are ours, by our number; the first where two workers made one. The run counts and not only
    the tag: below the gate, anybody could have written that."""
    runs = {str(version.number): version.run_id for version in shown.versions}
    found: dict[int, Any] = {}
    for each in rows:
        number = each.tags.get(NUMBER, "")
        if number in runs and each.run_id == runs[number]:
            found.setdefault(int(number), each)
    return found


def _disowned(client: MlflowClient, name: str, rows: list[Any], standing: Mapping[int, Any]) -> int:
    """Nothing but our versions is said to be approved: other tools deploy what the tag names."""
    ours = {each.version for each in standing.values()}
    forged = [
        (row.version, tag)
        for row in rows
        if row.version not in ours
        for tag in row.tags.keys() & governed_tags()
    ]
    for number, tag in forged:
        client.delete_model_version_tag(name, number, tag)
    return len(forged)


def _registered(name: str, version: ShownVersion) -> Any:
    import mlflow

    uri, tags = f"runs:/{version.run_id}/{NATIVE}", {NUMBER: str(version.number)}
    return mlflow.register_model(uri, name, await_registration_for=None, tags=tags)


def _tagged(client: MlflowClient, name: str, version: Any, tags: Mapping[str, str]) -> int:
    own = governed_tags()
    wanted = {**tags, NUMBER: version.tags.get(NUMBER, "")}
    changed = {key: value for key, value in wanted.items() if version.tags.get(key) != value}
    gone = [
        key for key in version.tags if (key.startswith(GOVERNED_PREFIX) or key in own) and key not in wanted
    ]
    for key, value in changed.items():
        client.set_model_version_tag(name, version.version, key, value)
    for key in gone:
        client.delete_model_version_tag(name, version.version, key)
    return len(changed) + len(gone)


def _aliased(client: MlflowClient, name: str, standing: Mapping[str, str], wanted: Mapping[str, str]) -> int:
    gone = standing.keys() - wanted.keys()
    moved = {alias: at for alias, at in wanted.items() if standing.get(alias) != str(at)}
    for alias in gone:
        client.delete_registered_model_alias(name, alias)
    for alias, at in moved.items():
        client.set_registered_model_alias(name, alias, at)
    return len(gone) + len(moved)


@contextlib.contextmanager
def lab() -> Iterator[MlflowClient]:
    """A client of the configured server; every way in which MLflow fails becomes Unavailable."""
    _require_answer(settings.MRM_MLFLOW_URL)
    _bound_the_client()
    import mlflow
    from mlflow.exceptions import MlflowException

    mlflow.set_tracking_uri(settings.MRM_MLFLOW_URL)
    try:
        yield mlflow.MlflowClient(tracking_uri=settings.MRM_MLFLOW_URL)
    except (MlflowException, OSError) as error:
        raise _unavailable(f"It said: {type(error).__name__}.") from error


def _require_answer(url: str) -> None:
    """A server that is down is told within seconds; the client itself would retry for minutes."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_ANSWER_SECONDS).close()
    except OSError:
        raise _unavailable("Nothing listens there.") from None


def _unavailable(how: str) -> Unavailable:
    where = urlsplit(settings.MRM_MLFLOW_URL)
    address = f"{where.scheme}://{where.hostname}:{where.port}" if where.hostname else "its store"
    return Unavailable(
        f"MLflow does not answer at {address}. {how} Nothing governed was lost: start MLflow and ask"
        " again; the same recipe on the same data gives the same artefact."
    )


def _bound_the_client() -> None:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


def _experiment(client: MlflowClient, name: str) -> str:
    standing = client.get_experiment_by_name(name)
    if standing is not None:
        return str(standing.experiment_id)
    return str(client.create_experiment(name, artifact_location=_artifact_location()))


def _artifact_location() -> str | None:
    """A server knows where its files lie; a bare database does not, and would use the working directory."""
    if urlsplit(settings.MRM_MLFLOW_URL).scheme in {"http", "https"}:
        return None
    folder = Path(settings.MRM_VAR_DIR) / "mlflow-artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.as_uri()


def _finished_run(client: MlflowClient, experiment: str, record: LabRecord) -> str | None:
    wanted = f"tags.`{TAG_JOB}` = '{record.job}' and tags.`{TAG_ARTIFACT}` = '{record.artifact_digest}'"
    found = client.search_runs([experiment], f"{wanted} and attributes.status = 'FINISHED'", max_results=1)
    return str(found[0].info.run_id) if found else None


def _log(experiment: str, folder: Path, record: LabRecord, example: Example) -> str:
    import mlflow

    tags = {**record.tags, TAG_JOB: record.job, TAG_ARTIFACT: record.artifact_digest}
    with mlflow.start_run(experiment_id=experiment, tags=tags) as run:
        mlflow.log_params({name: str(value)[:LONGEST_PARAM] for name, value in record.params.items()})
        mlflow.log_metrics(dict(record.metrics))
        mlflow.log_artifacts(str(folder), artifact_path=FOLDER)
        _log_native(folder, example)
        return str(run.info.run_id)


def _log_native(folder: Path, example: Example) -> None:
    """The estimator once more as MLflow's own flavour, where it has one, so that its tools can show and serve it for a
    try."""
    frame = _frame(example)
    tables = [folder / name for name in (names.LINEAR, names.NETWORK) if (folder / name).exists()]
    if tables:
        from mlflow.models import Model

        from registry import lab_flavour

        Model.log(None, lab_flavour, name=NATIVE, file=tables[0], signature=_signature(frame))
        return
    more = {"name": NATIVE, "signature": _signature(frame), "input_example": frame}
    if (folder / names.LIGHTGBM).exists():
        import lightgbm
        import mlflow.lightgbm

        trees = lightgbm.Booster(model_str=(folder / names.LIGHTGBM).read_text(encoding="utf-8"))
        requirements = [f"lightgbm=={lightgbm.__version__}"]
        mlflow.lightgbm.log_model(trees, pip_requirements=requirements, **more)
        return
    import mlflow.xgboost
    import xgboost

    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray((folder / names.XGBOOST).read_bytes()))
    requirements = [f"xgboost=={xgboost.__version__}"]
    mlflow.xgboost.log_model(booster, model_format="ubj", pip_requirements=requirements, **more)


def _frame(example: Example) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([example.row], columns=list(example.columns), dtype="float64")


def _signature(frame: pd.DataFrame) -> ModelSignature:
    import numpy as np
    from mlflow.models import infer_signature

    return infer_signature(frame, np.zeros(1, dtype=np.float32))


def _listed(client: MlflowClient, run_id: str) -> list[str]:
    """The file names of a candidate. Sizes are asked for before a byte is fetched."""
    files: list[Any] = client.list_artifacts(run_id, FOLDER)  # Any: MLflow's FileInfo has no useful types
    if not files:
        raise ArtifactRefused("The run has no candidate folder in MLflow. Train again.")
    found = []
    for entry in files:
        name = Path(str(entry.path)).name
        is_known = name in names.KNOWN_NAMES
        if not is_known or entry.is_dir or int(entry.file_size or 0) > names.largest(name):
            raise ArtifactRefused(
                f"The candidate was refused: MLflow holds {name[:80]!a}, which is not a file of our format."
            )
        found.append(name)
    return found
