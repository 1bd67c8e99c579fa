"""Order and accuracy of the PDs: paired tests on the same clients, Holm over the family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.intervals import Interval
from quant.verdict import insufficient, reported
from validation.compared.pair import Pair, Question
from validation.compared.standing import Better, Standing, standing
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.metrics.paired_scores import Score

FAMILY = "AUC, Brier score and log loss of one comparison"


@dataclass(frozen=True)
class _Test:
    """One paired test: the two values, challenger − champion, and which way is good."""

    name: str
    label: str
    better: Better
    champion: float
    challenger: float
    difference: float
    interval: Interval | None
    p: float
    n: int


def run(pair: Pair, standard: Standard) -> Measured:
    from quant.metrics.multiple import holm

    made, lacking = _tests(pair, standard)
    if not made:
        raise NotMeasurable(
            "None of the paired tests could be made: " + " ".join(each.note for each in lacking)
        )
    adjusted = holm([each.p for each in made], family=FAMILY).adjusted
    # The test rejects at the level at which the standard draws its intervals.
    alpha = 1.0 - standard.confidence
    told = [
        standing(each.difference, p, better=each.better, alpha=alpha)
        for each, p in zip(made, adjusted, strict=True)
    ]
    measured = [_measurement(each, p, alpha) for each, p in zip(made, adjusted, strict=True)]
    rows = tuple(map(_row, made, adjusted, told))
    columns = (
        "measure", "champion", "challenger", "difference", "low", "high", "p", "p_holm", "n", "standing",
    )  # fmt: skip
    headline = f"{_counted(told)} Holm over {len(made)} tests ({FAMILY}), alpha {alpha:.3g}."
    return Measured(
        headline, reported("Reported."), (*measured, *lacking), {"paired_tests": Table(columns, rows)}
    )


def _tests(pair: Pair, standard: Standard) -> tuple[list[_Test], list[Measurement]]:
    """What could be tested, and words for what could not."""
    asked = (("auc", _auc), ("brier", _brier), ("log_loss", _log_loss))
    made, lacking = [], []
    for name, ask in asked:
        try:
            made.append(ask(pair, standard.confidence))
        except NotMeasurable as refusal:
            why = str(refusal)
            lacking.append(Measurement(name, name, n=pair.champion.n, judgement=insufficient(why), note=why))
    return made, lacking


def _auc(pair: Pair, level: float) -> _Test:
    from quant.metrics.discrimination import auc_difference

    ours, theirs = pair.challenger, pair.champion
    found = auc_difference(ours.defaulted, ours.probabilities, theirs.probabilities, level=level)
    return _Test(
        "auc", "AUC (DeLong)", Better.HIGHER, found.second, found.first, found.difference, found.interval,
        found.p_value, found.n,
    )  # fmt: skip


def _brier(pair: Pair, level: float) -> _Test:
    from quant.metrics.paired_scores import Score

    return _scored(pair, Score.BRIER, "Brier score", level)


def _log_loss(pair: Pair, level: float) -> _Test:
    from quant.metrics.paired_scores import Score

    return _scored(pair, Score.LOG_LOSS, "Log loss", level)


def _scored(pair: Pair, score: Score, label: str, level: float) -> _Test:
    from quant.metrics.paired_scores import score_difference

    ours, theirs = pair.challenger, pair.champion
    found = score_difference(
        ours.defaulted, ours.probabilities, theirs.probabilities, score=score, level=level
    )
    return _Test(
        str(score), label, Better.LOWER, found.second, found.first, found.difference, found.interval,
        found.p_value, found.n,
    )  # fmt: skip


def _measurement(test: _Test, adjusted: float, alpha: float) -> Measurement:
    return Measurement(
        f"{test.name}_difference",
        f"{test.label}: challenger minus champion",
        test.difference,
        test.interval,
        p=test.p,
        p_adjusted=adjusted,
        n=test.n,
        limit=alpha,
        note=f"{test.better.capitalize()} is better. The limit is that of the adjusted p.",
    )


def _row(test: _Test, adjusted: float, told: Standing) -> tuple[float | int | str | None, ...]:
    low, high = ends(test.interval)
    return (
        test.label, test.champion, test.challenger, test.difference, low, high, test.p, adjusted, test.n,
        str(told),
    )  # fmt: skip


def _counted(told: list[Standing]) -> str:
    for_challenger, for_champion = told.count(Standing.CHALLENGER), told.count(Standing.CHAMPION)
    return (
        f"The challenger is better by {for_challenger}, the champion by {for_champion} of {len(told)} measures;"
        f" {told.count(Standing.NEITHER)} cannot be told apart."
    )


QUESTION = Question(
    id="paired_tests",
    title=gettext_noop("Paired tests on the same clients"),
    limits=(
        "Two-sided, and clients taken as independent of each other. No difference shown is no proof of none: the"
        " interval says how large it may be."
    ),
    run=run,
)
