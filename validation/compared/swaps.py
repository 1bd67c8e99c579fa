"""Whose decision flips, whether those are the better risks, and what it is worth where there is money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.errors import BadInput, NotMeasurable
from quant.verdict import insufficient, reported
from validation.compared.pair import Pair, Question
from validation.economy import book_of, bootstrap_of, costs_of
from validation.history import realised_book, realised_rules
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, of_rate
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.intervals import Proportion

_WORDS = {
    "swap_in": "those newly approved",
    "swap_out": "those no longer approved",
    "kept_in": "those approved by both",
    "kept_out": "those approved by neither",
}


def run(pair: Pair, standard: Standard) -> Measured:
    sets = sets_of(pair)
    rates = {name: _bad_rate(pair, inside, standard.confidence) for name, inside in sets.items()}
    flips = int(sets["swap_in"].sum() + sets["swap_out"].sum())
    measured = (
        Measurement("flips", "Decisions that flip", float(flips), n=pair.champion.n),
        *(of_rate(name, f"Default rate of {_WORDS[name]}", rate) for name, rate in rates.items()),
        _scenario(pair, standard),
        _realised(pair, standard),
    )
    rows = tuple((name, int(sets[name].sum()), *_told(rate)) for name, rate in rates.items())
    table = Table(("set", "clients", "defaults", "bad_rate", "low", "high"), rows)
    headline = (
        f"{int(sets['swap_in'].sum())} newly approved, {int(sets['swap_out'].sum())} no longer approved,"
        f" of {pair.champion.n}."
    )
    return Measured(headline, reported("Reported."), measured, {"swap_set": table})


def sets_of(pair: Pair) -> dict[str, NDArray[np.bool_]]:
    """The four sets that two policies make of the clients: (rows,) each. `refer` counts as not approved."""
    before, after = pair.champion.approved, pair.challenger.approved
    return {
        "swap_in": after & ~before,
        "swap_out": before & ~after,
        "kept_in": before & after,
        "kept_out": ~before & ~after,
    }


def _bad_rate(pair: Pair, inside: NDArray[np.bool_], level: float) -> Proportion | None:
    from quant.intervals import proportion

    n = int(inside.sum())
    return proportion(int((inside & pair.champion.defaulted).sum()), n, level) if n else None


def _told(rate: Proportion | None) -> tuple[float | int | None, ...]:
    if rate is None:
        return 0, None, None, None
    return rate.successes, rate.value, rate.interval.low, rate.interval.high


def _scenario(pair: Pair, standard: Standard) -> Measurement:
    """Under the standard's assumed costs; refused where there is no exposure in money."""
    from quant.economics import swap_set

    rules = standard.economics
    label = f"Scenario profit gained ({rules.basis}, {rules.unit})"
    try:
        found = swap_set(
            book_of(pair.challenger),
            incumbent=pair.champion.approved,
            challenger=pair.challenger.approved,
            costs=costs_of(rules),
            bootstrap=bootstrap_of(standard),
        )
    except (NotMeasurable, BadInput) as refusal:
        return _refused("scenario_profit_change", label, refusal)
    return Measurement("scenario_profit_change", label, found.profit_change, found.interval, n=found.n)


def _realised(pair: Pair, standard: Standard) -> Measurement:
    """What the loans have really earned; refused without such a result, and where it is standardised."""
    from quant.economics import Bootstrap
    from quant.metrics.paired_profit import profit_difference

    label = "Realised profit gained"
    try:
        rules = realised_rules(standard)
        loans = realised_book(pair.challenger, rules)
        known = loans.resolved
        found = profit_difference(
            loans.profit[known],
            pair.challenger.approved[known],
            pair.champion.approved[known],
            bootstrap=Bootstrap(rules.resamples, standard.seed, standard.confidence),
        )
    except NotMeasurable as refusal:
        return _refused("realised_profit_change", label, refusal)
    label = f"{label} ({rules.unit})"
    return Measurement(
        "realised_profit_change", label, found.difference, found.interval, p=found.p_value, n=found.n
    )


def _refused(name: str, label: str, refusal: Exception) -> Measurement:
    return Measurement(name, label, judgement=insufficient(str(refusal)))


QUESTION = Question(
    id="swaps",
    title=gettext_noop("Swap set: whose decision flips"),
    limits=(
        "Outcomes of loans that were made stand in for those of people who were never lent to. A scenario is no cash"
        " flow; realised results count resolved loans alone."
    ),
    run=run,
)
