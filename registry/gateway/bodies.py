"""What the body of an allowed request may say: a table of its own, pure, over parsed JSON.

MLflow takes a field by its own name and by its JSON name (`run_id`, `runId`), so names are compared in one spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mrm.lib.errors import Malformed
from registry.gateway.rules import Rule, RuleRefused

Body = dict[str, Any]  # Any: JSON

PROTECTED_ALIASES: Final = frozenset({"champion", "challenger", "previous-champion"})
GOVERNED_PREFIX: Final = "mrm."
LOGGED_BY: Final = f"{GOVERNED_PREFIX}logged_by"
RUN_ID: Final = re.compile(r"[0-9a-f]{32}")
MODEL_ID: Final = re.compile(r"m-[0-9a-f]{32}")
_NAMES_OF_RUNS: Final = ("run_id", "run_uuid", "source_run_id")
_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


@dataclass(frozen=True)
class Touched:
    """The runs and logged models that a request changes: none of them may be frozen."""

    runs: frozenset[str]
    models: frozenset[str]


@dataclass(frozen=True)
class Source:
    """Where a version's files are said to lie: in the folder of a run or of a logged model. `place` is the path within
    MLflow's files where the source is one."""

    run: str = ""
    model: str = ""
    place: str = ""


def plain_names(body: object) -> Body:
    """The same with every member in the spelling of its own name. Malformed for anything but an object, and for a
    member that stands there in both spellings."""
    if not isinstance(body, dict):
        raise Malformed("The body is a JSON object; nothing else is read here.")
    found: Body = {}
    for name, value in body.items():
        plain = _CAPITAL.sub(r"_\1", name).lower()
        if plain in found:
            raise Malformed(f"The member {plain[:80]!a} stands twice in one object.")
        found[plain] = value
    return found


def refuse_governed_names(body: Body, own: Collection[str] = ()) -> None:
    """Tags, parameters and metrics whose name is ours: in a list of the body, or as the one it sets. `own` are names
    besides those of the prefix."""
    for name in _keys(body):
        plain = _plain(name)
        if plain.startswith(GOVERNED_PREFIX) or plain in map(_plain, own):
            raise RuleRefused(Rule.TAG, f"The name {name[:80]!a}")


def logged_by(body: Body, account: str) -> Body:
    """A new run says whose token made it."""
    return {**body, "tags": [*(body.get("tags") or []), {"key": LOGGED_BY, "value": account}]}


def refuse_place_of_own(body: Body) -> None:
    """Where the files of an experiment lie is the server's to say: any folder that a caller names would be read."""
    if body.get("artifact_location"):
        raise RuleRefused(Rule.PLACE, "An artifact location of one's own")


def refuse_protected_alias(body: Body) -> None:
    alias = _plain(_text(body, "alias"))
    if alias in PROTECTED_ALIASES:
        raise RuleRefused(Rule.ALIAS, f"The alias {alias!a}")


def touched(body: Body, model_id: str = "") -> Touched:
    """What a writing request changes; `model_id` is the one of its address. A metric may name a logged model of its
    own."""
    metrics = [plain_names(metric) for metric in _list(body, "metrics")]
    said = [body, *metrics]
    runs = {_text(each, name) for each in said for name in _NAMES_OF_RUNS}
    models = {_text(each, "model_id") for each in said} | {model_id}
    return Touched(frozenset(runs - {""}), frozenset(models - {""}))


def source_of(body: Body) -> Source:
    """The source of a new version. Raises RuleRefused unless it is spelt as a run, a logged model, or their files."""
    said = _text(body, "source")
    found = _of_run(said) or _of_model(said) or _of_files(said)
    run, model = _text(body, "run_id"), _text(body, "model_id")
    if (
        found is None
        or (found.run and run not in {"", found.run})
        or (found.model and model not in {"", found.model})
    ):
        raise RuleRefused(Rule.SOURCE, f"The source {said[:120]!a}")
    return found


def folder_of(path: str) -> Source:
    """Whose folder a path among MLflow's files lies in. Raises RuleRefused for a path outside all of them."""
    found = _IN_RUN.fullmatch(path) or _IN_MODEL.fullmatch(path)
    if found is None:
        raise RuleRefused(Rule.PLACE, f"The file {path[:120]!a}")
    return Source(**found.groupdict(), place=path)


_EXPERIMENT = r"[0-9]{1,20}"
_IN_RUN: Final = re.compile(rf"{_EXPERIMENT}/(?P<run>{RUN_ID.pattern})/artifacts/.*[^/]")
_IN_MODEL: Final = re.compile(rf"{_EXPERIMENT}/models/(?P<model>{MODEL_ID.pattern})/artifacts/.*[^/]")
_INSIDE = r"(?:/[A-Za-z0-9_\-. ]+)*/?"
_RUNS: Final = re.compile(rf"runs:/(?P<run>{RUN_ID.pattern}){_INSIDE}")
_MODELS: Final = re.compile(rf"models:/(?P<model>{MODEL_ID.pattern})/?")
_FILES: Final = re.compile(rf"mlflow-artifacts:/(?P<place>{_EXPERIMENT}{_INSIDE})")


def _of_run(said: str) -> Source | None:
    found = _RUNS.fullmatch(said)
    return Source(run=found["run"]) if found and not _has_dots(said) else None


def _of_model(said: str) -> Source | None:
    found = _MODELS.fullmatch(said)
    return Source(model=found["model"]) if found else None


def _of_files(said: str) -> Source | None:
    found = _FILES.fullmatch(said)
    if found is None or _has_dots(said):
        return None
    place = found["place"].rstrip("/")
    # The folder itself is a source as well, and a folder is named with something inside it.
    inside = _IN_RUN.fullmatch(f"{place}/.") or _IN_MODEL.fullmatch(f"{place}/.")
    return Source(**inside.groupdict(), place=place) if inside else None


def _has_dots(said: str) -> bool:
    return any(segment in {".", ".."} for segment in said.split("/"))


def _plain(name: str) -> str:
    """What readers may take to be the same name is one."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _keys(body: Body) -> Iterator[str]:
    for each in (
        body,
        *(plain_names(entry) for name in ("tags", "params", "metrics") for entry in _list(body, name)),
    ):
        if key := _text(each, "key"):
            yield key


def _list(body: Body, name: str) -> list[Any]:
    found = body.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Malformed(f"The member {name} is a list.")
    return found


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Malformed(f"The member {name} is a text.")
    return found
