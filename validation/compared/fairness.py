"""How often each group is approved by either version, against the declared reference; Holm over both versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quant.errors import NotMeasurable
from quant.verdict import ImpactRule, Judgement, insufficient, judge_air
from validation.compared.pair import Pair, Question, Side
from validation.impact import readings_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends, word_of, worst
from validation.sample import groups_of
from validation.standard import Attribute, FairnessRules, Standard

if TYPE_CHECKING:
    from quant.fairness.impact import AdverseImpact


@dataclass(frozen=True)
class _Read:
    side: Side
    attribute: Attribute
    reading: AdverseImpact


def run(pair: Pair, standard: Standard) -> Measured:
    from quant.metrics.multiple import holm

    made: list[_Read] = []
    lacking: list[Measurement] = []
    for attribute in standard.fairness.attributes:
        try:
            made += _reads(pair, attribute, standard)
        except NotMeasurable as refusal:
            why = insufficient(str(refusal))
            lacking.append(Measurement(f"air:{attribute.key}", f"By {attribute.key}", judgement=why))
    if not made:
        raise NotMeasurable("None of the standard's attributes can be compared on these rows.")
    # One family for each attribute: its groups under both versions.
    adjusted: list[float] = []
    for key in dict.fromkeys(each.attribute.key for each in made):
        raw = [each.reading.p_value for each in made if each.attribute.key == key]
        adjusted += holm(raw, family=_family(key)).adjusted
    read = [_measurement(each, p, standard.fairness) for each, p in zip(made, adjusted, strict=True)]
    low = min(made, key=lambda each: each.reading.ratio)
    headline = (
        f"The lowest ratio is {low.reading.ratio:.3f} ({low.side}, {low.reading.group.group} against"
        f" {low.reading.reference.group}). Holm over the groups of both versions, by attribute."
    )
    columns = (
        "attribute", "group", "version", "n", "selection_rate", "ratio", "low", "high", "p", "p_holm", "verdict",
    )  # fmt: skip
    table = Table(columns, tuple(map(_row, made, read)))
    measured = (*read, *lacking)
    return Measured(headline, worst(measured), measured, {"ratios": table})


def _family(key: str) -> str:
    return f"groups of {key} under both versions"


def _reads(pair: Pair, attribute: Attribute, standard: Standard) -> list[_Read]:
    """Group by group, the champion first. NotMeasurable without the column, or where nobody of the reference is
    approved by one of the two."""
    groups = groups_of(pair.champion, attribute)
    found = {side: readings_of(sample.approved, groups, attribute, standard) for side, sample in pair.sides()}
    by_group = zip(*found.values(), strict=True)
    return [
        _Read(side, attribute, reading)
        for both in by_group
        for side, reading in zip(found, both, strict=True)
    ]


def _measurement(read: _Read, adjusted: float, rules: FairnessRules) -> Measurement:
    reading = read.reading
    return Measurement(
        name=f"air:{read.attribute.key}:{reading.group.group}:{read.side}",
        label=f"Adverse impact ratio, {reading.group.group} against {reading.reference.group}, {read.side}",
        value=reading.ratio,
        interval=reading.interval,
        p=reading.p_value,
        p_adjusted=adjusted,
        n=reading.group.n,
        limit=rules.air_limit,
        judgement=_judged(reading, adjusted, rules),
    )


def _judged(reading: AdverseImpact, adjusted: float, rules: FairnessRules) -> Judgement:
    if not reading.is_sufficient:
        return insufficient(f"{reading.group.n} clients; the standard judges from {rules.minimum_n}.")
    rule = ImpactRule(rules.air_limit, rules.alpha)
    return judge_air(reading.ratio, reading.interval, adjusted, rule=rule)


def _row(read: _Read, measured: Measurement) -> tuple[float | int | str | None, ...]:
    reading, (low, high) = read.reading, ends(read.reading.interval)
    verdict = "" if measured.judgement is None else word_of(measured.judgement)
    return (
        read.attribute.key, reading.group.group, str(read.side), reading.group.n,
        reading.group.approved / reading.group.n, reading.ratio, low, high, reading.p_value, measured.p_adjusted,
        verdict,
    )  # fmt: skip


QUESTION = Question(
    id="fairness",
    title=gettext_noop("Fairness by group under each own policy"),
    limits="A screening metric: it is neither a finding of law nor a statement about cause. `refer` is no approval.",
    run=run,
)
