"""The logistic scorecard: points are linear in every column, and coefficients keep their declared signs."""

from __future__ import annotations

from quant.estimators.linear import fit_signed
from registry.serving.estimators.linear_table import content
from training.families.fitting import Learning
from training.families.settings import Logistic


def logistic_bytes(settings: Logistic, learning: Learning) -> bytes:
    from threadpoolctl import threadpool_limits

    # Sums of a linear algebra kernel have one order on one thread.
    with threadpool_limits(1):
        return content(fit_signed(learning.matrix, learning.defaults, learning.signs, float(settings.ridge)))
