"""Fairness by the bare libraries: see `_battery_plain`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import _battery_sample

# Any throughout: arrays and frames by name.
Told = dict[str, Any]
_MOST, _FOLDS = 25_000, 5


def age_bands(told: Told) -> Any:
    import pandas as pd

    names = ["≤25", "26–35", "36–45", "46–61", "62+"]
    return pd.cut(told["protected"]["AGE"], [0, 25, 35, 45, 61, 200], labels=names)


def both(told: Told) -> Any:
    """Sex and age band of each, a column an attribute."""
    import pandas as pd

    sex = told["protected"]["SEX"].map({1: "male", 2: "female"})
    return pd.DataFrame({"sex": sex, "age": age_bands(told)})


def _named(told: Told) -> None:
    """Once, for all that follow."""
    told["groups"] = both(told)


def _each(told: Told) -> list[Any]:
    return [told["groups"][name] for name in ("sex", "age")]


def approved(told: Told) -> Any:
    return told["pds"] < float(_battery_sample.CUT_OFF)


def selected(told: Told, groups: Any) -> None:
    """How many of each group are approved, in one MetricFrame."""
    from fairlearn.metrics import MetricFrame, count, selection_rate

    decided = approved(told)
    _ = MetricFrame(
        metrics={"n": count, "rate": selection_rate},
        y_true=decided,
        y_pred=decided,
        sensitive_features=groups,
    ).by_group


def _impact(told: Told) -> None:
    for groups in _each(told):
        selected(told, groups)


def _parity(told: Told) -> None:
    from fairlearn.metrics import demographic_parity_difference

    decided = approved(told)
    for groups in _each(told):
        demographic_parity_difference(decided, decided, sensitive_features=groups)


def _odds(told: Told) -> None:
    from fairlearn.metrics import (
        MetricFrame,
        equalized_odds_difference,
        false_positive_rate,
        true_positive_rate,
    )

    repaid, decided = ~told["defaulted"], approved(told)
    for groups in _each(told):
        rates = {"tpr": true_positive_rate, "fpr": false_positive_rate}
        _ = MetricFrame(metrics=rates, y_true=repaid, y_pred=decided, sensitive_features=groups).by_group
        equalized_odds_difference(repaid, decided, sensitive_features=groups)


def _intersections(told: Told) -> None:
    selected(told, told["groups"])


def _by_group(told: Told) -> None:
    """Means and deviations of the PD, outcomes, and both kinds of error, group by group."""
    import pandas as pd

    for groups in _each(told):
        held = pd.DataFrame({"pd": told["pds"], "bad": told["defaulted"], "yes": approved(told)})
        held.groupby(groups, observed=True).agg({"pd": ["mean", "std", "count"], "bad": "sum"})
        pd.crosstab(groups, [held["bad"], held["yes"]])


def _cut_offs(told: Told) -> None:
    import pandas as pd

    for groups in _each(told):
        for cut_off in [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]:
            pd.Series(told["pds"] < cut_off).groupby(groups, observed=True).agg(["sum", "count"])


def _proxies(told: Told) -> None:
    """Each group against the reference, as many rows of each as the battery takes."""
    import numpy as np
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    draw = np.random.default_rng(_battery_sample.SEED)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_battery_sample.SEED)
    for groups, reference in zip(_each(told), ("male", "26–35"), strict=True):
        for name in sorted(set(groups.unique()) - {reference}):
            sides = [np.flatnonzero(groups == each) for each in (name, reference)]
            rows = np.concatenate([draw.choice(side, min(side.size, _MOST), replace=False) for side in sides])
            belongs = (groups == name).to_numpy()[rows]
            inputs = told["frame"].iloc[rows].to_numpy(dtype=np.float64)
            margins = cross_val_predict(_regression(), inputs, belongs, cv=folds, method="decision_function")
            roc_auc_score(belongs, margins)


def _regression() -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    codes = list(range(_battery_sample.CODES))
    numbers = list(range(_battery_sample.CODES, _battery_sample.INPUTS))
    imputer = SimpleImputer(strategy="median", add_indicator=True)
    prepared = ColumnTransformer(
        [
            ("numbers", make_pipeline(imputer, StandardScaler()), numbers),
            ("codes", OneHotEncoder(handle_unknown="ignore", sparse_output=False), codes),
        ]
    )
    return make_pipeline(prepared, LogisticRegression(C=1.0, solver="newton-cholesky"))


BY_FAIRLEARN: dict[str, Callable[[Told], None]] = {
    "adverse_impact": _impact,
    "parity_gap": _parity,
    "odds_gaps": _odds,
    "intersections": _intersections,
}
GROUP_STATISTICS: dict[str, Callable[[Told], None]] = {
    "groups": _named,
    **BY_FAIRLEARN,
    "by_group": _by_group,
    "fairer_cut_off": _cut_offs,
    "proxy_screen": _proxies,
}
