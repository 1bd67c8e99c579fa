"""The true parameters: everything that is planted, in one place, with its size.

Log-odds are of default within the horizon; money is in minor units; rates are in basis points a month. What a portfolio
leaves out is zero here, so no other module asks which portfolio it makes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from training.simulator.plan import Kind, Plan, Portfolio

TYPICAL_INCOME_MINOR = 300_000
INQUIRIES_CAP, ARREARS_CAP, RETURNED_CAP = 10, 5, 5
TYPICAL_ACCOUNT_YEARS = 6.0
TYPICAL_LOAN_TO_VALUE = 0.6
NIGHT_ENDS_HOUR = 6
YOUNG_YEARS = 25


@dataclass(frozen=True)
class Effect:
    """One coefficient of the log-odds; `meaning` says how its feature follows from the tables."""

    feature: str
    coefficient: float
    meaning: str


@dataclass(frozen=True)
class Group:
    """A group of a protected attribute: its share of customers, what its income is multiplied by (as a logarithm),
    and what is added to its log-odds. `share` is None where it follows from the dates of birth."""

    attribute: str
    group: str
    share: float | None
    log_income: float = 0.0
    log_odds: float = 0.0


@dataclass(frozen=True)
class Shock:
    """Loans applied for in these months of the window (from 0) have higher log-odds."""

    month: int
    months: int
    log_odds: float


@dataclass(frozen=True)
class Shift:
    """From this month of the window (from 0) on, other people come: incomes, and the share of informal work."""

    month: int
    log_income: float
    informal_share_before: float
    informal_share_after: float


@dataclass(frozen=True)
class Lending:
    """What the lender offers and what the money costs. Months, minor units, basis points a month."""

    products: tuple[str, ...]
    amount_minor: int
    amount_spread: float
    terms: tuple[int, ...]
    rate_bps: int
    rate_spread_bps: int
    funding_bps: int
    loan_to_value: tuple[float, float] | None
    recovery_months: int
    recovery_none_share: float
    recovery_shape: tuple[float, float]


@dataclass(frozen=True)
class Mess:
    """Shares of cells that arrive as they should not. `formats` are shares of the three spellings of date and money."""

    income_blank: float
    formats: tuple[float, float, float]
    spellings: tuple[float, float, float, float]
    sentinel_inquiries: float
    sentinel_account: float
    late_clock: float


@dataclass(frozen=True)
class Truths:
    """All of it for one plan. `season` is an amplitude of log-odds, `volume` one of the number of applications."""

    intercept: float
    effects: tuple[Effect, ...]
    groups: tuple[Group, ...]
    shock: Shock
    shift: Shift
    season: float
    volume: float
    mess: Mess
    lending: Lending
    returned_after_default: float

    @property
    def maturity_months(self) -> int:
        """After so many months the label is known and the last recovery is in."""
        return HORIZON_MONTHS + self.lending.recovery_months


FIRST_MONTH = "2021-01"
WINDOW_MONTHS = 48
HORIZON_MONTHS = 12

_VEHICLE = Lending(
    products=("car", "motorcycle", "light_truck"),
    amount_minor=2_500_000,
    amount_spread=0.45,
    terms=(12, 24, 36, 48),
    rate_bps=220,
    rate_spread_bps=50,
    funding_bps=90,
    loan_to_value=(6.0, 4.0),
    recovery_months=6,
    recovery_none_share=0.15,
    recovery_shape=(6.0, 4.0),
)
_MICRO = Lending(
    products=("personal", "working_capital"),
    amount_minor=150_000,
    amount_spread=0.5,
    terms=(3, 6, 9, 12),
    rate_bps=900,
    rate_spread_bps=200,
    funding_bps=110,
    loan_to_value=None,
    recovery_months=3,
    recovery_none_share=0.6,
    recovery_shape=(2.0, 6.0),
)
_COMMON = (
    Effect("log_income", -0.5, "ln(declared income / 300000 minor units); 0 where the income is blank"),
    Effect(
        "employment_public", -0.5, "1 where employment folds to public servant; salaried is the reference"
    ),
    Effect("employment_self", 0.3, "1 where employment folds to self-employed"),
    Effect("employment_informal", 0.5, "1 where employment folds to informal"),
    Effect("employment_retired", -0.4, "1 where employment folds to retired"),
    Effect("employment_unemployed", 0.8, "1 where employment folds to unemployed"),
    Effect("mail_temporary", 0.7, "1 where mail_domain_kind is temporary"),
    Effect("mail_company", -0.5, "1 where mail_domain_kind is company"),
    Effect("night_application", 0.5, "1 where hour is below 6"),
    Effect("device_ios", -0.35, "1 where device is ios"),
    Effect("bureau_none", 0.5, "1 where the bureau has no row for the application"),
    Effect("inquiries", 0.15, "min(inquiries_6m, 10); 0 without a row and for 999"),
    Effect("arrears", 0.4, "min(arrears_count, 5); 0 without a row"),
    Effect("account_years", -0.06, "oldest_account_months / 12 − 6; 0 without a row and for −1"),
    Effect(
        "returned_180d", 0.4, "min(5, RETURNED_PAYMENT booked in the 180 days before the day of application)"
    ),
    Effect("gambling_tenths_365d", 0.4, "10 × GAMBLING / all outflow of the 365 days before; 0 without any"),
    Effect("salary_regularity_365d", -0.9, "SALARY booked in the 365 days before / 12, at most 1"),
    Effect("overdrawn_90d", 0.4, "1 where a balance of the 90 days before is below zero"),
)
_OF_KIND = {
    Kind.VEHICLE: (
        Effect("log_amount", 0.4, "ln(amount_minor / 2500000)"),
        Effect("term_years", 0.15, "(term_months − 30) / 12"),
        Effect("rate_points", 0.35, "(monthly_rate_bps − 220) / 100"),
        Effect("loan_to_value", 1.5, "amount_minor / collateral_minor − 0.6"),
    ),
    Kind.MICRO: (
        Effect("log_amount", 0.3, "ln(amount_minor / 150000)"),
        Effect("term_years", 0.6, "(term_months − 7.5) / 12"),
        Effect("rate_points", 0.08, "(monthly_rate_bps − 900) / 100"),
    ),
}
_INTERCEPT = {Kind.VEHICLE: -3.4, Kind.MICRO: -2.5}
# Of a portfolio without coefficients: about the rate that the others have on average.
_FLAT = {Kind.VEHICLE: -2.3, Kind.MICRO: -1.5}
_INCOME_BLANK = Effect("income_blank", 0.6, "1 where declared_income is blank")
_GROUPS = (
    Group("sex", "female", 0.48, log_income=-0.2),
    Group("sex", "male", 0.52),
    Group("region", "southeast", 0.45),
    Group("region", "south", 0.2),
    Group("region", "northeast", 0.2, log_income=-0.25),
    Group("region", "north", 0.15, log_odds=0.4),
    Group("age", "under_25", None, log_odds=0.45),
    Group("age", "25_and_over", None),
)
_SHOCK = Shock(month=14, months=3, log_odds=0.7)
_SHIFT = Shift(month=22, log_income=-0.15, informal_share_before=0.16, informal_share_after=0.28)
_MESS = Mess(
    income_blank=0.12,
    formats=(0.6, 0.25, 0.15),
    spellings=(0.55, 0.2, 0.15, 0.1),
    sentinel_inquiries=0.04,
    sentinel_account=0.05,
    late_clock=0.07,
)


def truths(plan: Plan) -> Truths:
    """The parameters of this plan's portfolio."""
    planted = Truths(
        intercept=_INTERCEPT[plan.kind],
        effects=(*_COMMON, *_OF_KIND[plan.kind], _INCOME_BLANK),
        groups=_GROUPS,
        shock=_SHOCK,
        shift=_SHIFT,
        season=0.25,
        volume=0.2,
        mess=_MESS,
        lending=_VEHICLE if plan.kind == Kind.VEHICLE else _MICRO,
        returned_after_default=2.0,
    )
    if plan.portfolio == Portfolio.PLANTED:
        return planted
    clean = _without_plants(planted)
    return clean if plan.portfolio == Portfolio.CLEAN else _without_effects(clean, _FLAT[plan.kind])


def _without_plants(planted: Truths) -> Truths:
    blank = replace(_INCOME_BLANK, coefficient=0.0)
    before = planted.shift.informal_share_before
    return replace(
        planted,
        effects=(*planted.effects[:-1], blank),
        groups=tuple(replace(group, log_income=0.0, log_odds=0.0) for group in planted.groups),
        shock=replace(planted.shock, log_odds=0.0),
        shift=replace(planted.shift, log_income=0.0, informal_share_after=before),
        season=0.0,
        volume=0.0,
        mess=replace(
            planted.mess,
            formats=(1.0, 0.0, 0.0),
            spellings=(1.0, 0.0, 0.0, 0.0),
            sentinel_inquiries=0.0,
            sentinel_account=0.0,
            late_clock=0.0,
        ),
        returned_after_default=0.0,
    )


def _without_effects(clean: Truths, intercept: float) -> Truths:
    effects = tuple(replace(effect, coefficient=0.0) for effect in clean.effects)
    return replace(clean, intercept=intercept, effects=effects)
