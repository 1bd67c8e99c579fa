"""What a logged model says of itself: the names of its files and its description `MLmodel`. Pure and unbelieving: the
files named here are never loaded by it, and whatever could run code is a fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

DESCRIPTION: Final = "MLmodel"
EXAMPLE: Final = "input_example.json"
MAX_DESCRIPTION_BYTES: Final = 256 * 1024
# The flavours that are taken: the file of a booster that each writes, which is also its name in an artefact.
_FILES: Final = {"lightgbm": "model.lgb", "xgboost": "model.ubj"}
_KNOWN: Final = frozenset(
    {
        DESCRIPTION,
        EXAMPLE,
        "serving_input_example.json",
        "conda.yaml",
        "python_env.yaml",
        "requirements.txt",
        "environment_variables.txt",
    }
)
_NUMERIC: Final = frozenset({"double", "float", "long", "integer", "boolean"})
_MOST_COLUMNS: Final = 500
HOW_TO: Final = (
    'Log the booster alone: mlflow.xgboost.log_model(booster, name="model", model_format="ubj", signature=…,'
    " input_example=…), or mlflow.lightgbm.log_model likewise, without model_format. Of XGBClassifier, also as the last"
    " step of a pipeline, the booster is model.get_booster(), of LGBMClassifier model.booster_; what the steps before"
    " it do is declared in countersign/tables.json."
)

_NO_EXAMPLE: Final = (
    "It has no input example, so nothing can be replayed: log it with input_example=…, one made-up row."
)


@dataclass(frozen=True)
class Described:
    """`columns` are those of the signature, in the order of the estimator, whose file is `estimator`, "" where there is
    none that is taken. Faults are sentences: why it is not taken,
    and what to do."""

    columns: tuple[str, ...]
    estimator: str
    format_faults: tuple[str, ...]
    signature_faults: tuple[str, ...]
    example_faults: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        return (*self.format_faults, *self.signature_faults, *self.example_faults)


def describe(files: Mapping[str, int], description: bytes) -> Described:
    """`files` are the paths of the model's files with their sizes in bytes. Never raises: what cannot be read is a
    fault."""
    said = _members(description)
    columns, fault = _columns(said)
    return Described(
        columns,
        _FILES.get(_flavour(said), ""),
        format_faults=tuple(dict.fromkeys([*_strange(said, files), *_unsafe(said), *_format(said, files)])),
        signature_faults=(fault,) if fault else (),
        example_faults=() if EXAMPLE in files else (_NO_EXAMPLE,),
    )


def _flavour(said: Mapping[str, Any]) -> str:
    """The one library that is taken from; "" where there is none or more than one."""
    found = [name for name in _FILES if name in _mapping(said.get("flavors"))]
    return found[0] if len(found) == 1 else ""


def _members(description: bytes) -> dict[str, Any]:
    if len(description) > MAX_DESCRIPTION_BYTES:
        return {}
    try:
        # The safe loader makes plain values only: a tag that names a Python object is an error.
        said = yaml.safe_load(description)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _strange(said: Mapping[str, Any], files: Mapping[str, int]) -> list[str]:
    strangers = sorted(files.keys() - _KNOWN - {_FILES.get(_flavour(said), "")})
    if not strangers:
        return []
    named = ", ".join(f"{name[:60]!a}" for name in strangers[:5])
    return [
        f"It has files that are never loaded here: {named}. No pickle, joblib, cloudpickle, skops or code is. {HOW_TO}"
    ]


def _unsafe(said: Mapping[str, Any]) -> list[str]:
    """Whatever MLflow would run when it loads the model."""
    flavours, flavour = _mapping(said.get("flavors")), _flavour(said)
    function, native = _mapping(flavours.get("python_function")), _mapping(flavours.get(flavour))
    faults = []
    foreign = sorted(str(name)[:40] for name in flavours if name not in {"python_function", flavour})
    if foreign or (flavours and not native):
        named = ", ".join(foreign) or "python_function alone"
        faults.append(
            f"It is kept as {named}, which is loaded by running code of its own. Native XGBoost and LightGBM are taken."
            f" {HOW_TO}"
        )
    loader = function.get("loader_module", f"mlflow.{flavour}")
    if loader != f"mlflow.{flavour}":
        named = f" ({loader[:80]!a})" if isinstance(loader, str) else ""
        faults.append(f"It names a loader module of its own{named}: none is run. {HOW_TO}")
    if any(place.get("code") for place in (function, native)):
        faults.append(f"It carries code (code_paths): none is run. {HOW_TO}")
    if any(name in function for name in ("python_model", "artifacts", "model_code_path", "config")):
        faults.append(f"It is a Python model of its own: none is run. {HOW_TO}")
    return faults


def _format(said: Mapping[str, Any], files: Mapping[str, int]) -> list[str]:
    if not _mapping(said.get("flavors")):
        return [f"It has no description {DESCRIPTION} that can be read. {HOW_TO}"]
    flavour = _flavour(said)
    native, file = _mapping(_mapping(said.get("flavors")).get(flavour)), _FILES.get(flavour, "")
    is_taken = native.get("data") == file and native.get("model_format", "ubj") == "ubj"
    if not native or (is_taken and file in files):
        return []
    if flavour == "xgboost":
        return [f'Its estimator is not in UBJSON: log it with model_format="ubj", which gives {file}.']
    return [f"Its estimator is not a booster in LightGBM's text, which gives {file}. {HOW_TO}"]


def _columns(said: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """The signature's columns, or what is wrong with it."""
    signature = _mapping(said.get("signature"))
    if not signature.get("inputs"):
        return (
            (),
            "It has no signature, so nobody knows its columns: log it with signature=infer_signature(…).",
        )
    try:
        entries = json.loads(signature["inputs"])
        named = [(str(entry["name"]), str(entry["type"])) for entry in entries]
    except (TypeError, ValueError, KeyError, RecursionError):
        return (), "Its signature names no columns: infer it from a table with named columns."
    if not 0 < len(named) <= _MOST_COLUMNS or len({name for name, _ in named}) != len(named):
        return (), f"Its signature has 1 to {_MOST_COLUMNS} columns, each once."
    others = [name for name, kind in named if kind not in _NUMERIC]
    if others:
        told = ", ".join(f"{name[:40]!a}" for name in others[:5])
        return (), (
            f"Its signature has columns that are no numbers ({told}). An estimator here reads numbers; how text and"
            " categories become numbers is declared in countersign/tables.json."
        )
    return tuple(name for name, _ in named), ""


def _mapping(value: Any) -> Mapping[str, Any]:  # Any: parsed YAML
    return value if isinstance(value, dict) else {}
