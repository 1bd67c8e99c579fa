"""A small neural network: fitted by scikit-learn, written down as its numbers. It knows no monotone constraint, and is
explained by sampling."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable
from quant.estimators.network import Network as Numbers
from registry.serving.estimators.network_table import content
from training.families.fitting import Learning
from training.families.settings import Network

# scikit-learn takes seeds of 32 bits.
_SEEDS = 2**32
_BATCH = 256
# More digits than a fit of this kind can tell.
_DIGITS = 9


def network_bytes(settings: Network, learning: Learning) -> bytes:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    wide = learning.matrix.astype(np.float64)
    if not np.isfinite(wide).all():
        raise NotMeasurable("A network has no place for missing values: declare how they are filled.")
    centres, spreads = _rounded(wide.mean(axis=0)), _rounded(wide.std(axis=0))
    spreads = np.where(spreads > 0.0, spreads, 1.0)
    made = MLPClassifier(
        hidden_layer_sizes=(settings.hidden,),
        alpha=float(settings.alpha),
        batch_size=min(_BATCH, len(wide)),
        learning_rate_init=float(settings.learning_rate),
        max_iter=settings.epochs,
        n_iter_no_change=settings.epochs,
        random_state=learning.seed % _SEEDS,
    )
    # Sums of a linear algebra kernel have one order on one thread. The epochs are declared, so their end is no warning.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        made.fit((wide - centres) / spreads, learning.defaults)
    first, second = made.coefs_
    offsets, intercept = made.intercepts_
    return content(
        Numbers(
            centres=tuple(centres.tolist()),
            spreads=tuple(spreads.tolist()),
            weights=tuple(tuple(_rounded(row).tolist()) for row in first),
            offsets=tuple(_rounded(offsets).tolist()),
            outputs=tuple(_rounded(second[:, 0]).tolist()),
            intercept=float(_rounded(intercept)[0]),
            permutations=settings.permutations,
            seed=learning.seed,
        )
    )


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([float(f"{value:.{_DIGITS}g}") + 0.0 for value in values.tolist()])
