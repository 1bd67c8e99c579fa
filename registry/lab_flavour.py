"""What MLflow is told of an estimator that none of its own flavours reads: a table of ours, with its signature. Its
pages show it; it is served here only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FLAVOUR = "countersign"


def save_model(path: str, mlflow_model: Any, *, file: Path, signature: Any) -> None:
    """Called by `mlflow.models.Model.log`. Any: MLflow's model and signature."""
    folder = Path(path)
    folder.mkdir(parents=True)
    (folder / file.name).write_bytes(file.read_bytes())
    mlflow_model.signature = signature
    mlflow_model.add_flavor(FLAVOUR, data=file.name)
    mlflow_model.save(str(folder / "MLmodel"))
