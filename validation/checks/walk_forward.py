"""Quarter by quarter, the cut-off that the past would have chosen, and what it would have earned then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.history import days_of, quarters_of, realised_book, realised_rules
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.realised import WalkForward


def run(sample: Sample, standard: Standard) -> Measured:
    import numpy as np

    from quant.realised import Book, Walk, walk_forward

    rules = realised_rules(standard)
    loans, quarters, days = realised_book(sample, rules), quarters_of(sample), days_of(sample)
    known = ~np.isnan(days)
    dated = Book(loans.profit[known], loans.assigned_pd[known])
    proposed = float(sample.policy.approve_below)
    walk = Walk(quarters.starts, tuple({*rules.cut_offs, proposed}), proposed, rules.maturity_days)
    found = walk_forward(dated, days[known].astype(np.int64), walk)
    n = sum(step.n for step in found.steps)
    measured = (
        Measurement(
            "chosen", f"Realised profit, cut-off chosen each quarter ({rules.unit})", found.profit, n=n
        ),
        Measurement(
            "fixed",
            f"Realised profit, the proposed cut-off throughout ({rules.unit})",
            found.fixed_profit,
            n=n,
        ),
        Measurement(
            "hindsight",
            f"Realised profit of the best single cut-off, known too late ({rules.unit})",
            found.hindsight,
            n=n,
        ),
        Measurement("hindsight_cut_off", "That cut-off", found.hindsight_cut_off, n=n),
    )
    headline = (
        f"Over {len(found.steps)} quarters the proposed cut-off has earned {found.fixed_profit:,.0f} {rules.unit},"
        f" one chosen each quarter {found.profit:,.0f}."
    )
    names = dict(zip(quarters.starts, quarters.names, strict=True))
    return Measured(headline, reported("Reported."), measured, {"walk_forward": _table(found, names)})


def _table(found: WalkForward, names: dict[int, str]) -> Table:
    columns = ("quarter", "learned_from", "cut_off", "n", "approved", "profit", "profit_at_proposed")
    rows = tuple(
        (
            names[step.first_day],
            step.learned_from,
            step.cut_off,
            step.n,
            step.approved,
            step.profit,
            step.fixed_profit,
        )
        for step in found.steps
    )
    return Table(columns, rows)


CHECK = Check(
    id="walk_forward",
    title=gettext_noop("Cut-off walked forward"),
    section=Section.ECONOMICS,
    question=gettext_noop("Would a cut-off chosen on what was known have earned what the proposed one does?"),
    needs="What each held-out loan has earned, in money, its day of decision, and the standard's maturity.",
    bad_sign="The proposed cut-off earns much less than one that the past would have chosen.",
    limits=gettext_noop(
        "Held-out loans that were made; PDs are those of this version, which may have learned from older loans."
    ),
    reference="Walk-forward by quarter of decision: a quarter learns from loans mature when it begins.",
    run=run,
)
