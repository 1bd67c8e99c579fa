"""From a measurement to a verdict. Every threshold is an argument: it is policy, frozen before the run.

Imports nothing heavy: models and pages read these words too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isfinite

from quant.errors import BadInput
from quant.intervals import Interval


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    INSUFFICIENT_DATA = "insufficient_data"
    REPORTED = "reported"


class Severity(StrEnum):
    """How grave a failure is. Red can block, amber never does."""

    AMBER = "amber"
    RED = "red"


class Side(StrEnum):
    """On which side of its limit an estimate is good; the limit itself is good."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and why. Only a failure has a severity."""

    verdict: Verdict
    why: str
    severity: Severity | None = None

    def __post_init__(self) -> None:
        if (self.verdict is Verdict.FAILED) != (self.severity is not None):
            raise BadInput("Cannot judge: a failure has a severity, and nothing else has one.")

    @property
    def is_red(self) -> bool:
        return self.severity is Severity.RED


@dataclass(frozen=True, slots=True)
class GradedRule:
    """Red at or below `red_alpha`, amber at or below
    `amber_alpha`; a pass takes `required_power` at `amber_alpha`.
    """

    amber_alpha: float
    red_alpha: float
    required_power: float


@dataclass(frozen=True, slots=True)
class ImpactRule:
    """Fails if the ratio is below `limit` with p < alpha; passes if its whole interval is at or above it."""

    limit: float
    alpha: float


def reported(why: str) -> Judgement:
    """For what the standard gives no verdict on."""
    return Judgement(Verdict.REPORTED, why)


def insufficient(why: str) -> Judgement:
    """For groups below their minimum, and for what was not measurable."""
    return Judgement(Verdict.INSUFFICIENT_DATA, why)


def judge_interval(
    estimate: float,
    interval: Interval | None,
    *,
    limit: float,
    good_side: Side,
    severity: Severity = Severity.RED,
) -> Judgement:
    """Passes if the whole interval is on the good side, fails if the point lies beyond, else inconclusive."""
    _require_finite(estimate, limit)
    sign = 1 if good_side is Side.ABOVE else -1
    if sign * (estimate - limit) < 0:
        return _failed(f"{estimate:.4g} lies beyond the limit {limit:.4g}.", severity)
    if interval is None:
        return _inconclusive(f"{estimate:.4g} is {good_side} {limit:.4g}, but it has no interval.")
    worst = interval.low if good_side is Side.ABOVE else interval.high
    if sign * (worst - limit) >= 0:
        return _passed(f"The whole {_told(interval)} is {good_side} {limit:.4g}.")
    return _inconclusive(f"{estimate:.4g} is {good_side} {limit:.4g}, its {_told(interval)} is not.")


def judge_band(
    estimate: float,
    interval: Interval | None,
    *,
    band: tuple[float, float],
    severity: Severity = Severity.RED,
) -> Judgement:
    """As `judge_interval` between two limits: for gaps
    around zero and slopes around one. The limits are good.
    """
    sides = zip(band, (Side.ABOVE, Side.BELOW), strict=True)
    return worst_of(
        judge_interval(estimate, interval, limit=limit, good_side=side, severity=severity)
        for limit, side in sides
    )


def judge_test(
    p_adjusted: float,
    *,
    alpha: float,
    power: float | None,
    required_power: float,
    severity: Severity = Severity.RED,
) -> Judgement:
    """Fails when it rejects (p ≤ α, after correction); otherwise passes only with the required power."""
    _require_probability(p_adjusted)
    if p_adjusted <= alpha:
        return _failed(f"The test rejects: p = {p_adjusted:.4g}, at most {alpha:g}.", severity)
    if power is None or not power >= required_power:
        told = "unknown" if power is None else f"{power:.3f}"
        return insufficient(
            f"p = {p_adjusted:.4g}, but the power is {told}; a pass takes {required_power:g}."
        )
    return _passed(f"p = {p_adjusted:.4g} is above {alpha:g}, with power {power:.3f}.")


def judge_graded_test(p_adjusted: float, *, power: float | None, rule: GradedRule) -> Judgement:
    """Red, amber, or as `judge_test` at the amber α. `power` is that of the test at the amber α."""
    if not rule.red_alpha <= rule.amber_alpha:
        raise BadInput("Cannot judge: red needs a smaller α than amber.")
    severity = Severity.RED if p_adjusted <= rule.red_alpha else Severity.AMBER
    return judge_test(
        p_adjusted,
        alpha=rule.amber_alpha,
        power=power,
        required_power=rule.required_power,
        severity=severity,
    )


def judge_air(ratio: float, interval: Interval | None, p_value: float, *, rule: ImpactRule) -> Judgement:
    """Adverse impact: fails if ratio < limit and p < α;
    passes if the whole interval is at or above the limit.

    Ask `is_sufficient` of the reading first. Jurisdictions
    choose the limit; this is a screen, not a finding of law.
    """
    _require_finite(ratio, rule.limit)
    _require_probability(p_value)
    if ratio < rule.limit and p_value < rule.alpha:
        why = f"The ratio {ratio:.4g} is below {rule.limit:g} with p = {p_value:.4g}."
        return _failed(why, Severity.RED)
    if interval is not None and interval.low >= rule.limit:
        return _passed(f"The whole {_told(interval)} is at or above {rule.limit:g}.")
    told = "it has no interval" if interval is None else f"its {_told(interval)} is not"
    return _inconclusive(
        f"The ratio {ratio:.4g} is not shown to be below {rule.limit:g}, and {told} above it."
    )


def judge_gap(gap: float, interval: Interval, p_adjusted: float, *, target: float, alpha: float) -> Judgement:
    """A gap of two rates: fails beyond ± target where the rates differ (p < α after correction), passes if the whole
    interval is within. Among many small groups some gap is large by chance alone, so the point does not suffice."""
    _require_finite(gap, target)
    _require_probability(p_adjusted)
    if abs(gap) > target and p_adjusted < alpha:
        return _failed(f"The gap {gap:.4g} is beyond {target:g} with p = {p_adjusted:.4g}.", Severity.RED)
    if max(abs(interval.low), abs(interval.high)) <= target:
        return _passed(f"The whole {_told(interval)} is within {target:g}.")
    return _inconclusive(
        f"The gap {gap:.4g} is not shown to be beyond {target:g}, and its {_told(interval)} is not within."
    )


def judge_psi(value: float, critical: float, *, amber: float, red: float) -> Judgement:
    """A failure needs both the convention and the size-aware critical value.

    A sample too small to see a shift of size `amber` (critical > amber) cannot pass either.
    """
    _require_finite(value, critical)
    if not 0 < amber <= red:
        raise BadInput("Cannot judge: amber lies above 0 and not above red.")
    if value < amber and critical <= amber:
        return _passed(f"PSI {value:.4f} is below {amber:g}.")
    if value < amber or value < critical:
        return insufficient(
            f"PSI {value:.4f} is within the sampling error {critical:.4f} of samples this small."
        )
    severity = Severity.RED if value >= red else Severity.AMBER
    limit = red if severity is Severity.RED else amber
    return _failed(f"PSI {value:.4f} reaches {limit:g} and its critical value {critical:.4f}.", severity)


def amber_at_most(judgement: Judgement) -> Judgement:
    """For checks that the standard calls amber only: a red failure becomes amber, all else stays."""
    return replace(judgement, severity=Severity.AMBER) if judgement.is_red else judgement


def worst_of(judgements: Iterable[Judgement]) -> Judgement:
    """The gravest one, the first among equals: red, amber, insufficient, inconclusive, passed, reported.

    Nothing judged is insufficient data, never a pass.
    """
    return min(judgements, key=_rank, default=insufficient("Nothing was measured."))


def _rank(judgement: Judgement) -> int:
    order = (
        Verdict.FAILED,
        Verdict.INSUFFICIENT_DATA,
        Verdict.INCONCLUSIVE,
        Verdict.PASSED,
        Verdict.REPORTED,
    )
    return -1 if judgement.is_red else order.index(judgement.verdict)


def _passed(why: str) -> Judgement:
    return Judgement(Verdict.PASSED, why)


def _failed(why: str, severity: Severity) -> Judgement:
    return Judgement(Verdict.FAILED, why, severity)


def _inconclusive(why: str) -> Judgement:
    return Judgement(Verdict.INCONCLUSIVE, why)


def _told(interval: Interval) -> str:
    return f"{interval.level:.0%} interval [{interval.low:.4g}, {interval.high:.4g}]"


def _require_finite(*values: float) -> None:
    if not all(isfinite(value) for value in values):
        raise BadInput("Cannot judge a number that is not finite.")


def _require_probability(p_value: float) -> None:
    if not 0 <= p_value <= 1:
        raise BadInput(f"Cannot judge p = {p_value}: it lies between 0 and 1.")
