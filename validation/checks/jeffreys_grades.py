"""Is the frozen PD of any grade too low? Holm over the grades."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from validation.calibration import GradeCounts, grade_counts, judged_rate
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, word_of, worst
from validation.sample import Check, Sample, Section
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.metrics.calibration import GradeTests


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.metrics.calibration import jeffreys_by_grade

    counts = grade_counts(sample)
    found = jeffreys_by_grade(counts.pds, counts.sizes, counts.defaults, family="grades, Jeffreys")
    measured = tuple(_grade(found, at, standard) for at in range(len(found.grades)))
    judgement = worst(measured)
    rejecting = sum(each.judgement is not None and each.judgement.severity is not None for each in measured)
    passing = sum(each.judgement is not None and str(each.judgement.verdict) == "passed" for each in measured)
    least = min(found.holm.adjusted)
    headline = (
        f"{rejecting} of {len(measured)} grades reject after Holm (smallest adjusted p {least:.3f});"
        f" {passing} pass with the power the standard asks for."
    )
    return Measured(headline, judgement, measured, {"grades": _table(found, measured, counts)})


def _grade(found: GradeTests, at: int, standard: Standard) -> Measurement:
    test, number = found.tests[at], found.grades[at] + 1
    told = judged_rate(
        f"grade_{number}",
        f"Grade {number}: observed default rate",
        test,
        adjusted=found.holm.adjusted[at],
        standard=standard,
    )
    if told.power is not None:
        return told
    no_alternative = f"{standard.calibration.delta:g} times this PD is no rate: no power."
    return replace(told, note=no_alternative)


def _table(found: GradeTests, measured: tuple[Measurement, ...], counts: GradeCounts) -> Table:
    columns = (
        "grade",
        "n",
        "defaults",
        "assigned_pd",
        "observed_rate",
        "low",
        "high",
        "p",
        "p_holm",
        "p_benjamini_hochberg",
        "power",
        "verdict",
    )
    rows = []
    for at, (place, test, each) in enumerate(zip(found.grades, found.tests, measured, strict=True)):
        verdict = "" if each.judgement is None else word_of(each.judgement)
        rows.append(
            (
                place + 1,
                test.n,
                int(counts.defaults[place]),
                test.assigned_pd,
                test.observed_rate,
                test.interval.low,
                test.interval.high,
                test.p_value,
                found.holm.adjusted[at],
                found.benjamini_hochberg.adjusted[at],
                each.power,
                verdict,
            )
        )
    return Table(columns, tuple(rows))


CHECK = Check(
    id="jeffreys_grades",
    title=gettext_noop("Jeffreys test per grade"),
    section=Section.CALIBRATION,
    question=gettext_noop("Is the PD that was frozen for any grade too low?"),
    needs="Held-out outcomes, sealed grade bounds and grade PDs.",
    bad_sign="An adjusted p at or below .05 (amber) or .01 (red) under the demonstration's standard.",
    limits=gettext_noop(
        "One-sided; a grade without the power to see 1.5 times its PD reads insufficient data."
    ),
    reference="ECB instructions for validation reporting 2019; Holm 1979; Benjamini and Hochberg 1995.",
    run=run,
)
