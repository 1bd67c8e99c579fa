"""Expected loss by grade and segment, reconciled to the whole, beside the loss of the defaults that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.economy import exposure_of
from validation.grading import graded_of, is_graded
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, ends
from validation.sample import Check, Sample, Section, groups_of
from validation.standard import Standard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quant.expected_loss import ExpectedLoss, Exposed, GroupLoss

    Row = tuple[str | int | float | None, ...]


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.expected_loss import Exposed

    loans = Exposed(sample.defaulted, sample.probabilities, exposure_of(sample))
    cuts = dict(_cuts(sample, standard, loans))
    whole = next(iter(cuts.values())).total
    rules = standard.economics
    basis = f"{rules.basis}, {rules.unit}"
    measured = (
        Measurement("expected_loss", f"Expected loss ({basis})", whole.expected, whole.interval, n=whole.n),
        Measurement("loss_of_defaults", f"Loss of the defaults seen ({basis})", whole.of_defaults, n=whole.n),
        Measurement("exposure", f"Exposure ({rules.unit})", whole.exposure, n=whole.n),
        Measurement("loss_rate", "Expected loss, share of the exposure", whole.rate, n=whole.n),
        Measurement("loss_given_default", "Assumed loss given the default flag", rules.loss_given_default),
        Measurement(
            "unreconciled",
            f"Largest gap between a sum over groups and the sum over clients ({rules.unit})",
            max(each.unreconciled for each in cuts.values()),
            n=len(cuts),
        ),
    )
    rows = tuple(_row(f"{name}: {each.group}", each) for name, cut in cuts.items() for each in _ordered(cut))
    columns = ("segment", "n", "exposure", "expected_loss", "low", "high", "loss_of_defaults", "loss_rate")
    headline = (
        f"Expected loss {whole.expected:,.0f} {rules.unit} of an exposure of {whole.exposure:,.0f}; the defaults"
        f" seen make {whole.of_defaults:,.0f} ({rules.basis})."
    )
    table = Table(columns, (*rows, _row("All", whole)))
    return Measured(headline, reported(f"Amounts under an {rules.basis}."), measured, {"losses": table})


def _cuts(sample: Sample, standard: Standard, loans: Exposed) -> Iterator[tuple[str, ExpectedLoss]]:
    """By grade where grades are frozen, then by each declared segment that the sample can tell."""
    import numpy as np

    from quant.coded import placed
    from quant.errors import NotMeasurable
    from quant.expected_loss import expected_loss

    lost, level = standard.economics.loss_given_default, standard.confidence
    if not is_graded(sample):
        yield "All", expected_loss(loans, np.full(sample.n, "all"), loss_given_default=lost, level=level)
    else:
        found = graded_of(sample)
        graded = placed([f"{number}" for number in range(1, len(found.pds) + 1)], found.place)
        yield "Grade", expected_loss(loans, graded, loss_given_default=lost, level=level)
    for segment in standard.robustness.segments:
        try:
            inside = groups_of(sample, segment)
        except NotMeasurable:
            continue
        yield segment.label, expected_loss(loans, inside, loss_given_default=lost, level=level)


def _ordered(cut: ExpectedLoss) -> list[GroupLoss]:
    """Grade 2 before grade 10."""
    return sorted(cut.groups, key=lambda each: (len(each.group) if each.group.isdigit() else 0, each.group))


def _row(name: str, each: GroupLoss) -> Row:
    return (name, each.n, each.exposure, each.expected, *ends(each.interval), each.of_defaults, each.rate)


CHECK = Check(
    id="expected_loss",
    title=gettext_noop("Expected loss"),
    section=Section.ECONOMICS,
    question=gettext_noop(
        "What loss do the PDs say, segment by segment, and what did the defaults make of it?"
    ),
    needs="Held-out outcomes, PDs, exposures, and the standard's loss given default.",
    bad_sign="A loss of the defaults seen outside the interval of the expected one.",
    limits=gettext_noop(
        "One loss share for all, assumed by the standard, over the horizon of the default flag: only where that is"
        " twelve months is it the 12-month figure of IFRS 9. Defaults are taken as independent: the interval is narrow."
    ),
    reference="PD × LGD × EAD; IFRS 9 5.5.5 for the 12-month view; every cut is reconciled to the whole.",
    run=run,
)
