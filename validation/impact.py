"""The adverse impact ratio of one attribute: shared by the checks that name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import ImpactRule, Judgement, insufficient, judge_air
from validation.measuring import Measured, Measurement, Table, word_of, worst
from validation.sample import Sample, groups_of
from validation.standard import Attribute, FairnessRules, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.coded import Coded
    from quant.fairness.impact import AdverseImpact


def adverse_impact(sample: Sample, standard: Standard, key: str) -> Measured:
    """Approved alone counts as favourable for the verdict; the ratio that counts `refer` as well stands
    beside."""
    attribute = standard.attribute(key)
    if attribute is None:
        return Measured(f"The standard names no attribute {key}.", insufficient("Not in the standard."))
    groups = groups_of(sample, attribute)
    strict = readings_of(sample.approved, groups, attribute, standard)
    measured = [_measurement(reading, standard.fairness) for reading in strict]
    missing = sorted({group.name for group in attribute.groups} - set(groups.names))
    measured += [_absent(name) for name in missing if name != attribute.reference]
    judgement = worst(measured)
    beside = [_with_referred(reading) for reading in _wide(sample, groups, attribute, standard)]
    return Measured(
        _headline(strict, attribute),
        judgement,
        (*measured, *beside),
        {"selection_rates": _table(strict, measured, attribute)},
    )


def _wide(
    sample: Sample, groups: Coded, attribute: Attribute, standard: Standard
) -> tuple[AdverseImpact, ...]:
    """Nothing where nobody is referred: it would say the same again."""
    if not sample.referred.any():
        return ()
    return readings_of(sample.approved | sample.referred, groups, attribute, standard)


def readings_of(
    approved: NDArray[np.bool_], groups: Coded, attribute: Attribute, standard: Standard
) -> tuple[AdverseImpact, ...]:
    from quant.fairness.groups import Comparison
    from quant.fairness.impact import adverse_impact_by_group

    comparison = Comparison(attribute.reference, standard.fairness.minimum_n, standard.confidence)
    found = {
        each.group.group: each
        for each in adverse_impact_by_group(approved, groups, comparison=comparison).readings
    }
    declared = [group.name for group in attribute.groups]
    order = [*declared, *sorted(set(found) - set(declared))]
    return tuple(found[name] for name in order if name in found)


def judged_impact(reading: AdverseImpact, rules: FairnessRules) -> Judgement:
    if not reading.is_sufficient:
        return insufficient(f"{reading.group.n} clients; the standard judges from {rules.minimum_n}.")
    return judge_air(
        reading.ratio, reading.interval, reading.p_value, rule=ImpactRule(rules.air_limit, rules.alpha)
    )


def _measurement(reading: AdverseImpact, rules: FairnessRules) -> Measurement:
    return Measurement(
        name=f"air:{reading.group.group}",
        label=f"Adverse impact ratio, {reading.group.group} against {reading.reference.group}",
        value=reading.ratio,
        interval=reading.interval,
        p=reading.p_value,
        n=reading.group.n,
        limit=rules.air_limit,
        judgement=judged_impact(reading, rules),
    )


def _with_referred(reading: AdverseImpact) -> Measurement:
    return Measurement(
        name=f"air_with_referred:{reading.group.group}",
        label=f"The same, counting referred as favourable, {reading.group.group}",
        value=reading.ratio,
        interval=reading.interval,
        p=reading.p_value,
        n=reading.group.n,
    )


def _absent(name: str) -> Measurement:
    why = insufficient("No client of this group is in the sample.")
    return Measurement(f"air:{name}", f"Adverse impact ratio, {name}", n=0, judgement=why)


def _headline(readings: tuple[AdverseImpact, ...], attribute: Attribute) -> str:
    if not readings:
        return f"Only the reference group {attribute.reference} is in the sample."
    low = min(readings, key=lambda reading: reading.ratio)
    return f"The lowest ratio is {low.ratio:.3f} ({low.group.group} against {low.reference.group})."


def _table(readings: tuple[AdverseImpact, ...], measured: list[Measurement], attribute: Attribute) -> Table:
    columns = ("group", "n", "approved", "selection_rate", "ratio", "low", "high", "p", "test", "verdict")
    rows: list[tuple[str | int | float | None, ...]] = []
    if readings:
        base = readings[0].reference
        told = f"{base.group} (reference)"
        rows.append((told, base.n, base.approved, base.approved / base.n, 1.0, None, None, None, "", ""))
    for reading, each in zip(readings, measured, strict=False):
        interval, group = reading.interval, reading.group
        rows.append(
            (
                group.group,
                group.n,
                group.approved,
                group.approved / group.n,
                reading.ratio,
                None if interval is None else interval.low,
                None if interval is None else interval.high,
                reading.p_value,
                str(reading.test),
                "" if each.judgement is None else word_of(each.judgement),
            )
        )
    rows.append((attribute.reference_reason, None, None, None, None, None, None, None, "", ""))
    return Table(columns, tuple(rows))
