"""A data scientist's own notebook: an estimator trained outside, logged with the stock client."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry import decision_policies, reason_dictionaries, snapshots, submissions
from registry.submissions import Submission
from tests.registry import built

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("LIMIT_BAL", "PAY_0", "PAY_2", "BILL_AMT1", "PAY_AMT1")


def table(actor: object, snapshot: object, columns: tuple[str, ...] = COLUMNS) -> tuple[pd.DataFrame, Any]:
    frame = snapshots.read_development(actor=actor, snapshot=snapshot).frame()
    return frame[list(columns)].astype("float64"), frame[snapshot.declaration["target"]]


def trained(data: pd.DataFrame, target: Any, **more: Any) -> Any:
    import xgboost

    settings = {"objective": "binary:logistic", "max_depth": 3, "nthread": 1, **more}
    return xgboost.train(settings, xgboost.DMatrix(data, label=target), num_boost_round=25)


def trained_by_lightgbm(data: pd.DataFrame, target: Any, **more: Any) -> Any:
    import lightgbm

    settings = {"objective": "binary", "num_leaves": 7, "num_threads": 1, "verbosity": -1, **more}
    return lightgbm.train(settings, lightgbm.Dataset(data, target), num_boost_round=25)


def logged(
    booster: Any,
    data: pd.DataFrame,
    *,
    files: dict[str, Any] | None = None,
    with_signature: bool = True,
    with_example: bool = True,
    **more: Any,
) -> Any:
    """(the model's id, its run's id); `files` are tables logged beside the model."""
    import mlflow
    import mlflow.lightgbm
    import mlflow.xgboost
    import xgboost
    from django.conf import settings
    from mlflow.models import infer_signature

    mlflow.set_tracking_uri(settings.MRM_MLFLOW_URL)
    if mlflow.get_experiment_by_name("notebook") is None:
        # A bare database would keep the files in the working directory; a server knows where its files lie.
        folder = (
            None if settings.MRM_MLFLOW_URL.startswith("http") else Path(settings.MRM_VAR_DIR) / "notebook"
        )
        mlflow.create_experiment("notebook", artifact_location=folder and folder.as_uri())
    mlflow.set_experiment("notebook")
    is_xgboost = isinstance(booster, xgboost.Booster)
    flavour = mlflow.xgboost if is_xgboost else mlflow.lightgbm
    signature = None
    if with_signature:
        signature = infer_signature(data, booster.predict(xgboost.DMatrix(data) if is_xgboost else data))
    with mlflow.start_run() as run:
        for path, content in (files or {}).items():
            mlflow.log_dict(content, path)
        made = flavour.log_model(
            booster,
            name="notebook",
            signature=signature,
            input_example=data.head(1) if with_example else None,
            pip_requirements=["xgboost" if is_xgboost else "lightgbm"],
            **more,
        )
        return made.model_id, run.info.run_id


def reasons(columns: tuple[str, ...] = COLUMNS) -> dict[str, Any]:
    """Words for each column alone, and for the rules of the demo's policy."""
    words = built.demo_json("reasons.json")
    texts = words["reasons"][0]["texts"]
    own = [
        {"key": name.lower(), "code": f"E{place:02}", "texts": texts} for place, name in enumerate(columns)
    ]
    return words | {"reasons": words["reasons"] + own}


def submission(cast: Any, risk_model: Any, snapshot: Any, uri: str, **more: Any) -> Submission:
    proposed = decision_policies.propose_policy(
        actor=cast.dana, risk_model=risk_model, rules=built.demo_json("policy_v1.json")
    )
    dictionary = reason_dictionaries.propose_dictionary(
        actor=cast.dana, risk_model=risk_model, reasons=reasons()
    )
    return Submission(risk_model, uri, snapshot, proposed.policy, dictionary.dictionary, **more)


def submitted(cast: Any, risk_model: Any, snapshot: Any, uri: str, work: Any, **more: Any) -> Any:
    """The job, done."""
    submissions.request_submission(
        actor=cast.dana, submission=submission(cast, risk_model, snapshot, uri, **more)
    )
    (job,) = work()
    return job
