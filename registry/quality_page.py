"""What the page of data quality says: rules with what they found, from the stored report alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mrm.lib.charts import numerals
from registry import quality_words
from registry.models import DatasetSnapshot

_TEXTS = frozenset({"column", "values", "labels", "spellings", "result", "change", "check"})


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool


@dataclass(frozen=True)
class QualityRule:
    """One rule; `heads` and `rows` are a table of what it found, empty where a count says it all."""

    key: str
    title: str
    hint: str
    state: str
    is_blocking: bool
    count: int
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


def quality_rules(snapshot: DatasetSnapshot) -> list[QualityRule]:
    """All rules of the report, those that are broken first."""
    titles, hints = quality_words.titles(), quality_words.hints()
    lines = [_line(rule, titles, hints) for rule in snapshot.quality.get("rules", [])]
    return sorted(lines, key=lambda line: line.state == "passed")


def state_of(rule: dict[str, Any]) -> str:
    """A broken blocking rule has failed; a broken one of the others is reported."""
    if rule["passed"]:
        return "passed"
    return "failed" if rule["force"] == "blocking" else "reported"


def _line(rule: dict[str, Any], titles: dict[str, str], hints: dict[str, str]) -> QualityRule:
    details: list[dict[str, Any]] = rule.get("details", [])
    names = [name for name in quality_words.heads() if any(name in each for each in details)]
    words = quality_words.heads()
    return QualityRule(
        key=rule["rule"],
        title=titles.get(rule["rule"], rule["rule"]),
        hint=hints.get(rule["rule"], ""),
        state=state_of(rule),
        is_blocking=rule["force"] == "blocking",
        count=rule["count"],
        heads=tuple(Cell(words[name], name not in _TEXTS) for name in names),
        rows=tuple(tuple(_cell(name, each.get(name)) for name in names) for each in details),
    )


def _cell(name: str, value: Any) -> Cell:  # Any: a member of JSON
    return Cell(_told(name, value), name not in _TEXTS)


def _told(name: str, value: Any) -> str:  # Any: a member of JSON
    if value is None:
        return numerals.NOT_AVAILABLE
    if isinstance(value, int):
        return numerals.fixed(value)
    return _TOLD.get(name, str)(value)


def _share(value: str) -> str:
    return numerals.percent(float(value))


def _three_places(value: str) -> str:
    return numerals.fixed(float(value), 3)


def _before_or_now(value: str) -> str:
    """A type, or a share of what is missing."""
    return quality_words.kinds().get(value) or _share(value)


def _values(found: list[dict[str, Any]]) -> str:
    told = [f"{each['value']} ({numerals.fixed(each['rows'])})" for each in found]
    return ", ".join(told) or numerals.NOT_AVAILABLE


def _labels(groups: list[list[str]]) -> str:
    return (
        "; ".join(" = ".join(f"“{label}”" for label in group) for group in groups) or numerals.NOT_AVAILABLE
    )


def _spellings(found: dict[str, int]) -> str:
    known = quality_words.spellings()
    return ", ".join(f"{known.get(each, each)} ({numerals.fixed(rows)})" for each, rows in found.items())


def _change(value: str) -> str:
    return quality_words.changes().get(value, value)


def _check(value: str) -> str:
    return quality_words.checks().get(value, value)


_TOLD: Mapping[str, Callable[[Any], str]] = {  # Any: as they stand in the report
    "share": _share,
    "beyond": _share,
    "before": _before_or_now,
    "now": _before_or_now,
    "values": _values,
    "labels": _labels,
    "spellings": _spellings,
    "change": _change,
    "check": _check,
    "auc": _three_places,
    "second_auc": _three_places,
    "odds_ratio": _three_places,
    "rank_correlation": _three_places,
}
