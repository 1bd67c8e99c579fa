"""What either version costs to understand and to run. Told, never judged: people weigh it against what it buys."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.compared.pair import Pair, Question, Side
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Sample
from validation.standard import Standard

if TYPE_CHECKING:
    from registry.serving.served import ScoredFrame

# The best of three, of at most so many rows: other work on the machine makes a scoring slower, never faster.
_TIMES, _MOST_ROWS = 3, 2_000


def run(pair: Pair, standard: Standard) -> Measured:
    from quant.metrics.discrimination import auc_difference

    told = {side: _costs(sample) for side, sample in pair.sides()}
    measured = tuple(
        Measurement(f"{side}_{name}", f"{side.capitalize()}: {_LABELS[name]}", value)
        for side, costs in told.items()
        for name, value in costs.items()
    )
    ours, theirs = pair.challenger, pair.champion
    bought = auc_difference(
        ours.defaulted, ours.probabilities, theirs.probabilities, level=standard.confidence
    )
    gained = Measurement(
        "auc_difference", "What it buys: AUC of the challenger minus that of the champion", bought.difference,
        bought.interval, p=bought.p_value, n=bought.n, note="The p is raw; its family stands with the paired tests.",
    )  # fmt: skip
    more = {name: told[Side.CHALLENGER][name] - told[Side.CHAMPION][name] for name in ("inputs", "bytes")}
    headline = (
        f"The challenger has {more['inputs']:+.0f} inputs and {more['bytes']:+,.0f} bytes; its AUC differs by"
        f" {bought.difference:+.4f}."
    )
    rows = tuple(_row(side, sample, told[side]) for side, sample in pair.sides())
    table = Table(("version", "made_of", *_LABELS), rows)
    return Measured(
        headline, reported("Told, without a verdict."), (*measured, gained), {"complexity": table}
    )


_LABELS = {
    "inputs": "inputs",
    "features": "columns of the estimator",
    "learned": "trees, or fitted numbers",
    "bytes": "bytes of the artefact",
    "milliseconds": "milliseconds a row, scored and explained in a table on this machine",
}


def _costs(sample: Sample) -> dict[str, float]:
    served = sample.served
    return {
        "inputs": float(len(served.schema.inputs)),
        "features": float(len(served.feature_names)),
        "learned": float(served.size.count),
        "bytes": float(sum(len(content) for content in sample.sealed.files.values())),
        "milliseconds": _milliseconds(sample),
    }


def _row(side: Side, sample: Sample, costs: dict[str, float]) -> tuple[float | int | str | None, ...]:
    return (str(side), str(sample.served.size.learned), *costs.values())


def _milliseconds(sample: Sample) -> float:
    frame = sample.frame.head(_MOST_ROWS)
    return min(_timed(lambda: sample.served.score_frame(frame)) for _ in range(_TIMES)) * 1000 / len(frame)


def _timed(score: Callable[[], ScoredFrame]) -> float:
    begun = time.perf_counter()
    score()
    return time.perf_counter() - begun


QUESTION = Question(
    id="complexity",
    title=gettext_noop("Cost of complexity, and what it buys"),
    limits="Milliseconds are those of the machine and the moment: only the two beside each other say something.",
    run=run,
)
