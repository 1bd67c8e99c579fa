"""What comes in, checked once: every public function of quant turns its arguments into these arrays first."""

import numpy as np
import numpy.typing as npt

from quant.errors import BadInput, NotMeasurable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.str_]

_NUMERIC_KINDS = "biufO"


def numbers(name: str, values: npt.ArrayLike) -> Floats:
    """One-dimensional floats in which NaN (or None) marks a
    missing value. Refuses infinities, text and emptiness.
    """
    raw = np.asarray(values)
    if raw.dtype.kind not in _NUMERIC_KINDS and raw.size:
        raise BadInput(f"Cannot use {name}: {raw.dtype} is not a number. Encode it first.")
    try:
        checked = raw.astype(np.float64, copy=False)
    except (TypeError, ValueError):
        raise BadInput(
            f"Cannot use {name}: it holds values that are not numbers. Encode them first."
        ) from None
    _require_vector(name, checked)
    if np.isinf(checked).any():
        raise BadInput(f"Cannot use {name}: it holds infinite values. Correct or remove them.")
    return checked


def finite(name: str, values: npt.ArrayLike) -> Floats:
    """One-dimensional floats without a missing value."""
    checked = numbers(name, values)
    missing = int(np.isnan(checked).sum())
    if missing:
        raise BadInput(
            f"Cannot use {name}: {missing} of {checked.size} values are missing. Impute or exclude them."
        )
    return checked


def probabilities(name: str, values: npt.ArrayLike) -> Floats:
    """Numbers in [0, 1]."""
    checked = finite(name, values)
    if checked.min() < 0 or checked.max() > 1:
        raise BadInput(f"Cannot use {name}: probabilities lie between 0 and 1. Calibrate the score first.")
    return checked


def binary(name: str, values: npt.ArrayLike) -> Bools:
    """Zeros and ones as booleans."""
    raw = np.asarray(values)
    if raw.dtype == np.bool_ and raw.ndim == 1 and raw.size:
        return raw
    checked = finite(name, raw)
    if not np.isin(checked, (0.0, 1.0)).all():
        raise BadInput(f"Cannot use {name}: it may only hold 0 and 1. Code the event as 1.")
    return np.asarray(checked == 1, dtype=np.bool_)


def counts(name: str, values: npt.ArrayLike) -> Ints:
    """Whole numbers, none negative."""
    checked = finite(name, values)
    if checked.min() < 0 or not np.array_equal(checked, np.floor(checked)):
        raise BadInput(f"Cannot use {name}: counts are whole numbers and never negative.")
    return checked.astype(np.int64)


def labels(name: str, values: npt.ArrayLike) -> Labels:
    """Names of groups. A missing name is refused: absence is a group that somebody has to name."""
    import pandas as pd

    raw = np.asarray(values, dtype=object)
    _require_vector(name, raw)
    missing = int(np.asarray(pd.isna(raw)).sum())
    if missing:
        raise BadInput(
            f"Cannot use {name}: {missing} names are missing. Give the absent value a name of its own."
        )
    return raw.astype(np.str_)


def require_same_length(**arrays: npt.NDArray[np.generic]) -> None:
    """Refuses arrays that do not describe the same obligors."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise BadInput(f"Cannot compare arrays of different length: {told}. Pass one value per obligor.")


def require_both_classes(defaulted: Bools) -> None:
    """Refuses a sample in which nothing can be told apart."""
    if defaulted.all() or not defaulted.any():
        only = "defaults" if defaulted.all() else "non-defaults"
        raise NotMeasurable(
            f"Cannot tell classes apart: all {defaulted.size} obligors are {only}. Use a sample with both."
        )


def _require_vector(name: str, array: npt.NDArray[np.generic]) -> None:
    if array.ndim != 1:
        raise BadInput(f"Cannot use {name}: it has {array.ndim} dimensions. Pass one value per obligor.")
    if not array.size:
        raise BadInput(f"Cannot use {name}: it is empty. Pass at least one obligor.")
