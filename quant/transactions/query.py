"""The definition as SQL for DuckDB: every application's features at once, by two groupings of exact whole numbers.

Each booking is met by the applications of its customer and falls into the one ring between two windows in which it
lies; sums of rings are sums of windows, because windows lie in one another. So a booking is added once and not once a
window. Nothing is interpolated but integers, and names and categories that the definition has checked, quoted.

The tables that are read: `applications` (place, one for each; customer; day since 1970) and `bookings`
(what `bookings` selects). The grouping is kept as `rings`, which `facts` and `features` read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from quant.transactions.definition import LARGEST, SLICE_DAYS, Definition, Feature, Measure, MeasureKind
from quant.transactions.reading import DAY_PATTERN, FIRST_DAY, LAST_DAY

NO_DAY, LATE = -2, -1


class Days(StrEnum):
    """How a column holds days."""

    DATE = "date"
    TIMESTAMP = "timestamp"
    TEXT = "text"


class Keys(StrEnum):
    """How a column holds keys: of customers, of applications."""

    WHOLE = "whole"
    TEXT = "text"


@dataclass(frozen=True)
class Facts:
    """What `facts` selects, in its order."""

    no_day: int
    bad_amounts: int
    bad_balances: int
    too_late: int
    too_early: int
    counted: int
    too_large: int

    @property
    def is_sound(self) -> bool:
        return not (self.no_day or self.bad_amounts or self.bad_balances or self.too_large)


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def key(column: str, keys: Keys) -> str:
    """Of a quoted column; a blank is missing."""
    if keys is Keys.WHOLE:
        return f"CAST({column} AS BIGINT)"
    return f"nullif(CAST({column} AS VARCHAR), '')"


def day(column: str, days: Days) -> str:
    """Days since 1970 of a quoted column; NULL for what is no date between 1900 and 2199."""
    found = f"CAST({column} AS DATE)"
    if days is Days.TEXT:
        is_date = f"regexp_full_match({column}, {literal(DAY_PATTERN)})"
        found = f"CASE WHEN {is_date} THEN TRY_CAST(left({column}, 10) AS DATE) END"
    within = f"BETWEEN DATE '{FIRST_DAY.isoformat()}' AND DATE '{LAST_DAY.isoformat()}'"
    return f"CAST(CASE WHEN {found} {within} THEN {found} - DATE '1970-01-01' END AS INTEGER)"


def bookings(definition: Definition, relation: str, days: Days, keys: Keys) -> str:
    """SELECT of what is read of a source: customer, day, amount, category, balance."""
    columns = definition.columns
    category, balance = columns.category, columns.balance_minor
    return (
        f"SELECT {key(quoted(columns.customer), keys)} AS customer,"
        f" {day(quoted(columns.booked_on), days)} AS day,"
        f" CAST({quoted(columns.amount_minor)} AS BIGINT) AS amount,"
        f" {f'CAST({quoted(category)} AS VARCHAR)' if category else 'CAST(NULL AS VARCHAR)'} AS category,"
        f" {f'CAST({quoted(balance)} AS BIGINT)' if balance else 'CAST(NULL AS BIGINT)'} AS balance"
        f" FROM {relation}"
    )


def rings(definition: Definition) -> str:
    """SELECT of one row for each application and ring: what its bookings add up to."""
    sums = ", ".join(f"{text} AS {name}" for text, name in _sums(definition).items())
    limit = f"BETWEEN -{LARGEST} AND {LARGEST}"
    return (
        f"SELECT place, ring, count(*) AS rows, count(*) FILTER (WHERE amount IS NULL OR NOT amount {limit})"
        f" AS bad_amounts, count(*) FILTER (WHERE NOT balance {limit}) AS bad_balances, {sums}"
        f" FROM (SELECT a.place, {_ring(definition)} AS ring, {_slice(definition)} AS slice, b.amount, b.category,"
        " b.balance FROM bookings b JOIN applications a ON b.customer = a.customer) GROUP BY place, ring"
    )


def facts(definition: Definition) -> str:
    """SELECT of one row of counts: bookings without a date, without an amount that can be added up, without such a
    balance; at or after the cut; before the longest window; counted; and applications whose amounts are too large. A
    booking is counted once for each application of its customer."""
    last = len(definition.windows)
    known = f"ring BETWEEN 0 AND {last - 1}"
    total = f"SELECT sum(in_all + out_all) AS total FROM rings WHERE {known} GROUP BY place HAVING total > {LARGEST}"
    return (
        f"SELECT {_counted(f'ring = {NO_DAY}')}, coalesce(sum(bad_amounts), 0), coalesce(sum(bad_balances), 0),"
        f" {_counted(f'ring = {LATE}')}, {_counted(f'ring = {last}')}, {_counted(known)},"
        f" (SELECT count(*) FROM ({total})) FROM rings"
    )


def features(definition: Definition) -> str:
    """SELECT of place and every feature, one row for each application; `facts` has found nothing wrong."""
    names = _sums(definition)
    columns = ", ".join(f"{_feature(each, names)} AS {each.name}" for each in definition.features)
    last = len(definition.windows) - 1
    known = f"coalesce(sum(rows) FILTER (WHERE ring BETWEEN 0 AND {last}), 0) AS known"
    wanted = dict.fromkeys(
        text for each in definition.features for text in _windowed(definition, each, names)
    )
    sums = "".join(f", {text}" for text in wanted)
    grouped = f"SELECT place, {known}{sums} FROM rings GROUP BY place"
    return f"SELECT a.place, {columns} FROM applications a LEFT JOIN ({grouped}) g ON g.place = a.place"


# --- Rings -------------------------------------------------------------------------------------------------------


def _cut(definition: Definition) -> str:
    return f"(a.day - {definition.tolerance_days})"


def _ring(definition: Definition) -> str:
    """The place of the smallest window that holds the booking; one more than there are for what is older."""
    cut = _cut(definition)
    steps = " ".join(
        f"WHEN b.day >= {cut} - {days} THEN {place}" for place, days in enumerate(definition.windows)
    )
    older = len(definition.windows)
    return f"CASE WHEN b.day IS NULL THEN {NO_DAY} WHEN b.day >= {cut} THEN {LATE} {steps} ELSE {older} END"


def _slice(definition: Definition) -> str:
    """Kept within the bits of an integer; what lies outside is in no ring of a window."""
    last = definition.longest // SLICE_DAYS
    return f"greatest(0, least({last}, ({_cut(definition)} - 1 - b.day) // {SLICE_DAYS}))"


def _counted(condition: str) -> str:
    return f"coalesce(sum(rows) FILTER (WHERE {condition}), 0)"


# --- Sums --------------------------------------------------------------------------------------------------------


def _sums(definition: Definition) -> dict[str, str]:
    """What is added up in a ring, by its SQL, under a name: the same sum is made once."""
    wanted = [_signed("> 0", ()), _signed("< 0", ())]
    wanted += [_sum(measure) for measure in definition.measures]
    named = {text: f"s{place}" for place, text in enumerate(dict.fromkeys(wanted))}
    return named | {wanted[0]: "in_all", wanted[1]: "out_all"}


def _sum(measure: Measure) -> str:
    if measure.kind is MeasureKind.INFLOW:
        return _signed("> 0", measure.categories)
    if measure.kind in {MeasureKind.OUTFLOW, MeasureKind.CATEGORY_SHARE}:
        return _signed("< 0", measure.categories)
    if measure.kind is MeasureKind.INCOME_REGULARITY:
        paid = f"amount > 0 AND {_is_of(measure.categories)}"
        return f"coalesce(bit_or(CAST(1 AS BIGINT) << slice) FILTER (WHERE {paid}), 0)"
    if measure.kind is MeasureKind.BALANCE_FLOOR:
        return "min(balance)"
    return f"count(*) FILTER (WHERE {_is_of(measure.categories)})"


def _signed(sign: str, categories: tuple[str, ...]) -> str:
    amount = "amount" if sign == "> 0" else "-amount"
    return f"coalesce(sum({amount}) FILTER (WHERE amount {sign} AND {_is_of(categories)}), 0)"


def _is_of(categories: Iterable[str]) -> str:
    listed = ", ".join(map(literal, categories))
    return f"category IN ({listed})" if listed else "true"


# --- Windows -----------------------------------------------------------------------------------------------------


def _feature(feature: Feature, names: dict[str, str]) -> str:
    """Over the sums of its window. Exact whole numbers, and of a quotient one division of two doubles."""
    kind, own = feature.measure.kind, _window_name(feature, names[_sum(feature.measure)])
    if kind is MeasureKind.BALANCE_FLOOR:
        return f"g.{own}"
    value = f"CAST(g.{own} AS BIGINT)"
    made = value
    if kind is MeasureKind.CATEGORY_SHARE:
        whole = f"g.{_window_name(feature, 'out_all')}"
        made = f"CASE WHEN {whole} = 0 THEN CAST(0 AS DOUBLE) ELSE {_double(value)} / {_double(whole)} END"
    if kind is MeasureKind.INCOME_REGULARITY:
        slices = feature.days // SLICE_DAYS
        bits = f"bit_count({value} & CAST({2**slices - 1} AS BIGINT))"
        made = f"{_double(bits)} / CAST({slices} AS DOUBLE)"
    return f"CASE WHEN g.known > 0 THEN {made} END"


def _windowed(definition: Definition, feature: Feature, names: dict[str, str]) -> list[str]:
    """The sums of a window out of those of its rings."""
    last = definition.windows.index(feature.days)
    needed = [names[_sum(feature.measure)]]
    if feature.measure.kind is MeasureKind.CATEGORY_SHARE:
        needed.append("out_all")
    within = f"FILTER (WHERE ring BETWEEN 0 AND {last})"
    if feature.measure.kind is MeasureKind.BALANCE_FLOOR:
        return [f"min({needed[0]}) {within} AS {_window_name(feature, needed[0])}"]
    over = "bit_or" if feature.measure.kind is MeasureKind.INCOME_REGULARITY else "sum"
    return [f"coalesce({over}({name}) {within}, 0) AS {_window_name(feature, name)}" for name in needed]


def _window_name(feature: Feature, name: str) -> str:
    return f"{name}_{feature.days}"


def _double(text: str) -> str:
    return f"CAST(CAST({text} AS BIGINT) AS DOUBLE)"
