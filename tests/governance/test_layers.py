"""The picture in docs/architecture.md, held by import-linter, names the apps that are installed; and starting stays light."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "numpy",
    "pandas",
    "scipy",
    "mlflow",
    "xgboost",
    "shap",
    "sklearn",
    "fairlearn",
    "pyarrow",
    "pandera",
)
KERNEL = {"quant", "mrm"}
CLIENT = {"countersign_evaluator"}  # installed by authors, never by the server

IMPORTED_AT_START = f"""
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
import registry.gateway.gate
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def _linter() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def _layers() -> list[str]:
    layers = next(contract for contract in _linter()["contracts"] if contract["id"] == "layers")["layers"]
    return [name.strip() for layer in layers for name in layer.replace("|", ":").split(":")]


def _installed() -> set[str]:
    ours = [
        app.name
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(ROOT) and ".venv" not in app.path
    ]
    return {name.split(".")[0] for name in ours}


def test_every_installed_app_has_a_layer_and_every_layer_is_installed():
    assert {name.split(".")[0] for name in _layers()} - KERNEL - CLIENT == _installed() - KERNEL


def test_the_linter_reads_every_layer():
    assert {name.split(".")[0] for name in _layers()} == set(_linter()["root_packages"])


def test_every_module_of_the_wiring_has_a_layer():
    folder = ROOT / "mrm"
    modules = {path.stem for path in folder.glob("*.py")} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    named = {name.split(".")[1] for name in _layers() if name.startswith("mrm.")}
    assert modules - {"__init__", "settings"} == named


def test_starting_leaves_the_numerical_packages_unimported():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mrm.settings.testing"}
    started = subprocess.run(
        [sys.executable, "-c", IMPORTED_AT_START],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == []
