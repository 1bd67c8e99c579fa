"""Differences of approval rates to the reference groups, in percentage points."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends
from validation.sample import Check, Sample, Section, groups_of
from validation.standard import Attribute, Standard


def run(sample: Sample, standard: Standard) -> Measured:
    measured = [
        each for attribute in standard.fairness.attributes for each in _gaps(sample, attribute, standard)
    ]
    spreads = [each for each in measured if each.name.startswith("spread:")]
    told = ", ".join(f"{each.label.lower()} {each.value:.1%}" for each in spreads if each.value is not None)
    rows = tuple((each.label, each.value, *ends(each.interval), each.n) for each in measured)
    table = Table(("gap", "value", "low", "high", "n"), rows)
    headline = (
        f"{told or 'No gap could be measured'}; the target is below {standard.fairness.parity_target:.0%}."
    )
    return Measured(
        headline[:1].upper() + headline[1:300],
        reported("A target, not a limit."),
        tuple(measured),
        {"gaps": table},
    )


def _gaps(sample: Sample, attribute: Attribute, standard: Standard) -> list[Measurement]:
    from quant.fairness.groups import Comparison
    from quant.fairness.parity import parity_gaps

    rules = standard.fairness
    comparison = Comparison(attribute.reference, rules.minimum_n, standard.confidence)
    found = parity_gaps(sample.approved, groups_of(sample, attribute), comparison=comparison)
    spread = Measurement(
        f"spread:{attribute.key}",
        f"{attribute.label}: largest minus smallest approval rate",
        found.spread,
        n=sample.n,
        limit=rules.parity_target,
    )
    return [
        spread,
        *(
            Measurement(
                f"gap:{attribute.key}:{each.group}",
                f"{attribute.label}: {each.group} minus {attribute.reference}",
                each.gap,
                each.interval,
                n=each.rate.n,
                limit=rules.parity_target,
                note="" if each.is_sufficient else f"Fewer than {rules.minimum_n} clients.",
            )
            for each in found.gaps
        ),
    ]


CHECK = Check(
    id="parity_gap",
    title=gettext_noop("Demographic parity gap"),
    section=Section.FAIRNESS,
    question=gettext_noop("By how many percentage points do approval rates differ?"),
    needs="The proposed policy's outcomes and the protected columns.",
    bad_sign="A gap of ten points or more.",
    limits=gettext_noop("Ignores that groups may differ in risk; a screening metric."),
    reference="Newcombe 1998, method 10; fairlearn's demographic parity difference.",
    run=run,
)
