"""What MLflow holds, asked over its wire without its client: answers are bounded in size and time, and whatever is in
them is only compared, never loaded."""

from __future__ import annotations

import contextlib
import hashlib
import http
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from registry.gateway.upstream import Outgoing, Said, Upstream, UpstreamFailed

_API = "/api/2.0/mlflow"
_NOT_THERE = "RESOURCE_DOES_NOT_EXIST"
_MOST_VERSIONS = "1000"
# No score waits for this, but a worker does: a server that hangs shall not keep it.
PATIENCE_SECONDS = 5.0
FILE_SECONDS = 20.0
Json = dict[str, Any]  # Any: JSON as MLflow wrote it


@dataclass(frozen=True)
class HeldRun:
    """`metrics` are numbers in their shortest text; `models` are the ids of the models that it logged."""

    is_deleted: bool
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Mapping[str, str]
    models: tuple[str, ...]


@dataclass(frozen=True)
class HeldVersion:
    """`number` is MLflow's own."""

    number: str
    run_id: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class HeldModel:
    """A registered model. `aliases` name its versions by MLflow's numbers."""

    versions: tuple[HeldVersion, ...]
    aliases: Mapping[str, str]


class LabBook:
    """Every question raises UpstreamFailed when MLflow gives no answer that can be read: that is no difference."""

    def __init__(self, url: str) -> None:
        self._mlflow = Upstream(url, answer_seconds=PATIENCE_SECONDS)

    def run(self, run_id: str) -> HeldRun | None:
        """The run, None where MLflow knows none of this id."""
        said = self._asked(f"{_API}/runs/get", {"run_id": run_id})
        if said is None:
            return None
        with _as_expected():
            run = said["run"]
            data, outputs = run.get("data", {}), run.get("outputs", {}).get("model_outputs", [])
            return HeldRun(
                is_deleted=run["info"]["lifecycle_stage"] != "active",
                tags=_pairs(data.get("tags", [])),
                params=_pairs(data.get("params", [])),
                metrics={each["key"]: repr(float(each["value"])) for each in data.get("metrics", [])},
                models=tuple(str(each["model_id"]) for each in outputs),
            )

    def files(self, run_id: str, folder: str) -> dict[str, int]:
        """The names in a folder of a run with their sizes; -1 for what is no file."""
        said = self._asked(f"{_API}/artifacts/list", {"run_id": run_id, "path": folder}) or {}
        with _as_expected():
            return {
                str(each["path"]).rpartition("/")[2]: -1
                if each.get("is_dir")
                else int(each.get("file_size", 0))
                for each in said.get("files", [])
            }

    def file(self, run_id: str, path: str, size: int) -> str:
        """SHA-256 of a file, of one byte more than `size` where it is longer; "" where there is none."""
        return self._digest("/get-artifact", {"run_id": run_id, "path": path}, size)

    def models_named(self, run: HeldRun, name: str) -> tuple[str, ...]:
        """Those logged models of a run that have this name."""
        return tuple(each for each in run.models if self._name_of(each) == name)

    def file_of_model(self, model_id: str, path: str, size: int) -> str:
        """As `file`, of a logged model."""
        address = f"/ajax-api/2.0/mlflow/logged-models/{quote(model_id, safe='')}/artifacts/files"
        return self._digest(address, {"artifact_file_path": path}, size)

    def registered(self, name: str) -> HeldModel:
        """The registered model of this name, without anything where there is none."""
        said = self._asked(f"{_API}/registered-models/get", {"name": name})
        if said is None:
            return HeldModel((), {})
        asked = {"filter": f"name='{name}'", "max_results": _MOST_VERSIONS}
        found = self._asked(f"{_API}/model-versions/search", asked) or {}
        with _as_expected():
            aliases = {
                each["alias"]: str(each["version"]) for each in said["registered_model"].get("aliases", [])
            }
            versions = tuple(
                HeldVersion(str(each["version"]), str(each.get("run_id", "")), _pairs(each.get("tags", [])))
                for each in found.get("model_versions", [])
            )
            return HeldModel(tuple(sorted(versions, key=lambda held: int(held.number))), aliases)

    def _name_of(self, model_id: str) -> str:
        said = self._asked(f"{_API}/logged-models/{quote(model_id, safe='')}", {})
        with _as_expected():
            return "" if said is None else str(said["model"]["info"].get("name", ""))

    def _asked(self, path: str, query: dict[str, str]) -> Json | None:
        """None where MLflow itself says that there is no such thing; any other refusal is no answer."""
        said = self._mlflow.ask(path, query)
        if said.status == http.HTTPStatus.OK and isinstance(said.value, dict):
            return said.value
        if _is_not_there(said):
            return None
        raise UpstreamFailed(f"it refuses a question with {said.status}")

    def _digest(self, path: str, query: dict[str, str], size: int) -> str:
        answer = self._mlflow.send(Outgoing("GET", f"{path}?{urlencode(query)}"))
        try:
            if answer.status == http.HTTPStatus.NOT_FOUND:
                return ""
            if answer.status != http.HTTPStatus.OK:
                raise UpstreamFailed(f"it refuses a file with {answer.status}")
            return _sha256(answer.body, size + 1)
        finally:
            # What was not read to its end is cut off.
            if isinstance(answer.body, Generator):
                answer.body.close()


def _sha256(body: Iterator[bytes], most: int) -> str:
    digest, left, until = hashlib.sha256(), most, time.monotonic() + FILE_SECONDS
    for piece in body:
        digest.update(piece[:left])
        left -= len(piece[:left])
        if not left:
            break
        if time.monotonic() > until:
            raise UpstreamFailed("it takes too long for a file")
    return digest.hexdigest()


def _is_not_there(said: Said) -> bool:
    """Only in MLflow's own words: another server at its address would say 404 to everything."""
    is_missing = said.status == http.HTTPStatus.NOT_FOUND
    return is_missing and isinstance(said.value, dict) and said.value.get("error_code") == _NOT_THERE


def _pairs(rows: list[Json]) -> dict[str, str]:
    return {str(each["key"]): str(each.get("value", "")) for each in rows}


@contextlib.contextmanager
def _as_expected() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UpstreamFailed("its answer has another form than MLflow gives it") from None
