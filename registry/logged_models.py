"""Models that people logged in MLflow: which there are, what they consist of, and the bytes of an estimator. Whatever
comes from there is bounded, is read as plain data, and is believed only where nothing depends on it."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mrm.lib.errors import FieldError, Invalid, NotFound
from registry import mlmodel
from registry.gateway.bodies import MODEL_ID, RUN_ID
from registry.mlflow_client import lab, logged_by
from registry.serving import manifest as names
from registry.serving.manifest import ArtifactRefused

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel as MlflowModel
    from mlflow.store.artifact.artifact_repo import ArtifactRepository

# Where an author may declare, beside the run, how applications become the columns of the estimator.
TABLES: Final = "countersign/tables.json"
REASONS: Final = "countersign/reasons.json"
_MOST_FILES, _MOST_EXPERIMENTS = 200, 500
_NAME = r"[A-Za-z0-9_\-. ]{1,120}"
_FORMS: Final = (
    re.compile(rf"models:/(?P<model>{MODEL_ID.pattern})"),
    re.compile(rf"models:/(?P<registered>{_NAME})/(?P<version>[0-9]{{1,9}})"),
    re.compile(rf"runs:/(?P<run>{RUN_ID.pattern})/(?P<name>{_NAME})"),
)


@dataclass(frozen=True)
class LoggedModel:
    """One model as MLflow lists it. `logged_by` is the id of the account whose token the gate saw, "" where the run did
    not come through it."""

    model_id: str
    run_id: str
    name: str
    experiment: str
    logged_at: dt.datetime
    logged_by: str = ""

    @property
    def uri(self) -> str:
        return f"models:/{self.model_id}"


@dataclass(frozen=True)
class Contents:
    """What lies in a model, without its estimator; `declared` holds the author's tables by their path, as bytes."""

    described: mlmodel.Described
    files: Mapping[str, int]
    declared: Mapping[str, bytes]


def recent_models(limit: int) -> list[LoggedModel]:
    """The newest models of all experiments. The name of who logged one is not asked for here."""
    with lab() as client:
        experiments = {
            each.experiment_id: each.name for each in client.search_experiments(max_results=_MOST_EXPERIMENTS)
        }
        newest = [{"field_name": "creation_timestamp", "ascending": False}]
        found = client.search_logged_models(list(experiments), max_results=limit, order_by=newest)
        return [_listed(each, experiments.get(each.experiment_id, "")) for each in found]


def find_model(uri: str) -> LoggedModel:
    """The model that a URI means now: `models:/m-…`, `models:/NAME/VERSION` or `runs:/RUN/NAME`. Raises Invalid for
    another form, NotFound where there is none."""
    parts = parse(uri)
    with lab() as client:
        model = client.get_logged_model(_model_id(client, uri, parts))
        experiment = client.get_experiment(model.experiment_id).name
    who = logged_by(model.source_run_id) if model.source_run_id else ""
    return replace(_listed(model, experiment), logged_by=who)


def contents_of(model: LoggedModel) -> Contents:
    """The names and sizes of its files, its description and the tables that its author declared."""
    with lab() as client, _scratch() as folder:
        store = _store(client, model)
        files = dict(_files(store, "", _MOST_FILES))
        description = b""
        if 0 < files.get(mlmodel.DESCRIPTION, 0) <= mlmodel.MAX_DESCRIPTION_BYTES:
            description = _read(store, mlmodel.DESCRIPTION, folder, mlmodel.MAX_DESCRIPTION_BYTES)
        return Contents(mlmodel.describe(files, description), files, _declared(client, model, folder))


def fetch_file(model: LoggedModel, name: str, limit: int) -> bytes:
    """One file of a model. ArtifactRefused where it is larger than `limit` bytes."""
    with lab() as client, _scratch() as folder:
        store = _store(client, model)
        sizes = dict(_files(store, "", _MOST_FILES))
        if not 0 < sizes.get(name, 0) <= limit:
            raise ArtifactRefused(f"MLflow holds no {name} of 1 to {limit} bytes in {model.uri}.")
        return _read(store, name, folder, limit)


def parse(uri: str) -> Mapping[str, str]:
    for form in _FORMS:
        if found := form.fullmatch(uri):
            return found.groupdict()
    raise _unusable(
        "Name the model as models:/m-…, as models:/NAME/VERSION or as runs:/RUN/NAME. No alias is taken: it may move."
    )


def _unusable(detail: str) -> Invalid:
    return Invalid("This is no model that can be registered.", [FieldError("/mlflow_uri", "uri", detail)])


def _model_id(client: MlflowClient, uri: str, parts: Mapping[str, str]) -> str:
    from mlflow.exceptions import MlflowException

    try:
        if model := parts.get("model"):
            return str(client.get_logged_model(model).model_id)
        if registered := parts.get("registered"):
            found = client.get_model_version(registered, parts["version"]).model_id
            return str(found) if found else _of_no_model(uri)
        return _of_run(client, uri, parts)
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            raise NotFound(f"MLflow knows no model {uri[:120]!a}.") from None
        raise


def _of_run(client: MlflowClient, uri: str, parts: Mapping[str, str]) -> str:
    """The model of that name in a run, the newest where it was logged again."""
    run = client.get_run(parts["run"])
    rows = client.search_logged_models(
        [run.info.experiment_id], filter_string=f"source_run_id = '{parts['run']}'", max_results=_MOST_FILES
    )
    named = [row for row in rows if row.name == parts["name"]]
    return str(max(named, key=lambda row: row.creation_timestamp).model_id) if named else _of_no_model(uri)


def _of_no_model(uri: str) -> str:
    raise NotFound(
        f"MLflow has no logged model at {uri[:120]!a}. Log it with mlflow.xgboost.log_model of MLflow 3."
    )


def _listed(model: MlflowModel, experiment: str) -> LoggedModel:
    logged_at = dt.datetime.fromtimestamp(model.creation_timestamp / 1000, tz=dt.UTC)
    return LoggedModel(model.model_id, model.source_run_id or "", model.name, experiment, logged_at)


def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="logged-")


def _store(client: MlflowClient, model: LoggedModel) -> ArtifactRepository:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    return get_artifact_repository(client.get_logged_model(model.model_id).artifact_location)


def _files(store: ArtifactRepository, folder: str, most: int) -> Iterator[tuple[str, int]]:
    """Paths and sizes of all files, folders opened; no more than `most`."""
    waiting, found = [folder], 0
    while waiting:
        for entry in store.list_artifacts(waiting.pop() or None):
            found += 1
            if found > most:
                raise ArtifactRefused(f"The model has more than {most} files.")
            if entry.is_dir:
                waiting.append(entry.path)
            else:
                yield entry.path, int(entry.file_size or 0)


def _declared(client: MlflowClient, model: LoggedModel, folder: str) -> dict[str, bytes]:
    if not model.run_id:
        return {}
    listed: list[Any] = client.list_artifacts(
        model.run_id, "countersign"
    )  # Any: MLflow's FileInfo has no useful types
    sizes = {str(entry.path): int(entry.file_size or 0) for entry in listed if not entry.is_dir}
    wanted = [path for path in (TABLES, REASONS) if path in sizes]
    too_large = [path for path in wanted if sizes[path] > names.MAX_TABLE_BYTES]
    if too_large:
        raise ArtifactRefused(f"{too_large[0]} has more than {names.MAX_TABLE_BYTES} bytes.")
    return {
        path: _bytes(Path(client.download_artifacts(model.run_id, path, folder)), names.MAX_TABLE_BYTES)
        for path in wanted
    }


def _read(store: ArtifactRepository, path: str, folder: str, limit: int) -> bytes:
    found: str = store.download_artifacts(path, folder)  # type: ignore[no-untyped-call]  # MLflow has no types here
    return _bytes(Path(found), limit)


def _bytes(path: Path, limit: int) -> bytes:
    """A file may have grown since it was listed."""
    with path.open("rb") as source:
        content = source.read(limit + 1)
    if len(content) > limit:
        raise ArtifactRefused(f"MLflow's file {path.name[:80]!a} has more than {limit} bytes.")
    return content
