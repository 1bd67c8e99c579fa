"""What knew the outcome: an input that tells it alone, or that is filled for one outcome only.

Levels are those of the whole table, and of columns that pass nothing is told: who develops learns nothing of the part
that is held out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from registry.frames.quality.rules import INPUTS, ColumnRule, Detail, Force, named, ruled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from registry.frames.quality.profile import Profile
    from registry.frames.spec import UploadSpec

# Whole scorecards reach .60 to .93 on the eight portfolios of Lessmann et al. (2015); no honest column does alone.
LEAKING_AUC = 0.90
# One column far ahead of all others: reported from here on, with a Gini at least twice that of the second best.
JUMP_AUC = 0.75
JUMP_GINI = 2.0
_JUMP_INPUTS = 5
# Filled a hundred times as often for one outcome as for the other, and so many rows of the other were to be expected
# that none would be a chance of 1 in 20,000 (Poisson).
FILLED_RATIO = 100.0
_FILLED_EXPECTED = 10.0
# Blanks: odds of the outcome apart by half, and four standard errors; by chance 1 column in 16,000.
BLANK_ODDS = 1.5
BLANK_ERRORS = 4.0
# Levels ordered by their own rate flatter themselves, so smaller ones stand together as one.
_LEVEL_ROWS = 50
_MOST_LEVELS = 100


def auc_of(seen: Profile) -> float:
    """How well the column alone orders outcomes, in whichever direction, with what is missing as a level of its own.
    Ties count half (Mann and Whitney 1947). Numbers by their order, and also by level where they are few; texts by
    level."""
    ways = [] if seen.is_text else [_by_order(seen, is_first) for is_first in (0, 1)]
    if seen.is_text or len(seen.counts) <= _MOST_LEVELS:
        ways.append(_by_level(seen))
    return max(0.5 + abs(way - 0.5) for way in ways)


def power_of(seen: Profile) -> dict[str, float]:
    return {seen.name: auc_of(seen)} if seen.role in INPUTS and seen.rows > seen.missing else {}


def jump(powers: dict[str, float]) -> Detail:
    """One input that is far better than every other."""
    ranked = sorted(powers, key=lambda name: powers[name], reverse=True)
    details: list[Detail] = []
    if len(ranked) >= _JUMP_INPUTS:
        best, second = (powers[name] for name in ranked[:2])
        if best >= JUMP_AUC and 2 * best - 1 >= JUMP_GINI * (2 * second - 1):
            details = [{"column": ranked[0], "auc": _told(best), "second_auc": _told(second)}]
    words = "inputs that are far better alone than every other"
    return ruled("single_input_jump", Force.REPORTED, len(details), named(details, words), details)


def _leaking(seen: Profile, _: UploadSpec) -> Detail | None:
    if seen.rows == seen.missing:
        return None
    found = auc_of(seen)
    return {"auc": _told(found)} if found >= LEAKING_AUC else None


def _filled_for_one(seen: Profile, _: UploadSpec) -> Detail | None:
    defaults, goods, filled_defaults, filled_goods = _sides(seen)
    shares = np.array([filled_defaults / defaults, filled_goods / goods])
    filled = filled_defaults + filled_goods
    rarer = int(np.argmin(shares))
    expected = filled * (defaults, goods)[rarer] / seen.rows
    if shares.max() < FILLED_RATIO * shares.min() or expected < _FILLED_EXPECTED:
        return None
    return {"filled": filled, "filled_defaults": filled_defaults}


def _blank_tells(seen: Profile, _: UploadSpec) -> Detail | None:
    """Woolf's log odds ratio, with a half added to each cell (Haldane 1956)."""
    if seen.missing in {0, seen.rows}:
        return None
    defaults, goods, filled_defaults, filled_goods = _sides(seen)
    cells = np.array([defaults - filled_defaults, goods - filled_goods, filled_defaults, filled_goods]) + 0.5
    odds = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    error = math.sqrt(float((1.0 / cells).sum()))
    if abs(odds) < max(math.log(BLANK_ODDS), BLANK_ERRORS * error):
        return None
    return {"rows": seen.missing, "odds_ratio": canonical.number(round(math.exp(odds), 3))}


def _sides(seen: Profile) -> tuple[int, int, int, int]:
    """Defaults and others, and how many of each are filled."""
    defaults = seen.filled_defaults + seen.missing_defaults
    filled_goods = seen.rows - seen.missing - seen.filled_defaults
    return defaults, seen.rows - defaults, seen.filled_defaults, filled_goods


def _by_order(seen: Profile, missing_is_last: int) -> float:
    gaps = [(seen.missing, seen.missing_defaults)] if seen.missing else []
    at = len(seen.counts) if missing_is_last else 0
    counts = np.insert(seen.counts, at, [rows for rows, _ in gaps])
    defaults = np.insert(seen.defaults, at, [rows for _, rows in gaps])
    return _auc(counts, defaults)


def _by_level(seen: Profile) -> float:
    counts, defaults = np.append(seen.counts, seen.missing), np.append(seen.defaults, seen.missing_defaults)
    is_large = counts >= _LEVEL_ROWS
    small = counts[~is_large].sum(), defaults[~is_large].sum()
    counts, defaults = np.append(counts[is_large], small[0]), np.append(defaults[is_large], small[1])
    order = np.argsort(defaults / np.maximum(counts, 1), kind="stable")
    return _auc(counts[order], defaults[order])


def _auc(counts: NDArray[np.int64], defaults: NDArray[np.int64]) -> float:
    """(levels,) rows and defaults in rising order of the score."""
    goods = (counts - defaults).astype(np.float64)
    below = np.cumsum(goods) - goods
    return float((defaults * (below + goods / 2)).sum() / (float(defaults.sum()) * goods.sum()))


def _told(auc: float) -> str:
    return canonical.number(round(auc, 3))


RULES = (
    ColumnRule("leaking_inputs", Force.BLOCKING, "inputs that tell the outcome alone", _leaking),
    ColumnRule(
        "filled_for_one_outcome",
        Force.BLOCKING,
        "inputs that are filled for one outcome only",
        _filled_for_one,
    ),
    ColumnRule(
        "blanks_tell_outcome", Force.REPORTED, "inputs whose blanks go with the outcome", _blank_tells
    ),
)
