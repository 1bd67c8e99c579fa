"""Every check there is, listed by hand: a check that is not here is not run."""

from __future__ import annotations

from mrm.lib.errors import FieldError, Invalid
from validation.checks import (
    additivity,
    adverse_impact_age,
    adverse_impact_sex,
    artefact_digest,
    auc_decline,
    brier,
    calibration_curve,
    calibration_groups,
    concentration,
    confusion,
    correlated_binomial,
    counterfactuals,
    cox_calibration,
    data_quality,
    determinism,
    direction,
    discrimination,
    error_ratio,
    exact_binomial,
    expected_loss,
    fairer_cut_off,
    feature_shift,
    hosmer_lemeshow,
    importance,
    information_value,
    intersections,
    jeffreys_grades,
    jeffreys_portfolio,
    low_default,
    maximum_profit,
    mean_difference,
    noise,
    odds_gaps,
    overfit_gap,
    paired_discrimination,
    parity_gap,
    proxy_screen,
    psi_features,
    psi_score,
    ranking,
    realised_profit,
    reason_deletion,
    reason_stability,
    scenario_profit,
    serving_parity,
    spiegelhalter,
    stress_shifts,
    swap_set,
    traffic_light,
    vintages,
    walk_forward,
    weak_segments,
)
from validation.sample import Check
from validation.standard import Standard

CHECKS: tuple[Check, ...] = (
    data_quality.CHECK,
    artefact_digest.CHECK,
    serving_parity.CHECK,
    determinism.CHECK,
    discrimination.CHECK,
    ranking.CHECK,
    information_value.CHECK,
    auc_decline.CHECK,
    paired_discrimination.CHECK,
    confusion.CHECK,
    jeffreys_portfolio.CHECK,
    jeffreys_grades.CHECK,
    exact_binomial.CHECK,
    correlated_binomial.CHECK,
    traffic_light.CHECK,
    hosmer_lemeshow.CHECK,
    spiegelhalter.CHECK,
    cox_calibration.CHECK,
    brier.CHECK,
    calibration_curve.CHECK,
    low_default.CHECK,
    psi_score.CHECK,
    psi_features.CHECK,
    feature_shift.CHECK,
    concentration.CHECK,
    adverse_impact_sex.CHECK,
    adverse_impact_age.CHECK,
    parity_gap.CHECK,
    intersections.CHECK,
    mean_difference.CHECK,
    odds_gaps.CHECK,
    error_ratio.CHECK,
    calibration_groups.CHECK,
    proxy_screen.CHECK,
    fairer_cut_off.CHECK,
    importance.CHECK,
    additivity.CHECK,
    reason_deletion.CHECK,
    direction.CHECK,
    reason_stability.CHECK,
    counterfactuals.CHECK,
    scenario_profit.CHECK,
    swap_set.CHECK,
    maximum_profit.CHECK,
    expected_loss.CHECK,
    realised_profit.CHECK,
    walk_forward.CHECK,
    weak_segments.CHECK,
    overfit_gap.CHECK,
    vintages.CHECK,
    noise.CHECK,
    stress_shifts.CHECK,
)
BY_ID = {check.id: check for check in CHECKS}


def plan_of(standard: Standard) -> tuple[Check, ...]:
    """The checks of a standard in its order. Invalid when it names one that does not exist."""
    unknown = [planned.check for planned in standard.plan if planned.check not in BY_ID]
    if unknown:
        told = [
            FieldError("/content/plan", "unknown", f"There is no check named {name[:64]}.")
            for name in unknown
        ]
        raise Invalid("The standard plans checks that do not exist.", told)
    return tuple(BY_ID[planned.check] for planned in standard.plan)
