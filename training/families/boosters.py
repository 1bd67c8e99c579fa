"""XGBoost and LightGBM, on one thread, in their own formats. Declared directions are monotone constraints."""

from __future__ import annotations

from training.families.fitting import Learning
from training.families.settings import LightGBM, XGBoost


def xgboost_bytes(settings: XGBoost, learning: Learning) -> bytes:
    import xgboost

    names = list(learning.schema.feature_names)
    data = xgboost.DMatrix(learning.matrix, label=learning.defaults, feature_names=names, nthread=1)
    booster = xgboost.train(_of_xgboost(settings, learning), data, num_boost_round=settings.rounds)
    return bytes(booster.save_raw(raw_format="ubj"))


def lightgbm_bytes(settings: LightGBM, learning: Learning) -> bytes:
    import lightgbm

    data = lightgbm.Dataset(
        learning.matrix,
        label=learning.defaults,
        feature_name=list(learning.schema.feature_names),
        params={"verbosity": -1},
    )
    booster = lightgbm.train(_of_lightgbm(settings, learning), data, num_boost_round=settings.rounds)
    return str(booster.model_to_string()).encode("utf-8")


def _of_xgboost(settings: XGBoost, learning: Learning) -> dict[str, object]:
    """The parameters as XGBoost takes them."""
    return {
        "objective": "binary:logistic",
        "booster": "gbtree",
        "tree_method": "hist",
        "max_depth": settings.max_depth,
        "eta": float(settings.eta),
        "subsample": float(settings.subsample),
        "colsample_bytree": float(settings.colsample_bytree),
        "min_child_weight": float(settings.min_child_weight),
        "lambda": float(settings.reg_lambda),
        "max_bin": settings.max_bin,
        "nthread": 1,
        "seed": learning.seed,
        "monotone_constraints": "(" + ",".join(map(str, learning.signs)) + ")",
        "verbosity": 0,
    }


def _of_lightgbm(settings: LightGBM, learning: Learning) -> dict[str, object]:
    return {
        "objective": "binary",
        "num_leaves": settings.num_leaves,
        "learning_rate": float(settings.learning_rate),
        "min_data_in_leaf": settings.min_data_in_leaf,
        "bagging_fraction": float(settings.bagging_fraction),
        "bagging_freq": 1 if float(settings.bagging_fraction) < 1.0 else 0,
        "feature_fraction": float(settings.feature_fraction),
        "lambda_l2": float(settings.lambda_l2),
        "monotone_constraints": list(learning.signs),
        "seed": learning.seed,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
