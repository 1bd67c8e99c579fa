from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What no author has: the child fails where anything of it is imported.
_ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "rest_framework", "celery", "registry", "accounts", "audit", "training"}:
            raise ImportError(f"{name} is not installed for authors")

sys.meta_path.insert(0, Absent())
"""


@dataclass(frozen=True)
class Author:
    """An author's folder, in which only the wheel stands in front of the locked libraries."""

    folder: Path
    installed: Path
    told: dict[str, Any]

    def environment(self, **more: str) -> dict[str, str]:
        return environment(self.folder, self.installed) | more


def environment(folder: Path, installed: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{folder / 'absent'}:{installed}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "AUTHOR_FOLDER": str(folder),
    }


@pytest.fixture(scope="session")
def backend() -> ModuleType:
    spec = importlib.util.spec_from_file_location("backend", ROOT / "deploy" / "evaluator" / "backend.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def wheel(backend: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return folder / backend.build_wheel(str(folder))


@pytest.fixture(scope="session")
def author(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Author:
    """Every scenario of `author.py`, run once."""
    folder = tmp_path_factory.mktemp("author")
    installed = folder / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    (folder / "absent").mkdir()
    (folder / "absent" / "sitecustomize.py").write_text(_ABSENT)
    program = folder / "program.py"
    program.write_bytes((ROOT / "tests" / "evaluator" / "author.py").read_bytes())
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=folder,
        env=environment(folder, installed),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return Author(folder, installed, json.loads(done.stdout.splitlines()[-1]))
