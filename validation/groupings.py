"""What the checks by group share: who is compared, who belongs to no declared group, and refusals in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from quant.errors import BadInput, NotMeasurable, QuantError
from quant.verdict import insufficient
from validation.measuring import Measurement
from validation.sample import OTHER, Sample, groups_of
from validation.standard import Attribute, Standard

if TYPE_CHECKING:
    from quant.fairness.groups import Grouping

_REFUSED, _WITHOUT = "refused:", "without_group:"
Measure = Callable[[Attribute, "Grouping"], Sequence[Measurement]]


def by_attribute(sample: Sample, standard: Standard, measure: Measure) -> tuple[Measurement, ...]:
    """Every declared attribute by itself: one that is not in the sample does not hide the others."""
    attributes = standard.fairness.attributes
    return tuple(each for one in attributes for each in _of(sample, standard, one, measure))


def grouping_of(sample: Sample, standard: Standard, attribute: Attribute) -> Grouping:
    """Rows in a declared group, compared with the declared reference. NotMeasurable without any such row."""
    from quant.fairness.groups import Comparison, Grouping

    named = groups_of(sample, attribute)
    kept = ~named.are(OTHER)
    if not kept.any():
        raise NotMeasurable("No client belongs to a declared group.")
    rules = standard.fairness
    comparison = Comparison(attribute.reference, rules.minimum_n, standard.confidence)
    return Grouping(kept, named.only(kept), comparison)


def without_group(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
    """The share of rows that no group holds. From the minimum on they could be a group by themselves, and then what
    leaves them out does not pass."""
    from quant.intervals import proportion

    rate = proportion(int((~grouping.kept).sum()), grouping.kept.size, grouping.comparison.level)
    if not rate.successes:
        return []
    told = f"{rate.successes} of {rate.n} clients are in no declared group, so nothing is known of them."
    is_many = rate.successes >= grouping.comparison.minimum_n
    return [
        Measurement(
            f"{_WITHOUT}{attribute.key}",
            f"{attribute.label}: share of clients in no declared group",
            rate.value,
            rate.interval,
            n=rate.n,
            judgement=insufficient(told) if is_many else None,
            note=told,
        )
    ]


def too_few(n: int, standard: Standard) -> str:
    return f"{n} clients; the standard judges from {standard.fairness.minimum_n}."


def with_what_is_missing(headline: str, measured: Sequence[Measurement]) -> str:
    """The headline, and after it every attribute that was refused and every share without a group."""
    refused = [f"{each.label}: {each.plain()['why']}" for each in measured if each.name.startswith(_REFUSED)]
    outside = [
        f"{each.label} {each.value:.1%}."
        for each in measured
        if each.name.startswith(_WITHOUT) and each.value is not None
    ]
    return " ".join([headline, *refused, *outside])


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Malformed arrays, such as a PD that is not a number, are data that do not suffice: no error of the check."""
    try:
        yield
    except BadInput as refusal:
        raise NotMeasurable(str(refusal)) from None


def _of(sample: Sample, standard: Standard, attribute: Attribute, measure: Measure) -> list[Measurement]:
    try:
        grouping = grouping_of(sample, standard, attribute)
        found = measure(attribute, grouping)
    except QuantError as refusal:
        why = insufficient(str(refusal))
        return [Measurement(f"{_REFUSED}{attribute.key}", attribute.label, judgement=why)]
    return [*found, *_absent(attribute, grouping), *without_group(attribute, grouping)]


def _absent(attribute: Attribute, grouping: Grouping) -> list[Measurement]:
    from quant.coded import coded

    present = coded("groups", grouping.names).names
    why = insufficient("No client of this group is in the sample.")
    return [
        Measurement(
            f"absent:{attribute.key}:{group.name}", f"{attribute.label}, {group.name}", n=0, judgement=why
        )
        for group in attribute.groups
        if group.name not in present
    ]
