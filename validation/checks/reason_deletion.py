"""Put a stated reason at its reference value: if it was a reason, the score must improve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import Judgement, Severity, Side, Verdict, insufficient, judge_interval, worst_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, word_of, worst
from validation.sample import Check, Sample, Section
from validation.standard import ExplainabilityRules, Standard

if TYPE_CHECKING:
    from quant.attribution.deletion import RankFidelity


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.attribution.deletion import Explained, deletion_fidelity

    # A referral is explained like a decline: whoever is not approved is owed a reason.
    declined = ~sample.approved
    if not declined.any():
        return Measured("The policy declines nobody.", insufficient("Nobody is declined in this sample."))
    scored, rules = sample.scored, standard.explainability
    explained = Explained(
        matrix=scored.matrix[declined],
        group_contributions=scored.group_contributions[declined],
        margins=scored.margins[declined],
        places=sample.served.group_places,
        medians=sample.served.parts.medians,
    )
    found = deletion_fidelity(explained, sample.served.margins, seed=standard.seed, limit=rules.positions)
    measured = tuple(_measurement(each, standard) for each in found)
    shares = ", ".join(f"{each.share:.1%}" if each.rows else "none" for each in found)
    none = Measurement(
        "without_reason",
        "Not approved without any adverse group",
        float((scored.group_contributions[declined] <= 0).all(axis=1).sum()),
        n=int(declined.sum()),
    )
    headline = f"Deleting reason 1 to {len(found)} improves the score in {shares} of those not approved."
    return Measured(
        headline, worst(measured), (*measured, none), {"reason_deletion": _table(found, measured)}
    )


def _measurement(found: RankFidelity, standard: Standard) -> Measurement:
    from quant.intervals import proportion

    rules = standard.explainability
    bar = rules.first_bar if found.rank == 1 else rules.other_bar
    name, label = f"position_{found.rank}", f"Reason {found.rank}: share whose score improves without it"
    if not found.rows:
        return Measurement(
            name, label, n=0, limit=bar, judgement=insufficient("Nobody has this many reasons.")
        )
    share = proportion(found.improved, found.rows, standard.confidence)
    judgement = worst_of((_judged(found, share.interval, rules), _against_random(found)))
    return Measurement(name, label, share.value, share.interval, n=share.n, limit=bar, judgement=judgement)


def _judged(found: RankFidelity, interval: object, rules: ExplainabilityRules) -> Judgement:
    from quant.intervals import Interval

    assert isinstance(interval, Interval)  # noqa: S101 (a share always has one)
    severity = Severity.RED if found.rank == 1 else Severity.AMBER
    bar = rules.first_bar if found.rank == 1 else rules.other_bar
    return judge_interval(found.share, interval, limit=bar, good_side=Side.ABOVE, severity=severity)


def _against_random(found: RankFidelity) -> Judgement:
    """A stated reason must do more than a group drawn at random from those not stated."""
    if not found.compared:
        return insufficient("Every group was stated, so there is nothing to compare with.")
    told = (
        f"It improves {found.compared_improved} of {found.compared},"
        f" a random unlisted group {found.random_improved}."
    )
    if found.compared_improved > found.random_improved:
        return Judgement(Verdict.PASSED, told)
    return Judgement(Verdict.FAILED, told, Severity.RED if found.rank == 1 else Severity.AMBER)


def _table(found: tuple[RankFidelity, ...], measured: tuple[Measurement, ...]) -> Table:
    columns = (
        "position",
        "n",
        "improved",
        "compared",
        "random_improved",
        "mean_fall",
        "mean_random_fall",
        "verdict",
    )
    rows = tuple(
        (
            each.rank,
            each.rows,
            each.improved,
            each.compared,
            each.random_improved,
            each.mean_fall,
            each.mean_random_fall,
            "" if said.judgement is None else word_of(said.judgement),
        )
        for each, said in zip(found, measured, strict=True)
    )
    return Table(columns, rows)


CHECK = Check(
    id="reason_deletion",
    title=gettext_noop("Deletion fidelity of reasons"),
    section=Section.EXPLAINABILITY,
    question=gettext_noop("Is a stated reason really what held the applicant back?"),
    needs="Contributions per reason group of those not approved, frozen population medians.",
    bad_sign="Fewer than 99 % improve without the first reason, or fewer than 95 % without a later one.",
    limits=gettext_noop(
        "One group at a time, at the median; it is not advice on what an applicant could change."
    ),
    reference="Deletion test at the frozen median, against a random unlisted group.",
    run=run,
)
