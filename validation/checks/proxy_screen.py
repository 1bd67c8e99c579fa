"""How well the inputs of the model tell an attribute that it must not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.features.inputs import CATEGORIES
from quant.verdict import Judgement, Side, insufficient, judge_interval
from validation.groupings import by_attribute, too_few, with_what_is_missing
from validation.inputs import input_numbers, of_rows
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, worst
from validation.sample import Check, Sample, Section, required
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    from quant.fairness.groups import Grouping
    from quant.fairness.proxy import ProxyScreen


def run(sample: Sample, standard: Standard) -> Measured:
    limit = required(standard.errors, "The standard has no limit for proxies.").proxy_auc
    if not sample.inputs:
        return Measured(sample.absent.inputs, insufficient("There is nothing to screen."))
    columns = input_numbers(sample, sample.frame)
    codes = {name for name, kind in sample.inputs.items() if kind in CATEGORIES}

    def measure(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
        from quant.fairness.proxy import proxy_screens

        found = proxy_screens(
            of_rows(columns, grouping.kept),
            grouping.names,
            categories=codes,
            comparison=grouping.comparison,
            seed=standard.seed,
        )
        return [_screened(attribute, each, limit, standard) for each in found]

    measured = by_attribute(sample, standard, measure)
    return Measured(with_what_is_missing(_headline(measured), measured), worst(measured), measured)


def _screened(attribute: Attribute, found: ProxyScreen, limit: float, standard: Standard) -> Measurement:
    return Measurement(
        f"proxy:{attribute.key}:{found.group}",
        f"{attribute.label}: AUC of telling {found.group} from {attribute.reference} by the inputs",
        None if found.area is None else found.area.value,
        None if found.area is None else found.area.interval,
        n=found.n,
        limit=limit,
        judgement=_verdict(found, limit, standard),
    )


def _verdict(found: ProxyScreen, limit: float, standard: Standard) -> Judgement:
    if found.area is None or not found.is_sufficient:
        return insufficient(too_few(min(found.n, found.n_reference), standard))
    return judge_interval(found.area.value, found.area.interval, limit=limit, good_side=Side.BELOW)


def _headline(measured: tuple[Measurement, ...]) -> str:
    values = [each for each in measured if each.name.startswith("proxy:") and each.value is not None]
    if not values:
        return "No attribute could be screened."
    most = max(values, key=lambda each: each.value or 0.0)
    return f"The highest AUC is {most.value:.3f} ({most.label})."


CHECK = Check(
    id="proxy_screen",
    title=gettext_noop("Proxy screen"),
    section=Section.FAIRNESS,
    question=gettext_noop("How well do the inputs of the model tell a protected attribute that is no input?"),
    needs="The inputs as the model reads them, and the protected columns.",
    bad_sign="An AUC above .80 under the demonstration's standard: the inputs stand in for the attribute.",
    limits=gettext_noop(
        "A straight line through the inputs: what only their combination tells stays unseen. It says that a proxy is"
        " there, not that the score uses it. A screening metric."
    ),
    reference=(
        "Logistic regression with an L2 penalty, five seeded folds; DeLong's interval over the pooled out-of-fold"
        " margins."
    ),
    run=run,
)
