"""AUC with DeLong's interval, Gini and KS."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, thinned
from validation.sample import Check, Sample, Section
from validation.standard import Standard

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
    )
    told = (
        ""
        if area.interval is None
        else f" (95 % interval {area.interval.low:.3f} to {area.interval.high:.3f})"
    )
    corners = thinned(list(zip(roc.false_positive_rates, roc.true_positive_rates, strict=True)), _CORNERS)
    tables = {
        "roc": Table(("false_positive_rate", "true_positive_rate"), ((0.0, 0.0), *corners)),
        "ks": _distributions(sample),
    }
    return Measured(
        f"AUC {area.value:.3f}{told}.", reported("No universal minimum is a pass."), measured, tables
    )


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
    title=gettext_noop("Discrimination"),
    section=Section.DISCRIMINATION,
    question=gettext_noop("Does the score order clients by risk?"),
    needs="Held-out outcomes and PDs, both classes.",
    bad_sign="An interval that reaches .5.",
    limits=gettext_noop("Says nothing about the level of the PDs. One snapshot: not out of time."),
    reference="DeLong et al. 1988; ECB instructions for validation reporting 2019; Basel WP14.",
    run=run,
)
