"""Whom each version approves under its own policy, and at the champion's approval rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.compared.pair import Pair, Question
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, of_rate
from validation.sample import Sample
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.intervals import Proportion

OWN, EQUAL = "own_policy", "champions_rate"


def run(pair: Pair, standard: Standard) -> Measured:
    from quant.metrics.least_risky import least_risky

    most = int(pair.champion.approved.sum())
    measured: list[Measurement] = []
    rows: list[tuple[float | int | str | None, ...]] = []
    for side, sample in pair.sides():
        taken = {OWN: sample.approved, EQUAL: least_risky(sample.probabilities, most)}
        for how, approved in taken.items():
            rate, bad = _rates(sample, approved, standard.confidence)
            words = f"{side.capitalize()}, {_WORDS[how]}"
            measured.append(of_rate(f"{side}_{how}", f"{words}: approval rate", rate))
            measured.append(of_rate(f"{side}_{how}_bad_rate", f"{words}: default rate of the approved", bad))
            rows.append((str(side), how, *_ends(rate), *_ends(bad), int(approved.sum())))
    columns = (
        "version", "approved_by", "approval_rate", "low", "high", "bad_rate", "bad_low", "bad_high", "approved",
    )  # fmt: skip
    headline = (
        f"Of {pair.champion.n} clients the champion's policy approves {most}, the challenger's"
        f" {int(pair.challenger.approved.sum())}."
    )
    table = Table(columns, tuple(rows))
    return Measured(headline, reported("Reported."), tuple(measured), {"approvals": table})


_WORDS = {OWN: "own policy", EQUAL: "as many of the least risky as the champion's policy approves"}


def _rates(sample: Sample, approved: NDArray[np.bool_], level: float) -> tuple[Proportion, Proportion | None]:
    from quant.intervals import proportion

    n = int(approved.sum())
    bads = int((approved & sample.defaulted).sum())
    return proportion(n, sample.n, level), proportion(bads, n, level) if n else None


def _ends(rate: Proportion | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if rate is None else (rate.value, rate.interval.low, rate.interval.high)


QUESTION = Question(
    id="approvals",
    title=gettext_noop("Approval rates, at each own policy and at equal rates"),
    limits=(
        "At equal rates the hard rules of a policy are left out: the PD alone decides. Clients of one PD are approved"
        " together, so a coarse version may approve fewer."
    ),
    run=run,
)
