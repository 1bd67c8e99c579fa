"""Equalised odds: are those who repay, and those who default, approved alike in every group?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quant.verdict import insufficient, judge_gap
from validation.groupings import by_attribute, too_few, with_what_is_missing
from validation.marking import gettext_noop
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
        measured = [each for gap in strict for each in _measured(attribute, gap, target, standard)]
        if not referred.any():
            return measured
        wide = _gaps(sample, approved | referred, grouping)
        return [*measured, *(each for gap in wide for each in _beside(attribute, gap))]

    found = _judged(by_attribute(sample, standard, measure), target, standard)
    return Measured(with_what_is_missing(_headline(found), found), worst(found), found)


def _judged(measured: tuple[Measurement, ...], target: float, standard: Standard) -> tuple[Measurement, ...]:
    """Holm over every gap that was tested, of all attributes together."""
    from quant.metrics.multiple import holm

    tested = [each.p for each in measured if each.p is not None]
    if not tested:
        return measured
    adjusted = iter(holm(tested, family="gaps of odds").adjusted)
    return tuple(
        each if each.p is None else _verdict(each, next(adjusted), target, standard) for each in measured
    )


def _verdict(each: Measurement, adjusted: float, target: float, standard: Standard) -> Measurement:
    assert each.value is not None  # noqa: S101 (what was tested was measured)
    assert each.interval is not None  # noqa: S101
    alpha = standard.fairness.alpha
    judgement = judge_gap(each.value, each.interval, adjusted, target=target, alpha=alpha)
    return replace(each, p_adjusted=adjusted, judgement=judgement)


def _gaps(sample: Sample, approved: NDArray[np.bool_], grouping: Grouping) -> tuple[OddsGap, ...]:
    from quant.fairness.parity import odds_gaps

    kept = grouping.kept
    return odds_gaps(
        sample.defaulted[kept], approved[kept], grouping.names, comparison=grouping.comparison
    ).gaps


def _measured(attribute: Attribute, gap: OddsGap, target: float, standard: Standard) -> list[Measurement]:
    """Each gap with its raw p; one that cannot be tested is judged here."""
    return [
        _one(f"{name}:{attribute.key}:{gap.group}", _label(attribute, gap, name), found, target, standard)
        for name, found in _both(gap)
    ]


def _label(attribute: Attribute, gap: OddsGap, name: str) -> str:
    return f"{attribute.label}: approved of those {_KINDS[name]}, {gap.group} minus {attribute.reference}"


def _one(name: str, label: str, found: RateGap | None, target: float, standard: Standard) -> Measurement:
    from quant.fairness.groups import GroupCount
    from quant.fairness.impact import rates_p

    if found is None:
        why = insufficient("The group or the reference has no client of this kind.")
        return Measurement(name, label, n=0, limit=target, judgement=why)
    plain = Measurement(name, label, found.gap, found.interval, n=found.rate.n, limit=target)
    if not found.is_sufficient:
        few = insufficient(too_few(min(found.rate.n, found.reference_rate.n), standard))
        return replace(plain, judgement=few)
    sides = (GroupCount(name, rate.successes, rate.n) for rate in (found.rate, found.reference_rate))
    return replace(plain, p=rates_p(*sides)[0])


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


def _headline(measured: tuple[Measurement, ...]) -> str:
    values = [each for each in measured if each.limit is not None and each.value is not None]
    if not values:
        return "No gap could be measured."
    most = max(values, key=lambda each: abs(each.value or 0.0))
    return f"The largest gap is {most.value:.1%} ({most.label})."


CHECK = Check(
    id="odds_gaps",
    title=gettext_noop("Equalised odds"),
    section=Section.FAIRNESS,
    question=gettext_noop("Are those who repay approved as often in every group, and those who default?"),
    needs="Held-out outcomes, the proposed policy's outcomes and the protected columns.",
    bad_sign="A gap beyond the standard's target between rates that differ (p below its α after Holm).",
    limits=gettext_noop(
        "Outcomes are known of accepted clients only. Where groups differ in risk, equal odds and a PD that holds in"
        " every group exclude each other. A screening metric."
    ),
    reference="Hardt et al. 2016; Newcombe 1998, method 10; two-proportion z or Fisher's exact test, Holm 1979.",
    run=run,
)
