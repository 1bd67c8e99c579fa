"""Shapley values of reason groups against a background: a second way to say what moved a score, from it alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from quant.errors import BadInput, NotMeasurable

Score = Callable[[NDArray[np.float32]], NDArray[np.float32]]
MOST_GROUPS = 12


@dataclass(frozen=True)
class Agreement:
    """Two attributions of the same rows: how many rows have the same first reason, and the same set of the first
    `listed`."""

    rows: int
    same_first: int
    same_listed: int
    listed: int


def group_values(
    matrix: NDArray[np.float32],
    background: NDArray[np.float32],
    places: Sequence[Sequence[int]],
    score: Score,
) -> NDArray[np.float64]:
    """Exact interventional Shapley values (rows, groups) in log-odds: the margin of a coalition is the mean over the
    background with the coalition's features taken from the row. They add up to the row's margin minus the background's
    mean. matrix: (rows, features), background: (b, features). Cost: 2^groups · rows · b scores, so groups are limited.
    """
    groups = len(places)
    if groups > MOST_GROUPS:
        raise NotMeasurable(f"{groups} reason groups are too many to be tried in all coalitions.")
    if len(matrix) == 0 or len(background) == 0:
        raise BadInput("Attribution needs rows and a background.")
    worth = {
        coalition: _worth(matrix, background, places, coalition, score) for coalition in _coalitions(groups)
    }
    values = np.zeros((len(matrix), groups))
    for coalition, alone in worth.items():
        joining = sorted(set(range(groups)) - set(coalition))
        for group in joining:
            weight = factorial(len(coalition)) * factorial(len(joining) - 1) / factorial(groups)
            values[:, group] += weight * (worth[tuple(sorted((*coalition, group)))] - alone)
    return values


def agreement(first: NDArray[np.float64], second: NDArray[np.float64], *, listed: int) -> Agreement:
    """How often two attributions (rows, groups) name the same reasons, the most adverse first."""
    if first.shape != second.shape or first.ndim != 2:
        raise BadInput("Two attributions of the same rows and groups are compared.")
    one, other = (np.argsort(-values, axis=1, kind="stable")[:, :listed] for values in (first, second))
    same = (np.sort(one, axis=1) == np.sort(other, axis=1)).all(axis=1)
    return Agreement(len(first), int((one[:, 0] == other[:, 0]).sum()), int(same.sum()), listed)


def _coalitions(groups: int) -> list[tuple[int, ...]]:
    return [each for size in range(groups + 1) for each in combinations(range(groups), size)]


def _worth(
    matrix: NDArray[np.float32],
    background: NDArray[np.float32],
    places: Sequence[Sequence[int]],
    coalition: tuple[int, ...],
    score: Score,
) -> NDArray[np.float64]:
    """Mean margin (rows,) over the background, with the features of the coalition taken from each row."""
    rows, b = len(matrix), len(background)
    mixed = np.tile(background, (rows, 1))
    columns = [column for group in coalition for column in places[group]]
    mixed[:, columns] = np.repeat(matrix[:, columns], b, axis=0)
    margins: NDArray[np.float64] = score(mixed).astype(np.float64).reshape(rows, b).mean(axis=1)
    return margins
