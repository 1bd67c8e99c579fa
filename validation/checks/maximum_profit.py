"""What the best use of the score could earn where the loss of a default is uncertain."""

from __future__ import annotations

from quant.verdict import reported
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement
from validation.sample import Check, Sample, Section, required
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.maximum_profit import LossShares, maximum_profit

    rules = required(standard.losses, "The standard states no losses, so no maximum profit follows.")
    losses = LossShares(rules.none, rules.all_of_it, rules.return_on_investment)
    found = maximum_profit(sample.defaulted, sample.probabilities, losses)
    measured = (
        Measurement(
            "maximum_profit", "Expected maximum profit, share of what is lent", found.value, n=found.n
        ),
        Measurement("rejected", "Share rejected at the best cut-offs", found.rejected, n=found.n),
        Measurement("none", "Assumed chance that a default loses nothing", rules.none),
        Measurement("all_of_it", "Assumed chance that a default loses all", rules.all_of_it),
        Measurement("return_on_investment", "Assumed return of a good loan", rules.return_on_investment),
    )
    headline = f"At best {found.value:.2%} of what is lent, rejecting {found.rejected:.1%} (assumed losses)."
    return Measured(headline, reported("A simulation under assumed losses."), measured)


CHECK = Check(
    id="maximum_profit",
    title=gettext_noop("Expected maximum profit"),
    section=Section.ECONOMICS,
    question=gettext_noop("How much could the order of the score earn at best, over lending to everybody?"),
    needs="Held-out outcomes and PDs, both classes; the loss shares and the return that the standard states.",
    bad_sign="A value near zero: the score is worth no more than lending to everybody.",
    limits=gettext_noop(
        "Losses and return are assumed, exposures count alike, and every loss share is met by its own best cut-off,"
        " which no policy has."
    ),
    reference="Verbraken, Bravo, Weber and Baesens 2014.",
    run=run,
)
