"""The candidates of a sweep as somebody fits them by hand: a pipeline for each family, its settings, a test AUC.
No seal, reasons, calibration, intervals or tests: what a sweep takes beyond this is their price.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

TARGET, DAY, VALIDATION, TEST = "default_12m", "applied_at", "2022-10-01", "2023-01-01"
# Of no use, or written down after the outcome: the declared columns of the sweep do not have them either.
UNREAD = ("customer_id", "as_of", "collection_calls")


def fit(folder: Path) -> None:
    """Reads development.parquet; writes plain.txt: for each family its AUC on the test part."""
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    loans = pd.read_parquet(folder / "development.parquet")
    day = pd.to_datetime(loans[DAY], format="mixed", dayfirst=True, errors="coerce")
    income = loans["declared_income"].str.replace(r"[^0-9]", "", regex=True)
    loans["declared_income"] = pd.to_numeric(income, errors="coerce")
    train, test = loans[day < VALIDATION], loans[day >= TEST]
    inputs = loans.drop(columns=[TARGET, DAY, *UNREAD])
    amounts = list(inputs.select_dtypes("number").columns)
    filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    known = OneHotEncoder(handle_unknown="ignore")
    said = []
    for name, estimator in _estimators().items():
        columns = ColumnTransformer([("amounts", filled, amounts)], remainder=known)
        made = make_pipeline(columns, estimator)
        made.fit(train[inputs.columns], train[TARGET])
        pds = made.predict_proba(test[inputs.columns])[:, 1]
        said.append(f"{name} {roc_auc_score(test[TARGET], pds):.4f}\n")
    (folder / "plain.txt").write_text("".join(said))


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
