"""Treatment equality: for one who defaults and is approved, how many who repay are turned away?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import insufficient, reported
from validation.groupings import by_attribute, with_what_is_missing
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, worst
from validation.sample import Check, Sample, Section
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.fairness.groups import Grouping
    from quant.fairness.treatment import ErrorRatio

Row = tuple[str | int | float | None, ...]


def run(sample: Sample, standard: Standard) -> Measured:
    approved, referred = sample.approved, sample.referred
    rows: list[Row] = []

    def measure(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
        strict = _ratios(sample, approved, grouping)
        rows.extend(_rows(attribute, strict))
        judged = [_judged(attribute, each, standard) for each in strict]
        if not referred.any():
            return judged
        wide = _ratios(sample, approved | referred, grouping)
        return [*judged, *(_beside(attribute, each) for each in wide)]

    measured = by_attribute(sample, standard, measure)
    table = Table(("group", "n", "turned_away", "let_in", "ratio", "low", "high"), tuple(rows))
    headline = with_what_is_missing(_headline(measured), measured)
    return Measured(headline, worst(measured), measured, {"error_ratios": table})


def _ratios(sample: Sample, approved: NDArray[np.bool_], grouping: Grouping) -> tuple[ErrorRatio, ...]:
    from quant.fairness.treatment import error_ratios

    kept = grouping.kept
    return error_ratios(
        sample.defaulted[kept], approved[kept], grouping.names, comparison=grouping.comparison
    )


def _judged(attribute: Attribute, found: ErrorRatio, standard: Standard) -> Measurement:
    group, base = found.group, found.reference
    why = (
        f"{group.turned_away} turned away and {group.let_in} let in of {group.n}; the reference"
        f" {base.turned_away} and {base.let_in} of {base.n}."
    )
    few = f"{why} The standard reads both kinds of error from {standard.fairness.minimum_n} clients on."
    return Measurement(
        f"errors:{attribute.key}:{group.group}",
        f"{attribute.label}: turned away per let in, {group.group} over {base.group}",
        found.value,
        found.interval,
        n=group.n,
        judgement=reported(why) if found.is_sufficient else insufficient(few),
    )


def _beside(attribute: Attribute, found: ErrorRatio) -> Measurement:
    return Measurement(
        f"errors_with_referred:{attribute.key}:{found.group.group}",
        f"The same, counting referred as favourable, {found.group.group}",
        found.value,
        found.interval,
        n=found.group.n,
    )


def _rows(attribute: Attribute, found: tuple[ErrorRatio, ...]) -> list[Row]:
    told: list[Row] = [
        (
            f"{attribute.label}: {each.group.group}",
            each.group.n,
            each.group.turned_away,
            each.group.let_in,
            each.group.ratio,
            *ends(each.own),
        )
        for each in found
    ]
    if not found:
        return told
    base = found[0].reference
    name = f"{attribute.label}: {base.group} (reference)"
    return [(name, base.n, base.turned_away, base.let_in, base.ratio, None, None), *told]


def _headline(measured: tuple[Measurement, ...]) -> str:
    values = [each for each in measured if each.name.startswith("errors:") and each.value is not None]
    if not values:
        return "No ratio of errors could be measured."
    most = max(values, key=lambda each: each.value or 0.0)
    return f"The largest ratio to the reference is {most.value:.2f} ({most.label})."


CHECK = Check(
    id="error_ratio",
    title=gettext_noop("Treatment equality"),
    section=Section.FAIRNESS,
    question=gettext_noop(
        "For one who defaults and is approved, how many who repay are turned away, group by group?"
    ),
    needs="Held-out outcomes, the proposed policy's outcomes and the protected columns.",
    bad_sign="A ratio far from that of the reference: in that group the errors fall on those who would repay.",
    limits=gettext_noop(
        "Depends on how many of a group default, so groups of unequal risk differ by it. A screening metric."
    ),
    reference="Berk et al. 2018; interval on the log ratio (Woolf 1955).",
    run=run,
)
