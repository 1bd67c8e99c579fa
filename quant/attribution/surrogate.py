"""A straight line laid through the score near one applicant: a second look beside the exact attributions.

Ribeiro, Singh and Guestrin (2016), "Why should I trust you?", with reason groups as the interpretable parts. A part is
on when its features are the applicant's own and off when they stand at their reference values. The line is fitted by
least squares over on and off, near cases weighing more, so its fit says how far a sum of parts is a fair picture here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput

Score = Callable[[NDArray[np.float32]], NDArray[np.float32]]
# Up to here every pattern of on and off is tried; of more groups as many are drawn.
MOST_WHOLE = 12
DRAWN = 2**MOST_WHOLE
# The width of the kernel for tables in the authors' own software: 0.75 times the root of the number of parts.
_WIDTH = 0.75


@dataclass(frozen=True)
class Surrogate:
    """`effects` (groups,) in log-odds: by how much the line rises when a group is the applicant's own. `share` is the
    weighted R² of the line, None where the score never moves; `furthest` its largest error in log-odds; `cases` how
    many patterns were scored; `is_whole` whether those are all there are."""

    effects: NDArray[np.float64]
    start: float
    share: float | None
    furthest: float
    cases: int
    is_whole: bool


def local_line(
    row: NDArray[np.float32],
    reference: NDArray[np.float32],
    places: Sequence[Sequence[int]],
    score: Score,
    *,
    seed: int,
) -> Surrogate:
    """row, reference: (features,); `places` the feature columns of each group; `score` maps (rows, features) to margins
    (rows,). The seed is used only where there are too many groups to try every pattern. Raises BadInput for other
    shapes and without groups."""
    if row.ndim != 1 or row.shape != reference.shape or not places:
        raise BadInput("A row, reference values of the same features and at least one group are needed.")
    patterns = _patterns(len(places), seed)
    margins = score(_cases(row, reference, places, patterns)).astype(np.float64)
    weights = _nearness(patterns)
    fitted = _line(patterns, margins, weights)
    told = fitted[0] + patterns @ fitted[1:]
    return Surrogate(
        effects=fitted[1:],
        start=float(fitted[0]),
        share=_share(margins, told, weights),
        furthest=float(np.abs(margins - told).max()),
        cases=len(patterns),
        is_whole=len(places) <= MOST_WHOLE,
    )


def _patterns(groups: int, seed: int) -> NDArray[np.float64]:
    """(cases, groups) of 1 for on; the applicant as they are comes first."""
    if groups <= MOST_WHOLE:
        return np.array(list(product((1.0, 0.0), repeat=groups)))
    drawn = np.random.default_rng(seed).integers(0, 2, (DRAWN, groups)).astype(np.float64)
    drawn[0] = 1.0
    return drawn


def _cases(
    row: NDArray[np.float32],
    reference: NDArray[np.float32],
    places: Sequence[Sequence[int]],
    patterns: NDArray[np.float64],
) -> NDArray[np.float32]:
    cases = np.tile(row, (len(patterns), 1))
    for group, members in enumerate(places):
        off = patterns[:, group] == 0.0
        cases[np.ix_(off, list(members))] = reference[list(members)]
    return cases


def _nearness(patterns: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(−d²/w²), where d² is the number of groups that are off."""
    groups = patterns.shape[1]
    nearness: NDArray[np.float64] = np.exp(-(groups - patterns.sum(axis=1)) / (_WIDTH**2 * groups))
    return nearness


def _line(
    patterns: NDArray[np.float64], margins: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Start and effects (1 + groups,) by weighted least squares."""
    root = np.sqrt(weights)
    design = np.column_stack([np.ones(len(patterns)), patterns])
    fitted: NDArray[np.float64] = np.linalg.lstsq(design * root[:, None], margins * root, rcond=None)[0]
    return fitted


def _share(
    margins: NDArray[np.float64], told: NDArray[np.float64], weights: NDArray[np.float64]
) -> float | None:
    spread = float(np.average((margins - np.average(margins, weights=weights)) ** 2, weights=weights))
    if spread == 0.0:
        return None
    return 1.0 - float(np.average((margins - told) ** 2, weights=weights)) / spread
