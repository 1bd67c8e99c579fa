"""Proxy screen: how well what the model reads tells an attribute that it must not read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from quant.arrays import Bools, Floats, Ints, numbers, require_same_length
from quant.coded import Coded, coded
from quant.errors import NotMeasurable
from quant.fairness.groups import Comparison, require_reference
from quant.metrics.discrimination import Auc, auc

FOLDS = 5
PENALTY = 1.0
"""C of scikit-learn, on standardised columns: its default, stated because the AUC depends on it."""
MOST_OF_A_SIDE = 25_000
"""At most so many members of each side are drawn: DeLong's error is below .003 from there on."""


_NOBODY = np.empty(0, dtype=np.int64)


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
    named = coded("groups", groups)
    require_reference(named.names, comparison.reference)
    others = [name for name in named.names if name != comparison.reference]
    pairs = [_Pair.drawn(named, name, comparison.reference, seed) for name in others]
    rows = np.unique(np.concatenate([_NOBODY, *(pair.rows for pair in pairs)]))
    read = _Read.of(inputs, named, categories, rows)
    return tuple(_screen(read, pair, comparison, seed) for pair in pairs)


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """A group and the reference: how many each has, the places of those drawn, rising, and which of these `belongs`
    (rows,) to the group. Nobody is drawn where a side has fewer members than folds."""

    group: str
    n: int
    n_reference: int
    rows: Ints
    belongs: Bools

    @classmethod
    def drawn(cls, named: Coded, group: str, reference: str, seed: int) -> "_Pair":
        sides = [np.flatnonzero(named.are(name)) for name in (group, reference)]
        n, base = (side.size for side in sides)
        if min(n, base) < FOLDS:
            return cls(group, n, base, _NOBODY, _NOBODY > 0)
        draw = np.random.default_rng(seed)
        drawn = [draw.choice(side, min(side.size, MOST_OF_A_SIDE), replace=False) for side in sides]
        rows = np.sort(np.concatenate(drawn)).astype(np.int64)
        return cls(group, n, base, rows, named.are(group)[rows])


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """The inputs of the drawn `rows` (r,), rising, as one table (r, k): first the `bare` numbers, then the codes."""

    table: Floats
    bare: int
    rows: Ints

    @classmethod
    def of(
        cls, inputs: Mapping[str, npt.ArrayLike], named: Coded, categories: Collection[str], rows: Ints
    ) -> "_Read":
        """One input after the other: whole, all of them would be as large as the sample again."""
        bare = [name for name in inputs if name not in categories]
        codes = [name for name in inputs if name in categories]
        table = np.empty((rows.size, len(inputs)))
        for at, name in enumerate([*bare, *codes]):
            column = numbers(name, inputs[name])
            require_same_length(groups=named.place, **{name: column})
            table[:, at] = column[rows]
        return cls(table, len(bare), rows)

    def of_pair(self, pair: _Pair) -> Floats:
        return self.table[np.searchsorted(self.rows, pair.rows)]


def _screen(read: _Read, pair: _Pair, comparison: Comparison, seed: int) -> ProxyScreen:
    if not pair.rows.size:
        return ProxyScreen(pair.group, None, pair.n, pair.n_reference, is_sufficient=False)
    area = auc(pair.belongs, _margins(read, pair, seed), level=comparison.level)
    is_sufficient = min(pair.n, pair.n_reference) >= comparison.minimum_n
    return ProxyScreen(pair.group, area, pair.n, pair.n_reference, is_sufficient)


def _margins(read: _Read, pair: _Pair, seed: int) -> Floats:
    """Log-odds of each row of the pair by the regression that did not see it: (rows,)."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    folds, table = StratifiedKFold(FOLDS, shuffle=True, random_state=seed), read.of_pair(pair)
    # Several threads add in another order, and wait for each other longer than they save on a busy machine.
    with threadpool_limits(1):
        told = cross_val_predict(_regression(read), table, pair.belongs, cv=folds, method="decision_function")
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
