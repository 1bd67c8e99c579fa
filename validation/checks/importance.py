"""Which reason groups move the score, and how steady their order is."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.attribution.importance import importance

    found = importance(
        sample.scored.group_contributions,
        sample.served.group_keys,
        seed=standard.seed,
        resamples=standard.explainability.resamples,
    )
    measured = tuple(
        Measurement(
            f"importance:{each.key}",
            f"Mean |contribution| of {each.key.replace('_', ' ')} (log-odds)",
            each.mean_absolute,
            n=found.rows,
            note=f"Rank {each.rank}; {each.rank_low} to {each.rank_high} in 95 % of resamples.",
        )
        for each in found.groups
    )
    kept = Measurement(
        "order_kept", "Resamples that keep the whole order", found.order_kept_share, n=found.resamples
    )
    rows = tuple(
        (each.key, each.mean_absolute, each.rank, each.rank_low, each.rank_high, each.same_rank_share)
        for each in found.groups
    )
    table = Table(("group", "mean_absolute", "rank", "rank_low", "rank_high", "same_rank_share"), rows)
    first = found.groups[0].key.replace("_", " ")
    headline = f"Strongest: {first}; order kept in {found.order_kept_share:.0%} of resamples."
    return Measured(headline, reported("No verdict."), (*measured, kept), {"importance": table})


CHECK = Check(
    id="importance",
    title=gettext_noop("Global importance"),
    section=Section.EXPLAINABILITY,
    question=gettext_noop("Which reason groups move the score most, and would another sample say the same?"),
    needs="Contributions per reason group on the held-out rows.",
    bad_sign="A group on top that the business cannot explain; ranks that swap between resamples.",
    limits=gettext_noop("Mean absolute contribution says how much, not in which direction or why."),
    reference="Path-dependent TreeSHAP of the sealed estimator; bootstrap over rows.",
    run=run,
)
