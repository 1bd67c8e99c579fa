"""From raw columns to the estimator's, by a fitted schema and by scikit-learn's ColumnTransformer alike."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from quant.features.check import check_row, check_table
from quant.features.cleaning.labels import Group
from quant.features.frames import given_columns
from quant.features.operations import Feature, Fit, Method, Operation
from quant.features.row import compile_row
from quant.features.schema import FeatureSchema, Input, InputType, Unknown
from quant.features.table import matrix
from quant.preparation.fit import prepare

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

AMOUNTS, LABELS, GROUPS, FITTED = 20, 6, 8, 20_000
_BLANK = 0.05


def table(rows: int, seed: int) -> pd.DataFrame:
    """Amounts that go together, a few of them blank, and labels."""
    import pandas as pd

    draw = np.random.default_rng(seed)
    common = draw.normal(size=rows)
    made: dict[str, Any] = {}
    for place in range(AMOUNTS):
        value = np.round(1000 * np.exp(0.5 * common + 0.5 * draw.normal(size=rows)), 2)
        made[f"a{place}"] = np.where(draw.random(rows) < _BLANK, np.nan, value)
    names = np.array([f"group {number}" for number in range(GROUPS)], dtype=object)
    for place in range(LABELS):
        made[f"l{place}"] = names[draw.integers(0, GROUPS, rows)]
    return pd.DataFrame(made)


def schema(imputer: Method) -> FeatureSchema:
    """Amounts filled and standardised, labels one-hot. By neighbours: the first amount, told by four others."""
    amounts = [f"a{place}" for place in range(AMOUNTS if imputer is Method.MEDIAN else 5)]
    labels = [f"l{place}" for place in range(LABELS if imputer is Method.MEDIAN else 0)]
    groups = tuple(Group(f"group {number}") for number in range(GROUPS))
    inputs = [Input(name, InputType.NUMBER, name, name, 0.0, 1e9, nullable=True) for name in amounts]
    inputs += [
        Input(name, InputType.TEXT, name, name, groups=groups, unknown=Unknown.BUCKET) for name in labels
    ]
    steps = [_filled(name, amounts, imputer) for name in amounts]
    features = [
        Feature(f"{name}_scaled", Operation.SCALE, (f"{name}_known",), fit=Fit(Method.STANDARD))
        for name in amounts
    ]
    features += [
        Feature(f"{name}_{place}", Operation.ONE_HOT, (name,), only=group.name)
        for name in labels
        for place, group in enumerate(groups)
    ]
    return FeatureSchema(tuple(inputs), tuple(features), tuple(steps))


def fitted(declared: FeatureSchema, frame: pd.DataFrame, seed: int) -> FeatureSchema:
    part = frame.head(FITTED)
    columns = check_table(declared, given_columns(declared, part)).columns
    outcome = np.random.default_rng(seed).integers(0, 2, len(part)).astype(np.float64)
    return prepare(declared, columns, outcome, seed).schema


def ours(made: FeatureSchema, frame: pd.DataFrame) -> tuple[float, NDArray[np.float32]]:
    began = time.perf_counter()
    columns = matrix(made, check_table(made, given_columns(made, frame)).columns)
    return time.perf_counter() - began, columns


def theirs(made: FeatureSchema, frame: pd.DataFrame, imputer: Method) -> tuple[float, NDArray[np.float32]]:
    """The same steps, fitted on the same rows. By neighbours it is given the centres as its donors: like with like."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import KNNImputer, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    amounts = [name for name in made.input_names if name.startswith("a")]
    labels = [name for name in made.input_names if name.startswith("l")]
    if imputer is Method.MEDIAN:
        filled = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
        plain = ColumnTransformer([("amounts", filled, amounts), ("labels", hot, labels)]).fit(
            frame.head(FITTED)
        )
    else:
        centres = frame[amounts].head(FITTED).dropna().head(500)
        plain = ColumnTransformer(
            [("amounts", make_pipeline(KNNImputer(n_neighbors=10), StandardScaler()), amounts)]
        )
        plain.fit(centres)
    began = time.perf_counter()
    columns = np.asarray(plain.transform(frame), dtype=np.float32)
    return time.perf_counter() - began, columns


def one_row(made: FeatureSchema, frame: pd.DataFrame, times: int = 2_000) -> float:
    """Seconds of the median application, checked and transformed."""
    row = compile_row(made)
    asked = frame.head(100).astype(object).where(frame.head(100).notna(), None).to_dict(orient="records")
    taken = []
    for number in range(times):
        features = {
            str(name): value for name, value in asked[number % len(asked)].items() if name in made.input_names
        }
        began = time.perf_counter()
        row(check_row(made, features).values)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def _filled(name: str, amounts: list[str], imputer: Method) -> Feature:
    if imputer is Method.MEDIAN:
        return Feature(f"{name}_known", Operation.FILL, (name,), fit=Fit(Method.MEDIAN))
    others = tuple(each for each in amounts if each != name)
    return Feature(f"{name}_known", Operation.NEAREST, (name, *others), fit=Fit(Method.NEIGHBOURS, ks=(10,)))
