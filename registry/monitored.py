"""What can be watched of a version, as data that is read strictly and named by digest, and one plan to watch it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

from mrm.lib import canonical
from mrm.lib.errors import FieldError
from quant.features import plain
from registry.bilingual import Words, words

FORMAT = "countersign-measures/1"
PLAN_FORMAT = "countersign-monitoring/1"
LONGEST_THEN = 2_000
_FILE = Path(__file__).resolve().parent / "monitoring_data" / "measures-1.json"
_MEMBERS = frozenset({"format", "slug", "measures"})
_MEASURE = frozenset({"key", "title", "what", "bad", "tiers"})
_TIERS = frozenset({1, 2, 3})


class Bad(StrEnum):
    """On which side of its thresholds a reading is bad."""

    ABOVE = "above"
    BELOW = "below"


class Every(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Measure:
    """`tiers` are those whose plans have to watch it."""

    key: str
    title: Words
    what: Words
    bad: Bad
    tiers: frozenset[int]


@dataclass(frozen=True)
class Catalogue:
    slug: str
    digest: str
    measures: tuple[Measure, ...]

    def due(self, tier: int | None) -> tuple[Measure, ...]:
        """What a plan of this tier has to watch. Of an unknown tier everything that any tier asks: fail closed."""
        known = tier if tier in _TIERS else min(_TIERS)
        return tuple(each for each in self.measures if known in each.tiers)


@dataclass(frozen=True)
class Watched:
    """One line of a plan: how often it is read, from which readings on somebody looks (amber) and acts (red), who
    answers (the name of an account), and what they do then."""

    measure: str
    every: str
    amber: str
    red: str
    owner: str
    then: str

    def plain(self) -> dict[str, str]:
        return {
            "measure": self.measure,
            "every": self.every,
            "amber": self.amber,
            "red": self.red,
            "owner": self.owner,
            "then": self.then,
        }


@functools.cache
def catalogue() -> Catalogue:
    """The measures that ship with the product."""
    return load(json.loads(_FILE.read_text(encoding="utf-8")))


def load(content: object) -> Catalogue:
    """Raises SchemaFault for any other shape."""
    raw = plain.members(content, "The measures", _MEMBERS)
    if raw.get("format") != FORMAT:
        raise plain.SchemaFault(f"format must be {FORMAT}.")
    listed = plain.items(raw.get("measures"), "measures")
    measures = tuple(_measure(each, f"measures[{at}]") for at, each in enumerate(listed))
    if not measures or len({each.key for each in measures}) != len(measures):
        raise plain.SchemaFault("measures must name at least one, and each once.")
    return Catalogue(plain.text(raw.get("slug"), "slug"), canonical.digest(raw), measures)


def faults(lines: Iterable[Watched], tier: int | None) -> list[FieldError]:
    """Everything that is wrong with a plan, and every measure that its tier asks for and it does not watch."""
    listed = list(lines)
    found = [fault for at, line in enumerate(listed) for fault in _faults(f"/measures/{at}", line)]
    names = [line.measure for line in listed]
    found += [
        FieldError(f"/measures/{at}/measure", "twice", "This measure is named twice.")
        for at, name in enumerate(names)
        if name in names[:at]
    ]
    lacking = [each.title.english for each in catalogue().due(tier) if each.key not in names]
    if lacking:
        detail = f"A model of tier {tier} has to be watched by: {', '.join(lacking)}."
        found.append(FieldError("/measures", "lacking", detail))
    return found


def _measure(content: object, where: str) -> Measure:
    raw = plain.members(content, where, _MEASURE)
    tiers = frozenset(plain.integers(raw.get("tiers"), f"{where}.tiers"))
    if tiers - _TIERS:
        raise plain.SchemaFault(f"{where}.tiers must name some of 1, 2 and 3, or none.")
    return Measure(
        key=plain.text(raw.get("key"), f"{where}.key"),
        title=words(raw.get("title"), f"{where}.title"),
        what=words(raw.get("what"), f"{where}.what"),
        bad=plain.word(Bad, raw.get("bad"), f"{where}.bad"),
        tiers=tiers,
    )


def _faults(where: str, line: Watched) -> list[FieldError]:
    known = {each.key: each for each in catalogue().measures}.get(line.measure)
    if known is None:
        return [
            FieldError(
                f"{where}/measure", "unknown", f"One of {', '.join(m.key for m in catalogue().measures)}."
            )
        ]
    found = []
    if line.every not in list(Every):
        found.append(FieldError(f"{where}/every", "unknown", f"One of {', '.join(Every)}."))
    if not line.then.strip() or len(line.then) > LONGEST_THEN:
        detail = f"Say what whoever answers does then, in 1 to {LONGEST_THEN} characters."
        found.append(FieldError(f"{where}/then", "length", detail))
    return found + _of_thresholds(where, line, known)


def _of_thresholds(where: str, line: Watched, measure: Measure) -> list[FieldError]:
    amber, red = _number(line.amber), _number(line.red)
    found = [
        FieldError(f"{where}/{name}", "number", "A number of at most 30 characters, as in 0.25.")
        for name, value in (("amber", amber), ("red", red))
        if value is None
    ]
    if amber is None or red is None:
        return found
    is_in_order = red > amber if measure.bad is Bad.ABOVE else red < amber
    if is_in_order:
        return []
    side = "above" if measure.bad is Bad.ABOVE else "below"
    return [
        FieldError(
            f"{where}/red", "order", f"Here a reading is bad {side} its thresholds: red lies {side} amber."
        )
    ]


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text) if len(text) <= 30 else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None
