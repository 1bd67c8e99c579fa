"""Proxy screen: how well what the model reads tells an attribute that it must not read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Floats, Labels, labels, numbers, require_same_length
from quant.errors import NotMeasurable
from quant.fairness.groups import Comparison, require_reference
from quant.metrics.discrimination import Auc, auc

FOLDS = 5
PENALTY = 1.0
"""C of scikit-learn, on standardised columns: its default, stated because the AUC depends on it."""
MOST_OF_A_SIDE = 25_000
"""At most so many members of each side are drawn: DeLong's error is below .003 from there on."""


@dataclass(frozen=True, slots=True)
class ProxyScreen:
    """Out-of-fold AUC of telling the group from the reference. None where a side has fewer members than folds.

    n and n_reference are those in the sample; at most MOST_OF_A_SIDE of each were used.
    """

    group: str
    area: Auc | None
    n: int
    n_reference: int
    is_sufficient: bool


def proxy_screens(
    inputs: Mapping[str, npt.ArrayLike],
    groups: npt.ArrayLike,
    *,
    categories: Collection[str],
    comparison: Comparison,
    seed: int,
) -> tuple[ProxyScreen, ...]:
    """One group against the reference at a time, by a logistic regression with an L2 penalty, FOLDS seeded folds.

    inputs: (n,) numbers by name, NaN = missing (the median of the fold, with a flag); those named in `categories`
    become one column per code. groups: (n,) names. The interval is DeLong's over the pooled out-of-fold margins.
    Raises BadInput for malformed arrays, NotMeasurable without inputs or without the reference.
    """
    if not inputs:
        raise NotMeasurable("Cannot screen for proxies: no inputs are declared.")
    named = labels("groups", groups)
    require_reference(named, comparison.reference)
    columns = {name: numbers(name, values) for name, values in inputs.items()}
    require_same_length(groups=named, **columns)
    read = _Read.of(columns, categories)
    others = [str(name) for name in np.unique(named) if name != comparison.reference]
    return tuple(_screen(read, named, group, comparison, seed) for group in others)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """The inputs as one table (n, k): first the `bare` numbers, then the codes."""

    table: Floats
    bare: int

    @classmethod
    def of(cls, columns: Mapping[str, Floats], categories: Collection[str]) -> "_Read":
        bare = [name for name in columns if name not in categories]
        codes = [name for name in columns if name in categories]
        return cls(np.column_stack([columns[name] for name in [*bare, *codes]]), len(bare))


def _screen(read: _Read, named: Labels, group: str, comparison: Comparison, seed: int) -> ProxyScreen:
    sides = [np.flatnonzero(named == name) for name in (group, comparison.reference)]
    n, base = (side.size for side in sides)
    if min(n, base) < FOLDS:
        return ProxyScreen(group, None, n, base, is_sufficient=False)
    draw = np.random.default_rng(seed)
    drawn = [draw.choice(side, min(side.size, MOST_OF_A_SIDE), replace=False) for side in sides]
    rows = np.sort(np.concatenate(drawn))
    belongs = named[rows] == group
    area = auc(belongs, _margins(read, rows, belongs, seed), level=comparison.level)
    return ProxyScreen(group, area, n, base, is_sufficient=min(n, base) >= comparison.minimum_n)


def _margins(read: _Read, rows: npt.NDArray[np.int64], belongs: Bools, seed: int) -> Floats:
    """Log-odds of each row by the regression that did not see it: (rows,)."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    told = cross_val_predict(
        _regression(read), read.table[rows], belongs, cv=folds, method="decision_function"
    )
    return np.asarray(told, dtype=np.float64)


def _regression(read: _Read) -> Any:  # Any: scikit-learn has no types
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    imputer = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    numeric, codes = list(range(read.bare)), list(range(read.bare, read.table.shape[1]))
    prepared = ColumnTransformer(
        [
            ("numbers", make_pipeline(imputer, StandardScaler()), numeric),
            ("codes", OneHotEncoder(handle_unknown="ignore", sparse_output=False), codes),
        ]
    )
    return make_pipeline(prepared, LogisticRegression(C=PENALTY, solver="newton-cholesky"))
