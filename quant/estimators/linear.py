"""A logistic regression whose coefficients keep their declared signs, and its exact attributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput, NotMeasurable

Matrix = NDArray[np.float32] | NDArray[np.float64]
_MOST_STEPS = 500
_GRADIENT = 1e-8
# A coefficient or a centre is sealed with so many digits: more than the data can tell, and no row of them.
_DIGITS = 12


@dataclass(frozen=True)
class Linear:
    """margin = intercept + Σ weight · value. `centres` is the reference population: the mean of each column."""

    intercept: float
    weights: tuple[float, ...]
    centres: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.weights or len(self.weights) != len(self.centres):
            raise BadInput("A linear estimator has one weight and one centre for each of its columns.")
        if not np.isfinite([self.intercept, *self.weights, *self.centres]).all():
            raise BadInput("The numbers of a linear estimator are finite.")

    def margins(self, matrix: Matrix) -> NDArray[np.float64]:
        """Log-odds (rows,) of rows (rows, columns). Summed column by column, so a row has the same bits alone and in a
        table."""
        products = np.asarray(matrix, dtype=np.float64) * np.array(self.weights)
        return np.asarray(self.intercept + np.add.accumulate(products, axis=1)[:, -1])

    def explain(self, matrix: Matrix) -> NDArray[np.float64]:
        """Attributions (rows, columns + 1), the bias last: weight · (value − centre), which are the Shapley values of a
        linear margin against the centres (Štrumbelj and Kononenko 2014)."""
        weights, centres = np.array(self.weights), np.array(self.centres)
        made = np.empty((len(matrix), len(weights) + 1))
        made[:, :-1] = weights * (np.asarray(matrix, dtype=np.float64) - centres)
        made[:, -1] = self.margins(centres[None, :])
        return made


def fit_signed(matrix: Matrix, defaults: NDArray[np.float64], signs: Sequence[int], ridge: float) -> Linear:
    """Penalised maximum likelihood on standardised columns, by L-BFGS-B with a bound of zero where a sign is declared.

    `matrix` (rows, columns) finite, `defaults` (rows,) 0 and 1, `signs` −1, 0 or 1 for each column; `ridge` weighs half
    the sum of squared coefficients against the mean log loss. A constant column gets no weight. NotMeasurable for one
    class, missing values or a fit that does not end. Source: Byrd et al. 1995 (L-BFGS-B), through scipy.
    """
    from scipy.optimize import minimize

    wide = np.asarray(matrix, dtype=np.float64)
    if not np.isfinite(wide).all():
        raise NotMeasurable(
            "A logistic regression has no place for missing values: declare how they are filled."
        )
    if len(np.unique(defaults)) != 2:
        raise NotMeasurable("A logistic regression needs both outcomes.")
    centres, spreads = wide.mean(axis=0), wide.std(axis=0)
    varies = spreads > 0.0
    scaled = np.where(varies, (wide - centres) / np.where(varies, spreads, 1.0), 0.0)
    rate = float(defaults.mean())
    start = np.concatenate([[np.log(rate / (1.0 - rate))], np.zeros(wide.shape[1])])
    found = minimize(
        _loss,
        start,
        args=(scaled, defaults, ridge),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *map(_bounds, signs)],
        options={"maxiter": _MOST_STEPS, "gtol": _GRADIENT, "ftol": 1e-14},
    )
    if found.status == 1:
        raise NotMeasurable(f"The logistic regression did not converge within {_MOST_STEPS} steps.")
    weights = np.where(varies, found.x[1:] / np.where(varies, spreads, 1.0), 0.0)
    centres, weights = _rounded(centres), _rounded(weights)
    return Linear(
        intercept=float(f"{found.x[0] - float(weights @ centres):.{_DIGITS}g}"),
        weights=tuple(weights.tolist()),
        centres=tuple(centres.tolist()),
    )


def _loss(
    told: NDArray[np.float64], scaled: NDArray[np.float64], defaults: NDArray[np.float64], ridge: float
) -> tuple[float, NDArray[np.float64]]:
    """Mean log loss with its penalty, and the gradient. The intercept is not penalised."""
    margins = told[0] + scaled @ told[1:]
    loss = float(np.mean(np.logaddexp(0.0, margins) - defaults * margins))
    error = (1.0 / (1.0 + np.exp(-margins)) - defaults) / len(defaults)
    gradient = np.concatenate([[error.sum()], scaled.T @ error + ridge * told[1:]])
    return loss + 0.5 * ridge * float(told[1:] @ told[1:]), gradient


def _bounds(sign: int) -> tuple[float | None, float | None]:
    return (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([float(f"{value:.{_DIGITS}g}") + 0.0 for value in values.tolist()])
