"""The evaluator as MLflow sees it: `mlflow.models.evaluate(..., evaluators=["countersign"])`.

Only MLflow loads this module, by its entry point; everything else is imported when it is asked.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.models.evaluation.artifacts import CsvEvaluationArtifact, JsonEvaluationArtifact
from mlflow.models.evaluation.base import EvaluationResult, ModelEvaluator
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE

if TYPE_CHECKING:
    from countersign_evaluator.report import Report

FILE, TABLE = "countersign/checks.json", "countersign/checks.csv"
_OURS = ("quant", "validation", "mrm")


class CountersignEvaluator(ModelEvaluator):
    """Judges an author's classifier by a standard of Countersign."""

    @classmethod
    def can_evaluate(cls, *, model_type: str, evaluator_config: dict[str, Any], **_later: object) -> bool:
        """Only where a standard is named: MLflow also asks whoever is installed when nobody is named."""
        return model_type == "classifier" and "standard" in (evaluator_config or {})

    def evaluate(  # noqa: PLR0913 (MLflow's signature)
        self,
        *,
        model_type: str,  # noqa: ARG002
        dataset: Any,
        run_id: str,
        evaluator_config: dict[str, Any],
        model: Any = None,
        predictions: str | None = None,
        **_later: object,
    ) -> EvaluationResult:
        """Measures first and logs last, so that a refusal leaves nothing of it in the run."""
        _require_ours()
        made = _report(dataset, evaluator_config, model, predictions)
        return _log(made, run_id)


def _require_ours() -> None:
    """These names are not rare: another package in front of ours would judge, or break, in our name."""
    root = Path(__file__).resolve().parents[1]
    for name in _OURS:
        spec = find_spec(name)
        found = None if spec is None or spec.origin is None else Path(spec.origin).resolve()
        if found != root / name / "__init__.py":
            raise _refused(
                f"Cannot run Countersign's checks: the name {name} leads to {found}, which is not"
                " Countersign's. Run from another folder, or rename yours."
            )


def _report(dataset: Any, config: dict[str, Any], model: Any, predictions: str | None) -> Report:
    import pandas as pd

    from countersign_evaluator.asked import ask
    from countersign_evaluator.report import report
    from countersign_evaluator.rows import sample_of
    from mrm.lib.errors import Refusal
    from quant.errors import QuantError

    def predict(table: pd.DataFrame) -> Any:
        return _chosen(model.predict(table), predictions)

    if not isinstance(dataset.features_data, pd.DataFrame):
        raise _refused("Cannot run Countersign's checks: pass data as a DataFrame, as checks name columns.")
    if model is None and dataset.predictions_data is None:
        raise _refused("Cannot run Countersign's checks: pass a model, or predictions= with a column of PDs.")
    try:
        asked = ask(config)
        sample = sample_of(
            asked,
            table=dataset.features_data,
            target=dataset.labels_data,
            predicted=dataset.predictions_data,
            predict=None if model is None else predict,
        )
        return report(sample, asked.standard)
    except (QuantError, Refusal) as refusal:
        raise _refused(str(refusal)) from refusal


def _chosen(predicted: Any, column: str | None) -> Any:
    import pandas as pd

    if not isinstance(predicted, pd.DataFrame) or column is None:
        return predicted
    if column not in predicted.columns:
        raise _refused(f"Cannot use the predictions: the model returns no column {column}.")
    return predicted[column]


def _log(made: Report, run_id: str) -> EvaluationResult:
    import pandas as pd

    table, metrics = pd.DataFrame(made.lines()), made.metrics()
    client = MlflowClient()
    client.log_text(run_id, made.content(), FILE)
    client.log_text(run_id, table.to_csv(index=False), TABLE)
    mlflow.log_metrics(metrics, run_id=run_id)
    artifacts = {
        "countersign/checks": JsonEvaluationArtifact(mlflow.get_artifact_uri(FILE), made.plain()),  # type: ignore[no-untyped-call]
        "countersign/table": CsvEvaluationArtifact(mlflow.get_artifact_uri(TABLE), table),  # type: ignore[no-untyped-call]
    }
    return EvaluationResult(metrics, artifacts, run_id)  # type: ignore[no-untyped-call]


def _refused(message: str) -> MlflowException:
    return MlflowException(message, error_code=INVALID_PARAMETER_VALUE)
