"""Has the score lost discrimination since the developer measured it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import judge_test
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.metrics.discrimination import AucDecline


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.discrimination import auc, auc_decline, auc_decline_power

    rules = required(standard.ranking, "The standard has no section on ranking.")
    label, stated = _stated(sample)
    current = auc(sample.defaulted, sample.probabilities, level=standard.confidence)
    decline = auc_decline(float(str(stated)), current)
    power = auc_decline_power(current, decline=rules.decline, alpha=rules.decline_alpha)
    judgement = judge_test(
        decline.p_value, alpha=rules.decline_alpha, power=power, required_power=rules.required_power
    )
    measured = Measurement(
        "auc_decline",
        "AUC of development minus AUC here",
        decline.initial - current.value,
        p=decline.p_value,
        n=current.n,
        power=power,
        judgement=judgement,
        note=f"{judgement.why} Power is that against a decline of {rules.decline:g}.",
    )
    return Measured(_headline(decline), judgement, (measured, *_both(decline, label)))


def _stated(sample: Sample) -> tuple[str, object]:
    """What it is called and the figure; a model that learned from rows orders them better than any others."""
    found = sample.registered.metrics
    if "cross_fitted_auc" in found:
        return "AUC of development, cross-fitted", found["cross_fitted_auc"]
    told = required(found.get("reference_auc"), "No AUC of development is stated.")
    return "AUC of the development reference, by the PDs it was brought with", told


def _both(decline: AucDecline, label: str) -> tuple[Measurement, ...]:
    current = decline.current
    return (
        Measurement("initial", label, decline.initial),
        Measurement("current", "AUC here", current.value, current.interval, n=current.n),
    )


def _headline(decline: AucDecline) -> str:
    return f"AUC {decline.initial:.3f} at development, {decline.current.value:.3f} here: p = {decline.p_value:.3f}."


CHECK = Check(
    id="auc_decline",
    title=gettext_noop("Decline of the AUC"),
    section=Section.DISCRIMINATION,
    question=gettext_noop("Does the score order clients less well here than at development?"),
    needs="The developer's cross-fitted AUC, or PDs of a development reference; outcomes and PDs, both classes.",
    bad_sign="A p at or below the standard's α: the AUC has fallen by more than chance explains.",
    limits=gettext_noop(
        "The AUC of development counts as a fixed number, as the guideline has it; its own error is left out. One"
        " snapshot: it shows overfit, not decline over time."
    ),
    reference="ECB instructions for validation reporting 2019; DeLong et al. 1988.",
    run=run,
)
