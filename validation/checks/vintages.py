"""Quarter by quarter: does the order hold, and is the PD of any quarter too low?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.verdict import insufficient
from validation.calibration import judged_rate
from validation.history import quarters_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, word_of, worst
from validation.sample import Check, Sample, Section
from validation.standard import Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.metrics.calibration import PdTest

    Row = tuple[str | int | float | None, ...]


_COLUMNS = (
    *("quarter", "n", "defaults", "auc", "low", "high"),
    *("mean_pd", "observed_rate", "rate_low", "rate_high", "p_holm", "verdict"),
)


@dataclass(frozen=True)
class Vintage:
    """One quarter with enough loans: outcomes and PDs (n,), and the test of its mean PD."""

    name: str
    defaulted: NDArray[np.bool_]
    pds: NDArray[np.float64]
    test: PdTest


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.multiple import holm

    least = standard.robustness.minimum_n
    found = quarters_of(sample)
    sizes = {name: int((found.place == at).sum()) for at, name in enumerate(found.names)}
    made = [
        _vintage(sample, name, found.place == at, standard)
        for at, name in enumerate(found.names)
        if sizes[name] >= least
    ]
    if len(made) < 2:
        why = f"Fewer than two quarters have {least} loans."
        return Measured(why, insufficient(why))
    adjusted = holm([each.test.p_value for each in made], family="quarters, Jeffreys").adjusted
    measured = tuple(_measured(each, p, standard) for each, p in zip(made, adjusted, strict=True))
    rows = tuple(_row(each, said, standard) for each, said in zip(made, measured, strict=True))
    left = {name: n for name, n in sizes.items() if n < least}
    undated = int((found.place < 0).sum())
    headline = (
        f"{len(made)} quarters; smallest adjusted p {min(adjusted):.3f}. Left out: {sum(left.values())} loans of"
        f" {len(left)} small quarters, {undated} without a day."
    )
    return Measured(headline, worst(measured), measured, {"vintages": Table(_COLUMNS, rows)})


def _vintage(sample: Sample, name: str, inside: NDArray[np.bool_], standard: Standard) -> Vintage:
    from quant.metrics.calibration import jeffreys

    outcome, pds = sample.defaulted[inside], sample.probabilities[inside]
    test = jeffreys(float(pds.mean()), len(pds), int(outcome.sum()), level=standard.confidence)
    return Vintage(name, outcome, pds, test)


def _measured(vintage: Vintage, adjusted: float, standard: Standard) -> Measurement:
    label = f"{vintage.name}: observed default rate"
    return judged_rate(f"vintage:{vintage.name}", label, vintage.test, adjusted=adjusted, standard=standard)


def _row(vintage: Vintage, said: Measurement, standard: Standard) -> Row:
    from quant.metrics.discrimination import auc

    bads, n = int(vintage.defaulted.sum()), len(vintage.defaulted)
    area = auc(vintage.defaulted, vintage.pds, level=standard.confidence) if 1 < bads < n - 1 else None
    order = (None, None, None) if area is None else (area.value, *ends(area.interval))
    verdict = "" if said.judgement is None else word_of(said.judgement)
    rate = (said.limit, said.value, *ends(said.interval))
    return (vintage.name, n, bads, *order, *rate, said.p_adjusted, verdict)


CHECK = Check(
    id="vintages",
    title=gettext_noop("Vintages"),
    section=Section.ROBUSTNESS,
    question=gettext_noop(
        "Quarter by quarter of decision, does the order hold, and is any quarter's PD too low?"
    ),
    needs="The day of the decision, held-out outcomes and PDs.",
    bad_sign="An adjusted p at or below the standard's limits, or an AUC that falls from quarter to quarter.",
    limits=gettext_noop(
        "One-sided, like every Jeffreys test. A quarter without the power the standard asks for cannot pass."
    ),
    reference="ECB instructions for validation reporting 2019, by quarter; Holm 1979 over the quarters.",
    run=run,
)
