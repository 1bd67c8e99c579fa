"""Whose decision flips against the version that this one would replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import reported
from validation.economy import book_of, bootstrap_of, costs_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table, of_rate
from validation.sample import Check, Sample, Section
from validation.standard import Standard

if TYPE_CHECKING:
    from quant.economics import Scenario


def run(sample: Sample, standard: Standard) -> Measured:
    from quant.economics import swap_set

    if sample.incumbent is None:
        why = sample.no_incumbent_because or "It has no predecessor."
        return Measured(f"Nothing to compare with: {why}"[:300], reported(why))
    rules = standard.economics
    found = swap_set(
        book_of(sample),
        incumbent=sample.incumbent.approved,
        challenger=sample.approved,
        costs=costs_of(rules),
        bootstrap=bootstrap_of(standard),
    )
    basis = f"{rules.basis}, {rules.unit}"
    sides = {"swap_in": found.swap_in, "swap_out": found.swap_out, "kept_in": found.kept_in}
    measured = (
        Measurement(
            "flips", "Decisions that flip", float(found.swap_in.approved + found.swap_out.approved), n=found.n
        ),
        *(_side(name, side) for name, side in sides.items()),
        Measurement(
            "profit_change",
            f"Scenario profit gained ({basis})",
            found.profit_change,
            found.interval,
            n=found.n,
        ),
    )
    rows = (
        *((name, side.approved, side.defaults, _rate(side), side.profit) for name, side in sides.items()),
        ("kept_out", found.kept_out, None, None, None),
    )
    headline = (
        f"Against {sample.incumbent.label}: {found.swap_in.approved} newly approved,"
        f" {found.swap_out.approved} no longer approved."
    )
    table = Table(("set", "clients", "defaults", "bad_rate", "profit"), rows)
    return Measured(headline, reported(f"Amounts under an {rules.basis}."), measured, {"swap_set": table})


def _side(name: str, side: Scenario) -> Measurement:
    words = {"swap_in": "newly approved", "swap_out": "no longer approved", "kept_in": "approved by both"}
    return of_rate(name, f"Default rate of those {words[name]}", side.bad_rate)


def _rate(side: Scenario) -> float | None:
    return side.bad_rate.value if side.bad_rate else None


CHECK = Check(
    id="swap_set",
    title=gettext_noop("Swap set"),
    section=Section.ECONOMICS,
    question=gettext_noop(
        "Whose decision flips against the version this one replaces, and are those better risks?"
    ),
    needs="The predecessor's sealed version and policy on the same held-out rows.",
    bad_sign="Those newly approved default more often than those no longer approved.",
    limits=gettext_noop("Outcomes of this portfolio stand in for those of people who were never lent to."),
    reference="Bootstrap over clients; amounts under the stated, assumed cost matrix.",
    run=run,
)
