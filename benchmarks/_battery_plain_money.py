"""The economics by numpy, pandas and scipy: see `_battery_plain`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks import _battery_sample

# Any throughout: arrays and frames by name.
Told = dict[str, Any]
_RESAMPLES = 200
_CUT_OFFS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def _resampled(profits: Any, slot: Any) -> None:
    """A percentile bootstrap of the profit at every cut-off."""
    import numpy as np

    draw = np.random.default_rng(_battery_sample.SEED)
    totals = []
    for _ in range(_RESAMPLES):
        drawn = draw.integers(profits.size, size=profits.size)
        totals.append(np.cumsum(np.bincount(slot[drawn], profits[drawn], minlength=len(_CUT_OFFS) + 1)))
    np.quantile(np.array(totals), [0.025, 0.975], axis=0)


def _slots(told: Told) -> Any:
    import numpy as np

    return np.searchsorted(_CUT_OFFS, told["pds"], side="right")


def _profits(told: Told) -> Any:
    import numpy as np

    return told["exposure"] * np.where(told["defaulted"], -0.2, 0.06)


def _scenario(told: Told) -> None:
    _resampled(_profits(told), _slots(told))


def _swap_set(told: Told) -> None:
    """One total alone."""
    import numpy as np

    cut_off = float(_battery_sample.CUT_OFF)
    change = _profits(told) * ((told["pds"] < cut_off) * 1.0 - (told["rivals"] < cut_off))
    draw = np.random.default_rng(_battery_sample.SEED)
    totals = [change[draw.integers(change.size, size=change.size)].sum() for _ in range(_RESAMPLES)]
    np.quantile(totals, [0.025, 0.975])


def _maximum_profit(told: Told) -> None:
    import numpy as np
    from scipy.optimize import isotonic_regression

    order = np.argsort(-told["pds"])
    isotonic_regression(told["defaulted"][order].astype(np.float64), increasing=False)


def _expected_loss(told: Told) -> None:
    import pandas as pd

    lost = told["exposure"] * 0.2
    held = pd.DataFrame({"expected": told["pds"] * lost, "seen": told["defaulted"] * lost, "exposure": lost})
    for groups in (pd.qcut(told["pds"], 10), told["frame"]["x12"] > 0, told["frame"]["x0"]):
        held.groupby(groups, observed=True).sum()
    held.sum()


def _realised(told: Told) -> None:
    import pandas as pd

    _resampled(told["earned"], _slots(told))
    yes = told["pds"] < float(_battery_sample.CUT_OFF)
    quarter = (told["decided_on"] - _battery_sample.FIRST_DAY) // 91
    pd.Series(told["earned"][yes]).groupby(quarter[yes]).sum()


def _walk_forward(told: Told) -> None:
    """At each quarter, the totals of the loans known by then."""
    import numpy as np

    days, slot = told["decided_on"], _slots(told)
    for first in range(_battery_sample.FIRST_DAY, _battery_sample.FIRST_DAY + _battery_sample.DAYS, 91):
        for rows in (days < first - 365, (days >= first) & (days < first + 91)):
            if rows.any():
                np.cumsum(np.bincount(slot[rows], told["earned"][rows]))


MONEY_STATISTICS: dict[str, Callable[[Told], None]] = {
    "scenario_profit": _scenario,
    "swap_set": _swap_set,
    "maximum_profit": _maximum_profit,
    "expected_loss": _expected_loss,
    "realised_profit": _realised,
    "walk_forward": _walk_forward,
}
