"""How far the mean PD of a group lies from that of the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import insufficient, judge_band
from validation.groupings import by_attribute, too_few, with_what_is_missing
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, worst
from validation.sample import Check, Sample, Section, required
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    from quant.fairness.groups import Grouping
    from quant.fairness.parity import MeanDifference


def run(sample: Sample, standard: Standard) -> Measured:
    limit = required(
        standard.errors, "The standard has no limit for differences of the mean."
    ).mean_difference

    def measure(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
        from quant.coded import coded
        from quant.fairness.parity import standardised_mean_differences

        found = standardised_mean_differences(
            sample.probabilities[grouping.kept], grouping.names, comparison=grouping.comparison
        )
        single = (
            set(coded("groups", grouping.names).names)
            - {each.group for each in found}
            - {attribute.reference}
        )
        return [
            *(_difference(attribute, each, limit, standard) for each in found),
            *(_single(attribute, group) for group in sorted(single)),
        ]

    measured = by_attribute(sample, standard, measure)
    return Measured(with_what_is_missing(_headline(measured), measured), worst(measured), measured)


def _difference(attribute: Attribute, found: MeanDifference, limit: float, standard: Standard) -> Measurement:
    return Measurement(
        f"difference:{attribute.key}:{found.group}",
        f"{attribute.label}: mean PD, {found.group} minus {attribute.reference}, in standard deviations",
        found.value,
        found.interval,
        n=found.n,
        limit=limit,
        judgement=judge_band(found.value, found.interval, band=(-limit, limit))
        if found.is_sufficient
        else insufficient(too_few(min(found.n, found.n_reference), standard)),
    )


def _single(attribute: Attribute, group: str) -> Measurement:
    why = insufficient("One client has no spread.")
    return Measurement(
        f"difference:{attribute.key}:{group}", f"{attribute.label}: {group}", n=1, judgement=why
    )


def _headline(measured: tuple[Measurement, ...]) -> str:
    values = [each for each in measured if each.name.startswith("difference:") and each.value is not None]
    if not values:
        return "No difference could be measured."
    most = max(values, key=lambda each: abs(each.value or 0.0))
    return f"The largest difference is {most.value:.3f} ({most.label.split(', in ', maxsplit=1)[0]})."


CHECK = Check(
    id="mean_difference",
    title=gettext_noop("Standardised difference of the mean PD"),
    section=Section.FAIRNESS,
    question=gettext_noop("Does a group have much higher or much lower PDs than the declared reference?"),
    needs="PDs and the protected columns, joined for validation only.",
    bad_sign="A difference beyond .30 pooled standard deviations under the demonstration's standard.",
    limits=gettext_noop("Groups may differ in risk: a difference is no error by itself. A screening metric."),
    reference="Cohen 1988; interval of Hedges and Olkin 1985.",
    run=run,
)
