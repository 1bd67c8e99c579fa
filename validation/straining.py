"""What the checks that change inputs share: which rows, which inputs within which range, and the PDs that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.features.inputs import InputType
from validation.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from quant.strain import Domain

# Enough for an AUC to a hundredth, and the noisy copies of ten million rows would not fit.
MOST_ROWS = 20_000


def rows_of(sample: Sample, seed: int) -> NDArray[np.int64]:
    """Places of the rows that are strained: all, or a draw of `MOST_ROWS`, in their order."""
    import numpy as np

    if sample.n <= MOST_ROWS:
        return np.arange(sample.n)
    return np.sort(np.random.default_rng(seed).choice(sample.n, MOST_ROWS, replace=False))


def numeric_inputs(sample: Sample) -> Mapping[str, Domain]:
    """The inputs that are amounts and counts, with what each may be. Codes, texts and dates have no size to add to."""
    from quant.strain import Domain

    kinds = {InputType.NUMBER, InputType.INTEGER}
    declared = (each for each in sample.served.schema.inputs if each.type in kinds and not each.blanks)
    return {
        each.name: Domain(each.minimum, each.maximum, each.type is InputType.INTEGER) for each in declared
    }


def column_of(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    found: NDArray[np.float64] = frame[name].to_numpy(dtype="float64", na_value=float("nan"))
    return found


def pds_of(sample: Sample, frame: pd.DataFrame) -> NDArray[np.float64]:
    """The sealed version's PDs of a table (rows,)."""
    served = sample.served
    return served.parts.calibration.probabilities(served.margins(served.matrix(frame)))
