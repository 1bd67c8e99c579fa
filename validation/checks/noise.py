"""If the inputs were measured a little less well, would the order still hold?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import Side, judge_interval
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard
from validation.straining import column_of, numeric_inputs, pds_of, rows_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from quant.metrics.discrimination import AucDifference


def run(sample: Sample, standard: Standard) -> Measured:
    """The smallest noise is judged; larger ones are told."""
    from quant.metrics.discrimination import auc_difference

    rules = required(standard.stress, "The standard states no strain.")
    at = rows_of(sample, standard.seed)
    frame, outcome = sample.frame.iloc[at], sample.defaulted[at]
    before = pds_of(sample, frame)
    rows: list[tuple[float | int | None, ...]] = []
    losses: list[AucDifference] = []
    for size in sorted(rules.noise):
        drawn = [
            auc_difference(outcome, before, _noisy_pds(sample, frame, size, standard.seed + each))
            for each in range(rules.draws)
        ]
        worst = max(drawn, key=lambda found: found.difference)
        losses.append(worst)
        mean = sum(found.difference for found in drawn) / len(drawn)
        rows.append((size, mean, worst.difference, *ends(worst.interval), rules.draws))
    first = losses[0]
    judgement = judge_interval(first.difference, first.interval, limit=rules.auc_loss, good_side=Side.BELOW)
    measured = tuple(
        Measurement(
            f"noise:{row[0]}",
            f"AUC lost to noise of {row[0]:.0%} of the interquartile range, worst of {rules.draws} draws",
            found.difference,
            found.interval,
            n=len(at),
            limit=rules.auc_loss if number == 0 else None,
            judgement=judgement if number == 0 else None,
        )
        for number, (row, found) in enumerate(zip(rows, losses, strict=True))
    )
    headline = (
        f"Noise of {min(rules.noise):.0%} costs {first.difference:.4f} of the AUC in the worst of the draws."
    )
    table = Table(("noise", "mean_loss", "worst_loss", "low", "high", "draws"), tuple(rows))
    return Measured(headline, judgement, measured, {"noise": table})


def _noisy_pds(sample: Sample, frame: pd.DataFrame, size: float, seed: int) -> NDArray[np.float64]:
    import numpy as np

    from quant.strain import noisy

    rng = np.random.default_rng(seed)
    worse = {
        name: noisy(column_of(frame, name), size=size, domain=domain, rng=rng)
        for name, domain in numeric_inputs(sample).items()
    }
    return pds_of(sample, frame.assign(**worse))


CHECK = Check(
    id="noise",
    title=gettext_noop("Noise in the inputs"),
    section=Section.ROBUSTNESS,
    question=gettext_noop("If amounts and counts were measured less well, would the order still hold?"),
    needs="The sealed version, its numeric inputs, held-out outcomes.",
    bad_sign="An AUC that falls by more than the standard's limit at the smallest noise.",
    limits=gettext_noop(
        "Noise is independent between inputs and clients; real errors often are not. Codes, texts and dates stay as"
        " they are. At most 20,000 rows, drawn by the standard's seed."
    ),
    reference="Paired DeLong difference on the same rows, the worst of the draws.",
    run=run,
)
