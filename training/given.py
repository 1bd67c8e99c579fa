"""An estimator that was trained elsewhere: loaded for the first time, held against its declaration, and given the
tables that ours have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from quant.banding import freeze_grades
from quant.estimators.calibration import IDENTITY
from quant.features.check import check_row
from quant.features.precision import to_float32
from quant.features.row import compile_row
from quant.features.schema import FeatureSchema, Operation
from registry.serving.estimators import Estimator, open_estimator
from registry.serving.manifest import LIGHTGBM, MAX_TABLE_BYTES, XGBOOST, ArtifactRefused
from training.fitting import Fitted
from training.recipes import Given

_MOST_EXAMPLES: Final = 100
_EXPLAINED: Final = 1000
_ALONE: Final = 200

Margins = Callable[[NDArray[np.float64]], NDArray[np.float32]]


@dataclass(frozen=True)
class GivenEstimator:
    """Untrusted bytes; `example` is the file input_example.json that was logged with them."""

    content: bytes
    example: bytes | None


def fit_given(
    recipe: Given, schema: FeatureSchema, wide: NDArray[np.float64], given: GivenEstimator
) -> Fitted:
    """The tables of a given estimator from the development part, as features (rows, features) before they are rounded.
    Raises ArtifactRefused for what cannot be served as its author meant it. The grades' PDs are means of its own PDs:
    it may have learned these rows, and only the validation on the held-out part tells how good they are."""
    if canonical.sha256(given.content) != recipe.sha256:
        raise ArtifactRefused("The estimator is not the one that was asked for: its digest is another.")
    # Refuses what its library cannot read, another number of columns, another objective.
    estimator = open_estimator(recipe.file, given.content, len(schema.features))
    _refuse_other_columns(estimator, schema)
    theirs = _AUTHORS[recipe.file](given.content)
    matrix = to_float32(wide)
    made = estimator.margins(matrix)
    if not np.isfinite(made).all():
        raise ArtifactRefused(
            "The estimator gives margins that are no finite numbers on the development part."
        )
    _refuse_other_margins(made, theirs(wide))
    _refuse_otherwise_alone(estimator, matrix[:_ALONE], made[:_ALONE])
    _refuse_unexplained(estimator, matrix[:_EXPLAINED])
    if given.example is not None:
        _replay(estimator, theirs, schema, given.example)
    pds = IDENTITY.probabilities(made)
    return Fitted(
        name=recipe.file,
        content=given.content,
        estimator=estimator,
        margins=made,
        unseen_margins=None,
        unseen_pds=pds,
        calibration=IDENTITY,
        grades=freeze_grades(pds, recipe.grades),
    )


def _of_xgboost(content: bytes) -> Margins:
    import xgboost

    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(content))

    def margins(table: NDArray[np.float64]) -> NDArray[np.float32]:
        data = xgboost.DMatrix(table, nthread=1)
        made = booster.predict(data, output_margin=True, validate_features=False)
        return np.asarray(made, dtype=np.float32)

    return margins


def _of_lightgbm(content: bytes) -> Margins:
    import lightgbm

    booster = lightgbm.Booster(model_str=content.decode("utf-8"))

    def margins(table: NDArray[np.float64]) -> NDArray[np.float32]:
        return np.asarray(booster.predict(table, raw_score=True, num_threads=1), dtype=np.float32)

    return margins


# How its author's tools score a table of float64, which is what pandas gives them.
_AUTHORS: Final[Mapping[str, Callable[[bytes], Margins]]] = {XGBOOST: _of_xgboost, LIGHTGBM: _of_lightgbm}


def _refuse_other_columns(estimator: Estimator, schema: FeatureSchema) -> None:
    names = estimator.column_names
    # LightGBM writes _ for a space.
    written = tuple(name.replace(" ", "_") for name in schema.feature_names)
    if names is not None and names not in (schema.feature_names, written):
        raise ArtifactRefused(
            "The estimator was trained on columns of other names or in another order than its signature says. Log the"
            " signature of the table it was trained on."
        )


def _refuse_other_margins(made: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
    different = int((made != theirs).sum())
    if different:
        raise ArtifactRefused(
            f"The estimator gives other margins for {different} rows of the development part when its columns are"
            " rounded to float32, as they are served. Train it on columns of float32."
        )


def _refuse_otherwise_alone(
    estimator: Estimator, matrix: NDArray[np.float32], together: NDArray[np.float32]
) -> None:
    """XGBoost goes to a right child by its place in one of its paths and by its number in another, so a file whose
    children are not where its own writer puts them scores one row otherwise than many."""
    alone = np.array([estimator.margins(matrix[[place]])[0] for place in range(len(matrix))])
    different = int((alone != together).sum())
    if different:
        raise ArtifactRefused(
            f"The estimator gives {different} of {len(matrix)} rows another margin alone than in a table: its file is"
            " not as its library writes it. Log what the library saved."
        )


def _refuse_unexplained(estimator: Estimator, matrix: NDArray[np.float32]) -> None:
    """Whether they add up is measured by the validation."""
    if not np.isfinite(estimator.explain(matrix)[1]).all():
        raise ArtifactRefused(
            "The estimator cannot be explained: the contributions of its columns are no finite numbers."
        )


def _replay(estimator: Estimator, theirs: Margins, schema: FeatureSchema, example: bytes) -> None:
    """The example's rows the way its author's tools score them, and the way they are served: the same float32 margins.
    Where tables make the columns, its rows are no applications, and only the first of the two can be asked."""
    columns, rows = _rows(example)
    if columns != schema.feature_names:
        raise ArtifactRefused("The input example has other columns than the signature. Log it again with it.")
    table = np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)
    expected = theirs(table)
    if not np.isfinite(expected).all():
        raise ArtifactRefused("The estimator gives no finite margin for its input example.")
    if not _takes_columns_as_they_are(schema):
        return
    served = compile_row(schema)
    for row, their in zip(rows, expected, strict=True):
        features = dict(zip(schema.input_names, map(_plain, row), strict=True))
        checked = check_row(schema, features)
        if checked.faults:
            told = "; ".join(f"{fault.name}: {fault.detail}" for fault in checked.faults[:5])
            raise ArtifactRefused(f"The input example does not fit the columns as declared: {told}")
        if estimator.margins(served(checked.values))[0] != their:
            raise ArtifactRefused(
                "The input example gives another margin when it is served here, where columns are rounded to float32,"
                " than by its author's tools. Train it on columns of float32."
            )


def _takes_columns_as_they_are(schema: FeatureSchema) -> bool:
    """Whether an application has the columns of the estimator themselves, each number unchanged."""
    return schema.input_names == schema.feature_names and all(
        feature.operation is Operation.IDENTITY and feature.inputs == (feature.name,)
        for feature in schema.features
    )


def _rows(example: bytes) -> tuple[tuple[str, ...], list[list[float | None]]]:
    """A table in the form in which MLflow keeps it: {"columns": […], "data": [[…]]}."""
    try:
        said = strict_json.loads(example, max_bytes=MAX_TABLE_BYTES)
        columns, data = tuple(map(str, said["columns"])), said["data"]
        rows = [[None if cell is None else float(cell) for cell in row] for row in data[:_MOST_EXAMPLES]]
    except (Refusal, KeyError, TypeError, ValueError, OverflowError):
        raise ArtifactRefused(
            "The input example is not a table of numbers with named columns. Log a pandas.DataFrame of made-up rows."
        ) from None
    if not rows or any(len(row) != len(columns) for row in rows):
        raise ArtifactRefused("The input example has no row, or rows of another length than its columns.")
    return columns, rows


def _plain(cell: float | None) -> int | float | None:
    return int(cell) if cell is not None and cell.is_integer() else cell
