"""Scenario and realised P&L: sums in SQL over the approved rows."""

from __future__ import annotations

from typing import Final

from validation.reperformance.paths.loans import REALISED, Ground, earned_of_each
from validation.reperformance.rows import Reading

_PATH: Final = "SQL sums"
_BOOK: Final = """
    SELECT coalesce(sum(exposure) FILTER (NOT defaulted), 0), coalesce(sum(exposure) FILTER (defaulted), 0)
    FROM loans WHERE outcome = 'approve'
"""
_EARNED: Final = """
    SELECT coalesce(sum(profit) FILTER (NOT isnan(profit)), 0), count(*) FILTER (profit IS NULL OR isnan(profit))
    FROM loans JOIN earned USING (place) WHERE outcome = 'approve'
"""
_RATE: Final = "SELECT avg((outcome = 'approve')::INT) FROM loans"


def readings(ground: Ground) -> list[Reading]:
    return [*_scenario(ground), *_realised(ground)]


def _scenario(ground: Ground) -> list[Reading]:
    if ground.one("SELECT count(exposure) FROM loans")[0] == 0:
        return []
    rules, (good, bad) = ground.standard["economics"], ground.one(_BOOK)
    income, loss = float(rules["margin"]) * good, float(rules["loss_given_default"]) * bad
    check = "scenario_profit"
    return [
        Reading(check, "profit", income - loss, _PATH),
        Reading(check, "income", income, _PATH),
        Reading(check, "loss", loss, _PATH),
        Reading(check, "approval_rate", float(ground.one(_RATE)[0]), _PATH),
    ]


def _realised(ground: Ground) -> list[Reading]:
    rules, check = ground.standard.get("realised"), "realised_profit"
    if rules is None or not ground.has(REALISED, rules["profit"]):
        return []
    earned_of_each(ground, rules["profit"])
    earned, unresolved = ground.one(_EARNED)
    return [
        Reading(check, "profit", float(earned), _PATH),
        Reading(check, "approval_rate", float(ground.one(_RATE)[0]), _PATH),
        Reading(check, "unresolved", float(unresolved), _PATH),
    ]
