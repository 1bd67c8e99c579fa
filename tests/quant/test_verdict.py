import subprocess
import sys

import pytest

from quant.errors import BadInput
from quant.intervals import Interval
from quant.verdict import (
    GradedRule,
    ImpactRule,
    Judgement,
    Severity,
    Side,
    Verdict,
    amber_at_most,
    insufficient,
    judge_air,
    judge_band,
    judge_gap,
    judge_graded_test,
    judge_interval,
    judge_psi,
    judge_test,
    reported,
    worst_of,
)

RULE = GradedRule(amber_alpha=0.05, red_alpha=0.01, required_power=0.80)
IMPACT = ImpactRule(limit=0.80, alpha=0.05)


def _band(low, high):
    return Interval(low, high, 0.95)


@pytest.mark.parametrize(
    ("estimate", "band", "verdict"),
    [
        (0.85, _band(0.80, 0.90), Verdict.PASSED),
        (0.85, _band(0.79, 0.90), Verdict.INCONCLUSIVE),
        (0.79, _band(0.70, 0.88), Verdict.FAILED),
        (0.85, None, Verdict.INCONCLUSIVE),
        (0.79, None, Verdict.FAILED),
    ],
)
def test_an_estimate_passes_only_with_its_whole_interval(estimate, band, verdict):
    above = judge_interval(estimate, band, limit=0.80, good_side=Side.ABOVE)
    mirrored = None if band is None else _band(-band.high, -band.low)
    below = judge_interval(-estimate, mirrored, limit=-0.80, good_side=Side.BELOW)
    assert above.verdict is below.verdict is verdict


@pytest.mark.parametrize(
    ("estimate", "band", "verdict"),
    [
        (0.02, _band(-0.03, 0.07), Verdict.PASSED),
        (-0.12, _band(-0.15, -0.09), Verdict.FAILED),
        (0.08, _band(0.04, 0.12), Verdict.INCONCLUSIVE),
    ],
)
def test_a_gap_is_judged_on_both_sides(estimate, band, verdict):
    assert judge_band(estimate, band, band=(-0.10, 0.10)).verdict is verdict


@pytest.mark.parametrize(
    ("p_value", "power", "verdict"),
    [
        (0.05, 0.99, Verdict.FAILED),
        (0.04, None, Verdict.FAILED),
        (0.06, 0.80, Verdict.PASSED),
        (0.06, 0.79, Verdict.INSUFFICIENT_DATA),
        (0.90, None, Verdict.INSUFFICIENT_DATA),
        (0.90, float("nan"), Verdict.INSUFFICIENT_DATA),
    ],
)
def test_a_test_never_passes_by_lack_of_power(p_value, power, verdict):
    assert judge_test(p_value, alpha=0.05, power=power, required_power=0.80).verdict is verdict


@pytest.mark.parametrize(
    ("p_value", "severity"),
    [(0.01, Severity.RED), (0.011, Severity.AMBER), (0.05, Severity.AMBER), (0.051, None)],
)
def test_small_p_is_amber_and_smaller_p_is_red(p_value, severity):
    assert judge_graded_test(p_value, power=0.9, rule=RULE).severity is severity


def test_a_graded_test_without_power_is_insufficient():
    assert judge_graded_test(0.2, power=0.254, rule=RULE).verdict is Verdict.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("ratio", "band", "p_value", "verdict"),
    [
        (0.77, _band(0.70, 0.85), 0.001, Verdict.FAILED),
        (0.77, _band(0.60, 0.98), 0.051, Verdict.INCONCLUSIVE),
        (0.77, None, 0.001, Verdict.FAILED),
        (0.90, _band(0.80, 1.01), 0.060, Verdict.PASSED),
        (0.90, _band(0.85, 0.95), 0.001, Verdict.PASSED),
        (0.85, _band(0.78, 0.93), 0.010, Verdict.INCONCLUSIVE),
        (1.00, None, 1.000, Verdict.INCONCLUSIVE),
    ],
)
def test_impact_fails_by_size_and_significance_and_passes_by_interval(ratio, band, p_value, verdict):
    assert judge_air(ratio, band, p_value, rule=IMPACT).verdict is verdict


@pytest.mark.parametrize(
    ("value", "critical", "verdict", "severity"),
    [
        (0.05, 0.03, Verdict.PASSED, None),
        (0.12, 0.03, Verdict.FAILED, Severity.AMBER),
        (0.30, 0.03, Verdict.FAILED, Severity.RED),
        (0.30, 0.40, Verdict.INSUFFICIENT_DATA, None),
        (0.15, 0.20, Verdict.INSUFFICIENT_DATA, None),
        (0.05, 0.20, Verdict.INSUFFICIENT_DATA, None),
    ],
)
def test_psi_needs_the_convention_and_the_sample_size(value, critical, verdict, severity):
    found = judge_psi(value, critical, amber=0.10, red=0.25)
    assert (found.verdict, found.severity) == (verdict, severity)


def test_thresholds_are_the_standards_not_the_codes():
    assert judge_psi(0.12, 0.03, amber=0.2, red=0.3).verdict is Verdict.PASSED
    assert judge_air(0.85, _band(0.82, 0.88), 0.001, rule=ImpactRule(0.9, 0.05)).verdict is Verdict.FAILED


def test_amber_only_checks_never_turn_red():
    red = judge_graded_test(0.001, power=0.9, rule=RULE)
    assert amber_at_most(red).severity is Severity.AMBER
    assert amber_at_most(reported("kept")) == reported("kept")


def test_the_gravest_judgement_speaks_for_all():
    red = Judgement(Verdict.FAILED, "red", Severity.RED)
    amber = Judgement(Verdict.FAILED, "amber", Severity.AMBER)
    rest = [
        insufficient("few"),
        Judgement(Verdict.INCONCLUSIVE, "?"),
        Judgement(Verdict.PASSED, "ok"),
        reported("r"),
    ]
    ordered = [red, amber, *rest]
    for place, expected in enumerate(ordered):
        assert worst_of(reversed(ordered[place:])) == expected


def test_nothing_measured_is_no_pass():
    assert worst_of([]).verdict is Verdict.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("verdict", "severity"),
    [(Verdict.PASSED, Severity.RED), (Verdict.FAILED, None), (Verdict.REPORTED, Severity.AMBER)],
)
def test_only_a_failure_has_a_severity(verdict, severity):
    with pytest.raises(BadInput, match="severity"):
        Judgement(verdict, "why", severity)


@pytest.mark.parametrize(
    "judge",
    [
        lambda: judge_test(float("nan"), alpha=0.05, power=0.9, required_power=0.8),
        lambda: judge_interval(float("nan"), None, limit=0.8, good_side=Side.ABOVE),
        lambda: judge_psi(float("inf"), 0.1, amber=0.1, red=0.25),
        lambda: judge_psi(0.1, 0.1, amber=0.3, red=0.25),
        lambda: judge_air(0.9, None, -0.1, rule=IMPACT),
        lambda: judge_graded_test(0.9, power=0.9, rule=GradedRule(0.01, 0.05, 0.8)),
    ],
)
def test_what_cannot_be_judged_is_refused(judge):
    with pytest.raises(BadInput, match="Cannot judge"):
        judge()


def test_verdicts_can_be_read_without_the_numeric_packages():
    probe = "import sys, quant.verdict; print(sorted({'numpy', 'scipy', 'pandas'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("gap", "ends", "p", "word"),
    [
        (0.15, (0.05, 0.25), 0.01, "failed"),
        (-0.15, (-0.25, -0.05), 0.01, "failed"),
        (0.15, (-0.05, 0.35), 0.20, "inconclusive"),
        (0.05, (-0.02, 0.09), 0.20, "passed"),
        (0.05, (0.02, 0.09), 0.001, "passed"),
        (0.05, (-0.06, 0.16), 0.40, "inconclusive"),
    ],
)
def test_gap_fails_only_where_it_is_large_and_shown(gap, ends, p, word):
    found = judge_gap(gap, Interval(*ends, 0.95), p, target=0.10, alpha=0.05)
    assert str(found.verdict) == word
