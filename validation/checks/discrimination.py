"""AUC with DeLong's interval, Gini, KS, and the distance to the developer's own number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.metrics.discrimination import Auc

_CORNERS = 200


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics import discrimination as metric

    pds = sample.probabilities
    area = metric.auc(sample.defaulted, pds, level=standard.confidence)
    gini, ks = metric.gini(area), metric.ks(sample.defaulted, pds)
    roc = metric.roc(sample.defaulted, pds)
    measured = (
        Measurement("auc", "AUC", area.value, area.interval, n=area.n),
        Measurement("gini", "Gini", gini.value, gini.interval, n=gini.n),
        Measurement("ks", "KS", ks.value, p=ks.p_value, n=ks.n, note=f"Reached at a PD of {ks.at:.4f}."),
        *_against_development(sample, area),
    )
    told = (
        ""
        if area.interval is None
        else f" (95 % interval {area.interval.low:.3f} to {area.interval.high:.3f})"
    )
    corners = _thinned(list(zip(roc.false_positive_rates, roc.true_positive_rates, strict=True)))
    tables = {
        "roc": Table(("false_positive_rate", "true_positive_rate"), ((0.0, 0.0), *corners)),
        "ks": _distributions(sample),
    }
    return Measured(
        f"AUC {area.value:.3f}{told}.", reported("No universal minimum is a pass."), measured, tables
    )


def _against_development(sample: Sample, area: Auc) -> tuple[Measurement, ...]:
    """Overfit gap: the developer's cross-fitted AUC is a fixed number, the test is one-sided."""
    from quant.metrics.discrimination import auc_decline

    stated = sample.registered.metrics.get("cross_fitted_auc")
    if stated is None or not area.standard_error:
        return ()
    decline = auc_decline(float(str(stated)), area)
    return (
        Measurement(
            "auc_decline",
            "AUC of development minus AUC here",
            decline.initial - area.value,
            p=decline.p_value,
            n=area.n,
            note=f"Development, cross-fitted: {decline.initial:.4f}. A small p says that it declined.",
        ),
    )


def _thinned(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    step = max(1, len(points) // _CORNERS)
    kept = points[::step]
    return tuple(kept if kept[-1] == points[-1] else [*kept, points[-1]])


def _distributions(sample: Sample) -> Table:
    import numpy as np

    pds = sample.probabilities
    at = np.quantile(pds, np.linspace(0, 1, 51))
    bad, good = np.sort(pds[sample.defaulted]), np.sort(pds[~sample.defaulted])
    rows = tuple(
        (
            float(pd),
            float(np.searchsorted(bad, pd, side="right") / len(bad)),
            float(np.searchsorted(good, pd, side="right") / len(good)),
        )
        for pd in at
    )
    return Table(("pd", "share_of_defaults", "share_of_others"), rows)


CHECK = Check(
    id="discrimination",
    title="Discrimination",
    section=Section.DISCRIMINATION,
    question="Does the score order clients by risk?",
    needs="Held-out outcomes and PDs, both classes.",
    bad_sign="An interval that reaches .5, or an AUC well below development's.",
    limits="Says nothing about the level of the PDs. One snapshot: not out of time.",
    reference="DeLong et al. 1988; ECB instructions for validation reporting 2019; Basel WP14.",
    run=run,
)
