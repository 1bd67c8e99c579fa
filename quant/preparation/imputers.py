"""What stands for a missing value: a constant, the median, or the mean of the nearest centres.

No row of an applicant is kept: donors are cluster centres of at least `FEWEST_ROWS` complete rows, rounded.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable
from quant.features.fitted import MOST_CENTRES, Fill, Neighbours
from quant.features.neighbours import Nearest
from quant.preparation.scalers import present_of

FEWEST_ROWS = 5
_ROWS_PER_CENTRE = 10
# Twenty for each centre.
_MOST_ROWS = 10_000
# A thousand values held out tell errors apart that differ by some two percent.
_MOST_ROWS_TO_CHOOSE = 5_000
# Later ones move the sum of squares by less than a percent.
_MOST_ROUNDS = 20
_HELD_OUT = 0.2
# scikit-learn takes seeds of 32 bits.
_SEEDS = 2**32
_DIGITS = 6
Rows = NDArray[np.float64]


def fit_median(column: NDArray[np.float64]) -> Fill:
    return Fill(float(np.median(present_of(column))) + 0.0)


def fit_neighbours(columns: Sequence[NDArray[np.float64]], ks: Sequence[int], seed: int) -> Neighbours:
    """Centres of the complete rows, the filled column first, and the k that best reconstructs values held out.

    Spreads are standard deviations over present values. NotMeasurable with too few complete rows.
    """
    rows = np.column_stack(columns)
    complete = rows[np.isfinite(rows).all(axis=1)]
    if len(complete) < _ROWS_PER_CENTRE * 5:
        raise NotMeasurable(
            f"Neighbours need {_ROWS_PER_CENTRE * 5} complete rows, and there are {len(complete)}. Use the median."
        )
    spreads = np.array([_spread(column) for column in columns])
    k = choose_k(complete, spreads, ks, seed)
    centres = centres_of(complete, spreads, seed)
    return Neighbours(
        k=min(k, len(centres)),
        spreads=tuple(spreads[1:].tolist()),
        centres=tuple(tuple(row) for row in centres.tolist()),
        otherwise=fit_median(columns[0]).value,
    )


def choose_k(complete: Rows, spreads: Rows, ks: Sequence[int], seed: int) -> int:
    """A fifth of the known values, of at most 5,000 rows drawn by the seed, is masked and filled from centres of the
    other rows."""
    looked = np.random.default_rng(seed).permutation(len(complete))[:_MOST_ROWS_TO_CHOOSE]
    masked, known = np.split(complete[looked], [int(np.ceil(_HELD_OUT * len(looked)))])
    errors = reconstruction_errors(centres_of(known, spreads, seed), masked, spreads, ks)
    return min(errors, key=lambda k: (errors[k], k))


def reconstruction_errors(
    donors: Rows, held_out: Rows, spreads: Rows, ks: Sequence[int]
) -> Mapping[int, float]:
    """Root mean square error of the first column for each k that the donors (rows, columns) allow; the largest
    possible k where none does."""
    possible = [k for k in ks if k <= len(donors)] or [len(donors)]
    others = list(held_out[:, 1:].T)
    errors = {}
    for k in possible:
        table = Neighbours(k, tuple(spreads[1:].tolist()), tuple(map(tuple, donors.tolist())), 0.0)
        errors[k] = float(np.sqrt(np.mean((Nearest(table).values(others) - held_out[:, 0]) ** 2)))
    return errors


def centres_of(complete: Rows, spreads: Rows, seed: int) -> Rows:
    """At most 500 centres (centres, columns) of scikit-learn's k-means on the scaled rows, at most 10,000 of them drawn
    by the seed: one start (k-means++), 20 rounds, one thread, so that the sums have one order. A centre of fewer than
    five rows joins the nearest larger one. Rounded to six significant digits."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    draw = np.random.default_rng(seed)
    drawn = complete if len(complete) <= _MOST_ROWS else draw.choice(complete, _MOST_ROWS, replace=False)
    scaled = drawn / spreads
    count = max(1, min(MOST_CENTRES, len(drawn) // _ROWS_PER_CENTRE, len(np.unique(scaled, axis=0))))
    with threadpool_limits(1):
        made = KMeans(
            count, n_init=1, max_iter=_MOST_ROUNDS, random_state=seed % _SEEDS, algorithm="lloyd"
        ).fit(scaled)
    labels = _merged(scaled, np.asarray(made.labels_), np.asarray(made.cluster_centers_))
    means = [drawn[labels == label].mean(axis=0) for label in np.unique(labels)]
    return np.array(sorted({tuple(_rounded(value) for value in mean) for mean in means}))


def _merged(scaled: Rows, labels: NDArray[np.int64], centres: Rows) -> NDArray[np.int64]:
    sizes = np.bincount(labels, minlength=len(centres))
    large = np.flatnonzero(sizes >= FEWEST_ROWS)
    if not len(large):
        return np.zeros(len(scaled), dtype=np.int64)
    joined = np.arange(len(centres))
    for small in np.flatnonzero(sizes < FEWEST_ROWS):
        joined[small] = large[np.argmin(((centres[large] - centres[small]) ** 2).sum(axis=1))]
    return np.asarray(joined[labels], dtype=np.int64)


def _spread(column: NDArray[np.float64]) -> float:
    return float(present_of(column).std()) or 1.0


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS - 1}e}") + 0.0
