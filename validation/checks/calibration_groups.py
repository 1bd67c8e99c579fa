"""Is the mean PD of any protected group too low? Holm over all groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.verdict import insufficient
from validation.calibration import judged_rate
from validation.groupings import by_attribute, too_few, with_what_is_missing
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, word_of, worst
from validation.sample import Check, Sample, Section
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    from quant.fairness.group_calibration import GroupPds
    from quant.fairness.groups import Grouping
    from quant.metrics.calibration import GradeTests


@dataclass(frozen=True)
class _Named:
    """A group of an attribute; the family of tests is all of them."""

    name: str
    label: str
    found: GroupPds


def run(sample: Sample, standard: Standard) -> Measured:
    tested: list[_Named] = []

    def measure(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
        from quant.fairness.group_calibration import pds_by_group

        kept = grouping.kept
        groups = pds_by_group(sample.defaulted[kept], sample.probabilities[kept], grouping.names)
        named = [
            _Named(f"{attribute.key}:{each.group}", f"{attribute.label}: {each.group}", each)
            for each in groups
        ]
        usable = [each for each in named if _why_not(each.found, standard) == ""]
        tested.extend(usable)
        return [_untested(each, standard) for each in named if each not in usable]

    rest = by_attribute(sample, standard, measure)
    judged, table = _tests(tested, standard)
    measured = (*judged, *rest)
    headline = with_what_is_missing(_headline(judged), measured)
    return Measured(headline, worst(measured), measured, {"calibration_groups": table})


def _why_not(found: GroupPds, standard: Standard) -> str:
    if found.n < standard.fairness.minimum_n:
        return too_few(found.n, standard)
    return "" if found.has_a_rate else "The mean PD is 0 or 1, which is no rate to test."


def _untested(each: _Named, standard: Standard) -> Measurement:
    why = insufficient(_why_not(each.found, standard))
    return Measurement(f"calibration:{each.name}", each.label, n=each.found.n, judgement=why)


def _tests(tested: list[_Named], standard: Standard) -> tuple[tuple[Measurement, ...], Table]:
    from quant.fairness.group_calibration import calibration_by_group

    columns = (
        "group",
        "n",
        "defaults",
        "mean_pd",
        "observed_rate",
        "low",
        "high",
        "p",
        "p_holm",
        "power",
        "verdict",
    )
    if not tested:
        return (), Table(columns, ())
    found = calibration_by_group([each.found for each in tested], family="groups, Jeffreys")
    measured = tuple(_judged(each, found, at, standard) for at, each in enumerate(tested))
    rows = tuple(
        (
            each.label,
            each.found.n,
            each.found.defaults,
            each.found.mean_pd,
            told.value,
            *ends(told.interval),
            told.p,
            told.p_adjusted,
            told.power,
            "" if told.judgement is None else word_of(told.judgement),
        )
        for each, told in zip(tested, measured, strict=True)
    )
    return measured, Table(columns, rows)


def _judged(each: _Named, found: GradeTests, at: int, standard: Standard) -> Measurement:
    return judged_rate(
        f"calibration:{each.name}",
        f"{each.label}: observed default rate, beside the mean PD",
        found.tests[at],
        adjusted=found.holm.adjusted[at],
        standard=standard,
    )


def _headline(judged: tuple[Measurement, ...]) -> str:
    if not judged:
        return "No group could be tested."
    rejecting = sum(each.judgement is not None and each.judgement.severity is not None for each in judged)
    least = min(each.p_adjusted or 0.0 for each in judged)
    return f"{rejecting} of {len(judged)} groups reject after Holm (smallest adjusted p {least:.3f})."


CHECK = Check(
    id="calibration_groups",
    title=gettext_noop("Calibration inside each group"),
    section=Section.FAIRNESS,
    question=gettext_noop("Is the mean PD of any protected group too low for what happened to it?"),
    needs="Held-out outcomes, PDs and the protected columns.",
    bad_sign="An adjusted p at or below .05 (amber) or .01 (red) under the demonstration's standard.",
    limits=gettext_noop(
        "One-sided: a PD that is too high for a group, and turns its members away, shows only in the observed rate"
        " below the mean PD. A screening metric."
    ),
    reference="Jeffreys test of the ECB instructions 2019 on the mean PD of each group; Holm 1979 over all groups.",
    run=run,
)
