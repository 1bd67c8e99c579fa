"""The author's rows as the sample that the checks look at. Nothing is repaired: what is wrong is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from quant.arrays import binary, finite, numbers, probabilities, require_both_classes, require_same_length
from quant.errors import BadInput, NotMeasurable
from quant.policy import Policy, by_score
from validation.sample import Decided, Registered, Sample, ScoreShares

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from countersign_evaluator.asked import Asked
    from validation.standard import Standard

# Any: whatever the author's model returns; `pds_of` refuses all but one PD for every row.
Predict = Callable[["pd.DataFrame"], Any]


def sample_of(
    asked: Asked, *, table: pd.DataFrame, target: object, predicted: object, predict: Predict | None
) -> Sample:
    """`table` is without the target. `predicted` are PDs the author brings; else `predict` makes them, from a
    table without the protected columns. Raises BadInput or NotMeasurable, never with a value of a row."""
    _require_columns("data", table, (*asked.protected, *asked.inputs, *filter(None, [asked.exposure])))
    _require_numbers("data", table, (*asked.inputs, *_grouped(asked.standard, table)))
    defaulted = binary("the target", np.asarray(target))
    require_both_classes(defaulted)
    frame = table.drop(columns=list(asked.protected))
    pds = pds_of(predicted if predict is None else predict(frame))
    require_same_length(target=defaulted, predictions=pds)
    shares, why_not = _score_shares(asked, frame.columns, predict)
    return Sample(
        frame=frame,
        protected=table[list(asked.protected)],
        development=_development(asked),
        defaulted=defaulted,
        exposure=finite("exposure", table[asked.exposure].to_numpy()) if asked.exposure else None,
        probabilities=pds,
        grades=asked.grades,
        score_shares=shares,
        inputs=asked.inputs,
        decided=None if asked.policy is None else _decided(asked.policy, pds),
        version=None,
        registered=Registered(metrics=asked.stated),
        no_score_shares_because=why_not,
    )


def pds_of(predicted: object) -> NDArray[np.float64]:
    """One PD for every row (rows,). Two columns are taken as those of `predict_proba`, the second being default."""
    try:
        raw = np.asarray(predicted, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput("Cannot use the predictions: they are not numbers. Return one PD per row.") from None
    if raw.ndim == 2 and raw.shape[1] == 2 and np.allclose(raw.sum(axis=1), 1):
        raw = raw[:, 1]
    if raw.ndim == 2 and raw.shape[1] == 1:
        raw = raw[:, 0]
    pds = probabilities("the predictions", raw)
    if np.isin(pds, (0.0, 1.0)).all():
        raise BadInput(
            "Cannot use the predictions: they are classes, not PDs. Log the model so that it returns"
            ' probabilities; for scikit-learn: pyfunc_predict_fn="predict_proba".'
        )
    return pds


def _decided(policy: Policy, pds: NDArray[np.float64]) -> Decided:
    """By the cut-offs alone: the hard rules of a policy are told apart only where it is registered."""
    return Decided.of(policy, np.array([str(by_score(policy, float(each)).verdict) for each in pds]))


def _development(asked: Asked) -> pd.DataFrame | None:
    if asked.reference is not None:
        _require_columns("reference", asked.reference, asked.inputs)
        _require_numbers("reference", asked.reference, asked.inputs)
    return asked.reference


def _score_shares(
    asked: Asked, features: Iterable[str], predict: Predict | None
) -> tuple[ScoreShares | None, str]:
    before = _pds_before(asked, features, predict)
    if before is None:
        return None, "No PDs of development are given."
    try:
        return ScoreShares.of(before, asked.standard.stability.bins), ""
    except NotMeasurable as refusal:
        return None, str(refusal)


def _pds_before(asked: Asked, features: Iterable[str], predict: Predict | None) -> NDArray[np.float64] | None:
    """The PDs of development: those that were kept, best cross-fitted, before those of the model itself."""
    if asked.reference_predictions:
        if asked.reference is None:
            raise BadInput("reference_predictions names a column of reference; give both.")
        _require_columns("reference", asked.reference, [asked.reference_predictions])
        return pds_of(asked.reference[asked.reference_predictions].to_numpy())
    if asked.reference is None or predict is None:
        return None
    _require_columns("reference", asked.reference, features)
    return pds_of(predict(asked.reference[list(features)]))


def _grouped(standard: Standard, table: pd.DataFrame) -> tuple[str, ...]:
    """The columns here that the standard cuts into groups by numbers. One that is absent is said by its check."""
    cuts = (*standard.fairness.attributes, *standard.robustness.segments)
    return tuple(cut.column for cut in cuts if cut.column in table.columns and not cut.is_of_labels)


def _require_columns(where: str, table: pd.DataFrame, names: Iterable[str]) -> None:
    if not table.columns.is_unique:
        raise BadInput(f"Cannot use {where}: a column stands twice in it. Leave one out.")
    absent = [str(name)[:60] for name in names if name not in table.columns]
    if absent:
        raise BadInput(f"Cannot use {where}: there is no column {', '.join(absent[:5])}. Correct the name.")


def _require_numbers(where: str, table: pd.DataFrame, names: Iterable[str]) -> None:
    for name in names:
        numbers(f"{name} of {where}", table[name].to_numpy(na_value=np.nan))
