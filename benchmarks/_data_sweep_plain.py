"""The candidates of a sweep as somebody fits them by hand: each way of encoding and filling, each family, a test AUC.
No seal, reasons, calibration, intervals or tests: what a sweep takes beyond this is their price.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

TARGET, DAY, VALIDATION, TEST = "default_12m", "applied_at", "2022-10-01", "2023-01-01"
# Of no use, or written down after the outcome: the declared columns of the sweep do not have them either.
UNREAD = ("customer_id", "as_of", "collection_calls")


def fit(folder: Path) -> None:
    """Reads development.parquet and plain.json; writes plain.txt: for each candidate its AUC on the test part. What is
    filled or encoded once is kept for all that need it, as somebody would."""
    import numpy as np
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    loans = pd.read_parquet(folder / "development.parquet")
    asked = json.loads((folder / "plain.json").read_text())
    day = pd.to_datetime(loans[DAY], format="mixed", dayfirst=True, errors="coerce")
    income = loans["declared_income"].str.replace(r"[^0-9]", "", regex=True)
    loans["declared_income"] = pd.to_numeric(income, errors="coerce")
    train, test = loans[day < VALIDATION], loans[day >= TEST]
    inputs = loans.drop(columns=[TARGET, DAY, *UNREAD])
    amounts = list(inputs.select_dtypes("number").columns)
    labels = [name for name in inputs if name not in amounts]
    filled = [_two(_imputers()[name], train, test, amounts) for name in asked["imputers"]]
    encoded = [_two(_encoders()[name], train, test, labels) for name in asked["encoders"]]
    said = []
    for numbers, words in itertools.product(filled, encoded):
        learned, seen = (np.column_stack(both) for both in zip(numbers, words, strict=True))
        for name, estimator in _estimators().items():
            pds = estimator.fit(learned, train[TARGET]).predict_proba(seen)[:, 1]
            said.append(f"{name} {roc_auc_score(test[TARGET], pds):.4f}\n")
    (folder / "plain.txt").write_text("".join(said))


def _two(
    step: Any, train: Any, test: Any, columns: list[str]
) -> tuple[Any, Any]:  # Any: of scikit-learn, pandas
    """The columns of both parts, fitted on the first."""
    return step.fit_transform(train[columns], train[TARGET]), step.transform(test[columns])


def _imputers() -> dict[str, Any]:
    from sklearn.impute import KNNImputer, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return {
        "median": make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
        "knn": make_pipeline(StandardScaler(), KNNImputer()),
    }


def _log_odds(rates: Any) -> Any:
    from scipy.special import logit

    return logit(rates.clip(0.001, 0.999))


def _encoders() -> dict[str, Any]:
    """A weight of evidence is the target mean on another scale; nobody has it in scikit-learn."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, TargetEncoder

    return {
        "one_hot": OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        "woe": make_pipeline(TargetEncoder(random_state=0), FunctionTransformer(_log_odds)),
        "target_mean": TargetEncoder(random_state=0),
    }


def _estimators() -> dict[str, Any]:  # Any: of three libraries
    """With the usual settings of the families (training/families/settings.py)."""
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from xgboost import XGBClassifier

    return {
        "logistic": LogisticRegression(max_iter=1000),
        "xgboost": XGBClassifier(n_estimators=300, max_depth=3, learning_rate=0.05, min_child_weight=20, n_jobs=1),
        "lightgbm": LGBMClassifier(n_estimators=200, num_leaves=15, min_child_samples=50, n_jobs=1, verbose=-1),
        "gradient-boosting": GradientBoostingClassifier(min_samples_leaf=50, subsample=0.5, n_estimators=150),
        "random-forest": RandomForestClassifier(200, max_depth=8, min_samples_leaf=50, max_features=0.3),
        "neural-network": MLPClassifier(16, alpha=0.001, learning_rate_init=0.003, max_iter=30),
    }  # fmt: skip
