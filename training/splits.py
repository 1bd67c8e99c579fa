"""How the development part is divided for a sweep: what is learned from, what calibrates and chooses, what compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from quant.features import plain
from quant.features.plain import SchemaFault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quant.features.table import Columns

MOST_GAP_DAYS = 1_100
FEWEST_PERCENT, MOST_PERCENT = 5, 45
# One seed for every sweep: a division that somebody could draw again until it pleases would be no division.
_SEED = 20260101


class _Declared:
    """What the ways of dividing share."""

    @classmethod
    def members(cls) -> tuple[str, ...]:
        return tuple(each.name for each in fields(cls))  # type: ignore[arg-type]  # both are dataclasses


@dataclass(frozen=True)
class ByTime(_Declared):
    """By a date of the application: earlier rows are learned from, later ones compare. Before `validation_from` and
    before `test_from` rows of `gap_days` are left out: their outcome was not known yet on that day."""

    method: ClassVar[str] = "time"
    column: str
    validation_from: str
    test_from: str
    gap_days: int

    def __post_init__(self) -> None:
        validation, test = _day(self.validation_from, "validation_from"), _day(self.test_from, "test_from")
        if not 0 <= self.gap_days <= MOST_GAP_DAYS:
            raise SchemaFault(f"gap_days must be 0 to {MOST_GAP_DAYS}.")
        if not validation < test - timedelta(days=self.gap_days):
            raise SchemaFault("Between validation_from and the gap before test_from there must be days.")


@dataclass(frozen=True)
class ByChance(_Declared):
    """By a draw: only by declaration, because what comes later is what a lender will meet."""

    method: ClassVar[str] = "random"
    validation_percent: int
    test_percent: int

    def __post_init__(self) -> None:
        for name in ("validation_percent", "test_percent"):
            if not FEWEST_PERCENT <= getattr(self, name) <= MOST_PERCENT:
                raise SchemaFault(f"{name} must be {FEWEST_PERCENT} to {MOST_PERCENT}.")


Split = ByTime | ByChance
_READ = {"int": plain.integer, "str": plain.text}
_KINDS: Mapping[str, type[ByTime | ByChance]] = {ByTime.method: ByTime, ByChance.method: ByChance}


@dataclass(frozen=True)
class Places:
    """Masks (rows,) of three parts that share no row; the others are in a gap, or have no date."""

    train: NDArray[np.bool_]
    validation: NDArray[np.bool_]
    test: NDArray[np.bool_]

    def counts(self) -> dict[str, int]:
        told = {name: int(getattr(self, name).sum()) for name in ("train", "validation", "test")}
        return told | {"left_out": len(self.train) - sum(told.values())}


def load(raw: object) -> Split:
    """The split of plain JSON. SchemaFault for any other shape."""
    if not isinstance(raw, Mapping) or raw.get("method") not in _KINDS:
        raise SchemaFault("split.method must be time or random.")
    kind = _KINDS[str(raw["method"])]
    members = plain.members(raw, "split", frozenset({"method", *kind.members()}))
    read = {
        each.name: _READ[str(each.type)](members.get(each.name), f"split.{each.name}")
        for each in fields(kind)
    }
    return kind(**read)  # type: ignore[arg-type]  # each read as the type that its field declares


def dump(split: Split) -> dict[str, object]:
    return {"method": split.method, **asdict(split)}


def divide(split: Split, columns: Columns, rows: int) -> Places:
    """`columns` as `check_table` gives them: a date is its ordinal day. SchemaFault where the date is no input, and for
    a part without a row."""
    made = _by_time(split, columns) if isinstance(split, ByTime) else _by_chance(split, rows)
    empty = [name for name, count in made.counts().items() if not count and name != "left_out"]
    if empty:
        raise SchemaFault(f"The split leaves no row for: {', '.join(empty)}. Choose other days.")
    return made


def _by_time(split: ByTime, columns: Columns) -> Places:
    if split.column not in columns:
        raise SchemaFault(f"The split goes by {split.column}, which is no input of the schema.")
    day = columns[split.column]
    validation, test = (_day(text, "split").toordinal() for text in (split.validation_from, split.test_from))
    # A comparison with a missing day is false: such a row is in no part.
    return Places(
        train=day < validation - split.gap_days,
        validation=(day >= validation) & (day < test - split.gap_days),
        test=day >= test,
    )


def _by_chance(split: ByChance, rows: int) -> Places:
    import numpy as np

    place = np.random.default_rng(_SEED).permutation(rows) * 100
    is_validation = place < split.validation_percent * rows
    is_test = ~is_validation & (place < (split.validation_percent + split.test_percent) * rows)
    return Places(~(is_validation | is_test), is_validation, is_test)


def _day(text: str, name: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.isoformat() != text:
        raise SchemaFault(f"{name} must be a day, as 2024-12-31.")
    return day
