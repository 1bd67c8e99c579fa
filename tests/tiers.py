"""Answers to the tiering questionnaire, for the factories."""

from __future__ import annotations

from typing import Any

from registry.uses import Limitation, Use, UseAsked

USES = (UseAsked(Use.LIMIT_MANAGEMENT, ("credit card",), (), ("TW",)),)
LIMITS = (Limitation("One bank.", "Others may differ.", "It is used at that bank alone."),)
# The same as the API takes them, and as the form does.
USES_SENT = [each.plain() for each in USES]
LIMITS_SENT = [each.plain() for each in LIMITS]
USES_LINE = "limit_management | credit card | | TW"
LIMITS_LINE = "One bank. | Others may differ. | It is used at that bank alone."

# Everything low but what decides credit; the questionnaire computes tier 2.
LOW = {
    "exposure_amount": "below_10_million",
    "exposure_applicants": "below_1000",
    "purpose": "limit_management",
    "reliance": "every_decision",
    "complexity_method": "trees",
    "complexity_inputs": "up_to_30",
    "complexity_origin": "own",
    "uncertainty_history": "over_5_years",
    "uncertainty_defaults": "over_1000",
    "uncertainty_judgement": "none",
}
HIGH = LOW | {"exposure_amount": "over_100_million"}


def answered(tier: int) -> dict[str, Any]:
    """What an entry says to be proposed at this tier. A limit that is managed is never tier 3 by its answers."""
    uses: dict[str, Any] = {"uses": USES, "limitations": LIMITS}
    told: dict[int, dict[str, Any]] = {
        1: {"answers": HIGH},
        2: {"answers": LOW},
        3: {"answers": LOW, "tier": 3, "tier_reason": "Nobody is bound by it."},
    }
    return uses | told[tier]
