"""Equalised odds: are those who repay, and those who default, approved alike in every group?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import Judgement, insufficient, judge_band
from validation.groupings import by_attribute, too_few, with_what_is_missing
from validation.measuring import Measured, Measurement, worst
from validation.sample import Check, Sample, Section, required
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.fairness.groups import Grouping
    from quant.fairness.parity import OddsGap, RateGap

_KINDS = {"tpr": "who repaid", "fpr": "who defaulted"}


def run(sample: Sample, standard: Standard) -> Measured:
    target = required(standard.errors, "The standard has no target for gaps of error rates.").odds_target
    approved, referred = sample.approved, sample.referred

    def measure(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
        strict = _gaps(sample, approved, grouping)
        judged = [each for gap in strict for each in _judged(attribute, gap, target, standard)]
        if not referred.any():
            return judged
        wide = _gaps(sample, approved | referred, grouping)
        return [*judged, *(each for gap in wide for each in _beside(attribute, gap))]

    measured = by_attribute(sample, standard, measure)
    return Measured(with_what_is_missing(_headline(measured), measured), worst(measured), measured)


def _gaps(sample: Sample, approved: NDArray[np.bool_], grouping: Grouping) -> tuple[OddsGap, ...]:
    from quant.fairness.parity import odds_gaps

    kept = grouping.kept
    return odds_gaps(
        sample.defaulted[kept], approved[kept], grouping.names, comparison=grouping.comparison
    ).gaps


def _judged(attribute: Attribute, gap: OddsGap, target: float, standard: Standard) -> list[Measurement]:
    return [
        Measurement(
            f"{name}:{attribute.key}:{gap.group}",
            f"{attribute.label}: approved of those {_KINDS[name]}, {gap.group} minus {attribute.reference}",
            None if found is None else found.gap,
            None if found is None else found.interval,
            n=0 if found is None else found.rate.n,
            limit=target,
            judgement=_verdict(found, target, standard),
        )
        for name, found in _both(gap)
    ]


def _beside(attribute: Attribute, gap: OddsGap) -> list[Measurement]:
    return [
        Measurement(
            f"{name}_with_referred:{attribute.key}:{gap.group}",
            f"The same, counting referred as favourable: those {_KINDS[name]}, {gap.group}",
            found.gap,
            found.interval,
            n=found.rate.n,
        )
        for name, found in _both(gap)
        if found is not None
    ]


def _both(gap: OddsGap) -> tuple[tuple[str, RateGap | None], ...]:
    return ("tpr", gap.true_positive), ("fpr", gap.false_positive)


def _verdict(found: RateGap | None, target: float, standard: Standard) -> Judgement:
    if found is None:
        return insufficient("The group or the reference has no client of this kind.")
    if not found.is_sufficient:
        return insufficient(too_few(min(found.rate.n, found.reference_rate.n), standard))
    return judge_band(found.gap, found.interval, band=(-target, target))


def _headline(measured: tuple[Measurement, ...]) -> str:
    values = [each for each in measured if each.limit is not None and each.value is not None]
    if not values:
        return "No gap could be measured."
    most = max(values, key=lambda each: abs(each.value or 0.0))
    return f"The largest gap is {most.value:.1%} ({most.label})."


CHECK = Check(
    id="odds_gaps",
    title="Equalised odds",
    section=Section.FAIRNESS,
    question="Are those who repay approved as often in every group, and those who default?",
    needs="Held-out outcomes, the proposed policy's outcomes and the protected columns.",
    bad_sign="A gap beyond ten percentage points under the demonstration's standard.",
    limits=(
        "Outcomes are known of accepted clients only. Where groups differ in risk, equal odds and a PD that holds in"
        " every group exclude each other. A screening metric."
    ),
    reference="Hardt et al. 2016; Newcombe 1998, method 10.",
    run=run,
)
