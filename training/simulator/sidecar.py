"""`truth.json`: every true parameter of a portfolio, and what was counted of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from mrm.lib import canonical
from training.simulator import (
    applications,
    banking,
    bureau,
    calendar,
    chunks,
    people,
    repayment,
    risk,
    spelling,
)
from training.simulator.counts import Counts
from training.simulator.plan import Plan
from training.simulator.truths import FIRST_MONTH, HORIZON_MONTHS, WINDOW_MONTHS, Truths

VERSION = 1


def sidecar(plan: Plan, made: Truths, counts: Counts) -> dict[str, object]:
    """Canonical: integers, texts, and fractions as text."""
    truth = {
        "version": VERSION,
        "plan": plan.plain(),
        "made_with": {"numpy": np.__version__},
        "window": _window(made),
        "base_rate": {"intercept": made.intercept, "expected_default_rate": counts.expected_default_rate},
        "features": _features(made),
        "disparity": [asdict(group) for group in made.groups],
        "employment": _employment(),
        "mail_domain_kinds": _shares(applications.MAIL_KINDS, applications.MAIL_SHARES),
        "devices": _shares(applications.DEVICES, applications.DEVICE_SHARES),
        "season": {"log_odds": made.season, "volume": made.volume, "highest": "December"},
        "shock": asdict(made.shock),
        "shift": asdict(made.shift),
        "mess": _mess(made),
        "spellings": spelling.spelling_groups(),
        "leak": _leak(plan),
        "bank": _bank(made),
        "lending": asdict(made.lending),
        "comes_again_share": people.COMES_AGAIN_SHARE,
        "counted": counts.plain(),
    }
    return {name: _plain(value) for name, value in truth.items()}


def _window(made: Truths) -> dict[str, object]:
    return {
        "first_month": FIRST_MONTH,
        "months": WINDOW_MONTHS,
        "last_day": (dt.date(1970, 1, 1) + dt.timedelta(calendar.LAST_DAY)).isoformat(),
        "horizon_months": HORIZON_MONTHS,
        "maturity_months": made.maturity_months,
    }


def _features(made: Truths) -> list[dict[str, object]]:
    meanings = {effect.feature: effect.meaning for effect in made.effects} | {
        "region_north": "1 where region is north",
        "age_under_25": "1 where the day of application is less than 25 × 365.25 days after the birth date",
        "sex_female": "1 where sex is female",
        "season": "cos(2π × (calendar month − 12) / 12), 1 in December",
        "shock": "1 in the months of the shock",
    }
    return [
        {
            "feature": name,
            "coefficient": weight,
            "sign": (weight > 0) - (weight < 0),
            "meaning": meanings[name],
        }
        for name, weight in risk.weights(made).items()
    ]


def _employment() -> list[dict[str, object]]:
    """By group; `share` is of those whose work is not informal, whose own share stands with the shift."""
    groups = zip(
        applications.EMPLOYMENTS,
        applications.OTHER_SHARES,
        applications.LOG_INCOMES,
        banking.REGULARITIES,
        strict=True,
    )
    return [
        {"group": group, "share": share, "log_income": income, "salary_regularity": regularity}
        for group, share, income, regularity in groups
    ]


def _shares(names: tuple[str, ...], shares: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(names, shares, strict=True))


def _mess(made: Truths) -> dict[str, object]:
    return asdict(made.mess) | {
        "date_formats": spelling.DATE_FORMATS,
        "money_formats": spelling.MONEY_FORMATS,
        "bureau_hit_share": bureau.HIT_SHARE,
        "sentinels": {
            "inquiries_6m": bureau.NOT_REPORTED_INQUIRIES,
            "oldest_account_months": bureau.NOT_REPORTED_ACCOUNT,
        },
        "late_clock_at_most_days": bureau.LATE_AT_MOST_DAYS,
    }


def _leak(plan: Plan) -> dict[str, object]:
    """Expected calls; null where no column was planted."""
    planted = {
        "column": "collection_calls",
        "calls_after_default": chunks.CALLS_AFTER_DEFAULT,
        "calls_otherwise": chunks.CALLS_OTHERWISE,
    }
    return planted if plan.has_leak else dict.fromkeys(planted)


def _bank(made: Truths) -> dict[str, object]:
    return {
        "categories": banking.CATEGORIES,
        "days_before_first_application": banking.YEAR_DAYS,
        "days_after_last_application": banking.AFTER_DAYS,
        "returned_after_default": made.returned_after_default,
        "payments_late_share": repayment.LATE_SHARE,
    }


def _plain(value: object) -> object:
    if isinstance(value, float):
        return canonical.number(value)
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(member) for member in value]
    return value
