"""Deletion fidelity: put a stated reason at its reference value; if it was a reason, the score must
improve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quant.errors import NotMeasurable

Score = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class RankFidelity:
    """One place in the list of reasons (1 = first), over the `rows` that have a reason at this place.

    `improved` counts rows whose margin fell. `compared` rows also have a group that was not listed; of those,
    `compared_improved` fell by deleting the reason, `random_improved` by deleting one unlisted group at
    random,
    and `beats_random` fell further by the reason. Mean falls are in log-odds over `compared`.
    """

    rank: int
    rows: int
    improved: int
    compared: int
    compared_improved: int
    random_improved: int
    beats_random: int
    mean_fall: float
    mean_random_fall: float

    @property
    def share(self) -> float:
        """Share of improved rows; NotMeasurable when no row has a reason at this place."""
        if self.rows == 0:
            raise NotMeasurable("No row has a reason at this place.")
        return self.improved / self.rows


@dataclass(frozen=True)
class Explained:
    """Declined rows: features (rows, features), contributions per group (rows, groups), margins (rows,).

    `places` holds the feature columns of each group, `medians` (features,) the frozen reference values.
    """

    matrix: NDArray[np.float32]
    group_contributions: NDArray[np.float64]
    margins: NDArray[np.float32]
    places: Sequence[Sequence[int]]
    medians: NDArray[np.float32]


def deletion_fidelity(
    explained: Explained, score: Score, *, seed: int, limit: int = 4
) -> tuple[RankFidelity, ...]:
    """One RankFidelity per place up to `limit`. `score` maps (rows, features) to margins (rows,).

    Listed are the adverse groups (contribution > 0) up to `limit`, the worst first.
    """
    falls = _falls(explained, score)
    order = np.argsort(-explained.group_contributions, axis=1, kind="stable")
    adverse = (explained.group_contributions > 0.0).sum(axis=1)
    listed = np.minimum(adverse, limit)
    random_fall = _random_fall(falls, order, listed, seed)
    return tuple(_rank(place, falls, order, listed, random_fall) for place in range(limit))


def _falls(explained: Explained, score: Score) -> NDArray[np.float64]:
    """How far the margin falls when each group is put at its medians: (rows, groups)."""
    falls = np.empty(explained.group_contributions.shape)
    before = explained.margins.astype(np.float64)
    for group, members in enumerate(explained.places):
        changed = explained.matrix.copy()
        changed[:, list(members)] = explained.medians[list(members)]
        falls[:, group] = before - score(changed).astype(np.float64)
    return falls


def _random_fall(
    falls: NDArray[np.float64], order: NDArray[np.int64], listed: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    """The fall by one unlisted group per row, NaN where every group was listed."""
    rows, groups = falls.shape
    unlisted = groups - listed
    drawn = np.random.default_rng(seed).random(rows)
    place = listed + np.floor(drawn * unlisted).astype(np.int64)
    chosen = order[np.arange(rows), np.minimum(place, groups - 1)]
    return np.where(unlisted > 0, falls[np.arange(rows), chosen], np.nan)


def _rank(
    place: int,
    falls: NDArray[np.float64],
    order: NDArray[np.int64],
    listed: NDArray[np.int64],
    random_fall: NDArray[np.float64],
) -> RankFidelity:
    if place >= falls.shape[1]:
        return RankFidelity(place + 1, 0, 0, 0, 0, 0, 0, 0.0, 0.0)
    has = listed > place
    fall = falls[np.arange(len(falls)), order[:, place]][has]
    random = random_fall[has]
    both = ~np.isnan(random)
    return RankFidelity(
        rank=place + 1,
        rows=int(has.sum()),
        improved=int((fall > 0.0).sum()),
        compared=int(both.sum()),
        compared_improved=int((fall[both] > 0.0).sum()),
        random_improved=int((random[both] > 0.0).sum()),
        beats_random=int((fall[both] > random[both]).sum()),
        mean_fall=float(fall[both].mean()) if both.any() else 0.0,
        mean_random_fall=float(random[both].mean()) if both.any() else 0.0,
    )
