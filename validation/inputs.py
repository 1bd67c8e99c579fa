"""The inputs of a sample as numbers, for the checks that look at each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.features.inputs import SPELLED
from validation.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


def input_numbers(sample: Sample, frame: pd.DataFrame) -> Mapping[str, NDArray[np.float64]]:
    """Every input as float64 (rows,). Dates and labels have numbers behind them, which the sealed schema knows."""
    import numpy as np

    if SPELLED & set(sample.inputs.values()):
        return sample.served.checked(frame).columns
    return {name: frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in sample.inputs}
