"""Two attributes at once: a group can be hit that neither attribute shows."""

from __future__ import annotations

from quant.verdict import insufficient
from validation.impact import judged_impact
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, word_of, worst
from validation.sample import Check, Sample, Section, groups_of
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.fairness.groups import SEPARATOR, Comparison, intersections
    from quant.fairness.impact import adverse_impact_by_group

    attributes = standard.fairness.attributes
    if len(attributes) < 2:
        return Measured("The standard names one attribute only.", insufficient("Nothing to intersect."))
    joined = intersections({each.key: groups_of(sample, each) for each in attributes})
    reference = SEPARATOR.join(each.reference for each in attributes)
    comparison = Comparison(reference, standard.fairness.minimum_n, standard.confidence)
    readings = adverse_impact_by_group(sample.approved, joined, comparison=comparison).readings
    measured = tuple(
        Measurement(
            f"air:{each.group.group}",
            f"Adverse impact ratio, {each.group.group}",
            each.ratio,
            each.interval,
            p=each.p_value,
            n=each.group.n,
            limit=standard.fairness.air_limit,
            judgement=judged_impact(each, standard.fairness),
        )
        for each in readings
    )
    rows = tuple(
        (_group_of(each), each.n, each.value, *ends(each.interval), each.p, _said(each)) for each in measured
    )
    low = min(readings, key=lambda reading: reading.ratio, default=None)
    told = (
        "No other group is present."
        if low is None
        else f"The lowest ratio is {low.ratio:.3f} ({low.group.group})."
    )
    table = Table(("group", "n", "ratio", "low", "high", "p", "verdict"), rows)
    return Measured(told, worst(measured), measured, {"intersections": table})


def _group_of(measured: Measurement) -> str:
    return measured.name.removeprefix("air:")


def _said(measured: Measurement) -> str:
    return "" if measured.judgement is None else word_of(measured.judgement)


CHECK = Check(
    id="intersections",
    title=gettext_noop("Adverse impact at intersections"),
    section=Section.FAIRNESS,
    question=gettext_noop(
        "Is a group of sex and age band together approved much less often than the reference?"
    ),
    needs="As the single ratios, over the joined groups.",
    bad_sign="A ratio below .80 with p below .05; amber at most.",
    limits=gettext_noop("Many small groups and raw p-values: some will look low by chance."),
    reference="As the adverse impact ratio; the reference is the pair of declared references.",
    run=run,
)
