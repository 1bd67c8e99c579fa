"""An estimator that was trained elsewhere: loaded for the first time, held against its declaration, and given the
tables that ours have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xgboost
from numpy.typing import NDArray

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Refusal
from quant.banding import freeze_grades
from quant.estimators.calibration import IDENTITY
from quant.features.check import check_row
from quant.features.row import compile_row
from quant.features.schema import FeatureSchema, Operation
from registry.serving.estimator import Estimator
from registry.serving.manifest import MAX_TABLE_BYTES, ArtifactRefused
from training.fitting import Fitted, margins
from training.recipes import Given

_MOST_EXAMPLES: Final = 100


@dataclass(frozen=True)
class GivenEstimator:
    """Untrusted bytes; `example` is the file input_example.json that was logged with them."""

    content: bytes
    example: bytes | None


def fit_given(
    recipe: Given, schema: FeatureSchema, matrix: NDArray[np.float32], given: GivenEstimator
) -> Fitted:
    """The tables of a given estimator from the development part, as features (rows, features). Raises ArtifactRefused
    for what cannot be served as its author meant it. The grades' PDs are means of its own PDs: it may have learned
    these rows, and only the validation on the held-out part tells how good they are."""
    if canonical.sha256(given.content) != recipe.sha256:
        raise ArtifactRefused("The estimator is not the one that was asked for: its digest is another.")
    # Refuses what XGBoost cannot read, another number of columns, another objective.
    Estimator(given.content, len(schema.features)).check()
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(given.content))
    booster.set_param({"nthread": 1})
    _refuse_ambiguous(booster, schema)
    made = margins(booster, matrix)
    if not np.isfinite(made).all():
        raise ArtifactRefused(
            "The estimator gives margins that are no finite numbers on the development part."
        )
    if given.example is not None:
        _replay(booster, schema, given.example)
    pds = IDENTITY.probabilities(made)
    return Fitted(
        ubj=given.content,
        booster=booster,
        margins=made,
        crossed_margins=None,
        crossed_pds=pds,
        calibration=IDENTITY,
        grades=freeze_grades(pds, recipe.grades),
    )


def _refuse_ambiguous(booster: xgboost.Booster, schema: FeatureSchema) -> None:
    """What would be read in two ways: by its author's `predict` in one, here in another."""
    if booster.feature_names is not None and tuple(booster.feature_names) != schema.feature_names:
        raise ArtifactRefused(
            "The estimator was trained on columns of other names or in another order than its signature says. Log the"
            " signature of the table it was trained on."
        )
    if "c" in (booster.feature_types or ()):
        raise ArtifactRefused(
            "The estimator has columns of pandas categories, whose codes depend on the table at hand. Encode them as"
            " numbers, and declare the codes in countersign/tables.json."
        )
    best = booster.attr("best_iteration")
    if best is not None and int(best) + 1 < booster.num_boosted_rounds():
        raise ArtifactRefused(
            "The estimator was stopped early and holds more rounds than its best. Which of them count differs between"
            " tools: log booster[: booster.best_iteration + 1]."
        )


def _replay(booster: xgboost.Booster, schema: FeatureSchema, example: bytes) -> None:
    """The example's rows the way its author's tools score them, and the way they are served: the same float32 margins.
    Where tables make the columns, its rows are no applications, and only the first of the two can be asked."""
    columns, rows = _rows(example)
    if columns != schema.feature_names:
        raise ArtifactRefused("The input example has other columns than the signature. Log it again with it.")
    table = np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float32)
    theirs = booster.predict(xgboost.DMatrix(table, feature_names=list(columns)), output_margin=True)
    if not np.isfinite(theirs).all():
        raise ArtifactRefused("The estimator gives no finite margin for its input example.")
    if not _takes_columns_as_they_are(schema):
        return
    served = compile_row(schema)
    for row, their in zip(rows, theirs, strict=True):
        features = dict(zip(schema.input_names, map(_plain, row), strict=True))
        checked = check_row(schema, features)
        if checked.faults:
            told = "; ".join(f"{fault.name}: {fault.detail}" for fault in checked.faults[:5])
            raise ArtifactRefused(f"The input example does not fit the columns as declared: {told}")
        if margins(booster, served(checked.values))[0] != their:
            raise ArtifactRefused(
                "The input example gives another margin when it is served here than by its author's tools. Tell the"
                " operator: this is not a fault of the model."
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
