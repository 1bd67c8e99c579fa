"""What the stability checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quant.verdict import judge_psi
from validation.measuring import Measurement, Table
from validation.standard import StabilityRules

if TYPE_CHECKING:
    from quant.metrics.stability import Psi


def measured_shift(name: str, label: str, found: Psi, rules: StabilityRules) -> Measurement:
    """The limit printed is the amber convention; the critical value stands in the note."""
    return Measurement(
        name=name,
        label=label,
        value=found.value,
        p=found.p_value,
        n=found.n_current,
        limit=rules.amber,
        judgement=judge_psi(found.value, found.critical, amber=rules.amber, red=rules.red),
        note=f"Critical value {found.critical:.4f} for {found.n_reference} and {found.n_current} rows.",
    )


def shift_table(found: Psi) -> Table:
    rows = tuple(
        (each.name, each.expected_share, each.actual_share, each.contribution) for each in found.bins
    )
    return Table(("bin", "reference_share", "current_share", "contribution"), rows)
