"""Would another background sample, or another way of attributing, state the same reasons?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import insufficient, reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, of_rate
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.attribution.interventional import Agreement

MOST_ROWS, BACKGROUND = 60, 25


def run(sample: Sample, standard: Standard) -> Measured:
    import numpy as np

    from quant.attribution.interventional import agreement, group_values

    development = required(sample.development, sample.absent.development)
    rng = np.random.default_rng(standard.seed)
    declined = rng.permutation(np.flatnonzero(~sample.approved))[:MOST_ROWS]
    if len(declined) == 0:
        return Measured("The policy declines nobody.", insufficient("Nobody is declined in this sample."))
    drawn = rng.permutation(len(development))[: 2 * BACKGROUND]
    if len(drawn) < 2 * BACKGROUND:
        why = f"Two backgrounds of {BACKGROUND} rows need more of the development part."
        return Measured(why, insufficient(why))
    matrix, served = sample.scored.matrix[declined], sample.served
    backgrounds = served.matrix(development.iloc[drawn])
    first, second = (
        group_values(matrix, part, served.group_places, served.margins)
        for part in (backgrounds[:BACKGROUND], backgrounds[BACKGROUND:])
    )
    listed = min(standard.explainability.positions, len(served.group_keys))
    between = agreement(first, second, listed=listed)
    sealed = agreement(sample.scored.group_contributions[declined], first, listed=listed)
    measured = (
        *_told("backgrounds", "two background samples", between, standard),
        *_told("sealed", "the sealed attribution and an interventional one", sealed, standard),
        Measurement(
            "gap",
            "Largest gap of a sum of contributions (log-odds)",
            _gap(sample, matrix, first, backgrounds),
        ),
    )
    headline = (
        f"Of {between.rows} declines, {between.same_first} keep their first reason under another background,"
        f" {sealed.same_first} under the interventional attribution."
    )
    return Measured(headline, reported("Reported."), measured)


def _told(name: str, words: str, found: Agreement, standard: Standard) -> tuple[Measurement, ...]:
    from quant.intervals import proportion

    shares = {
        "first": (f"Same first reason by {words}", found.same_first),
        "listed": (f"Same {found.listed} reasons by {words}", found.same_listed),
    }
    return tuple(
        of_rate(f"{name}_{key}", label, proportion(count, found.rows, standard.confidence))
        for key, (label, count) in shares.items()
    )


def _gap(
    sample: Sample, matrix: NDArray[np.float32], values: NDArray[np.float64], backgrounds: NDArray[np.float32]
) -> float:
    """Interventional values of a row add up to its margin minus the mean margin of the background."""
    margins = sample.served.margins(matrix).astype("float64")
    base = sample.served.margins(backgrounds[:BACKGROUND]).astype("float64").mean()
    return float(abs(values.sum(axis=1) - (margins - base)).max())


CHECK = Check(
    id="reason_stability",
    title=gettext_noop("Stability of reasons"),
    section=Section.EXPLAINABILITY,
    question=gettext_noop(
        "Would another background sample, or another way of attributing, state the same reasons?"
    ),
    needs="The sealed version, those not approved, and two draws of the development part as backgrounds.",
    bad_sign="Many declines whose first reason changes with the background.",
    limits=gettext_noop(
        "Up to 60 declines against 25 rows each time, drawn by the standard's seed; groups only,"
        " and no more than twelve. Another attribution answers another question: it need not agree."
    ),
    reference="Exact interventional Shapley values of reason groups over all coalitions; Janzing et al. 2020.",
    run=run,
)
