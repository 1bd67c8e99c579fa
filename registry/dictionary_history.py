"""The reason dictionaries of a model in their order: who proposed which, who uses it, what it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.models import User
from registry import selectors
from registry.models import ModelVersion, ReasonDictionary


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class TextChange:
    """One text of one reason in one language; empty where there was or is none."""

    change: Change
    reason: str
    language: str
    before: str
    after: str


@dataclass(frozen=True)
class CodeChange:
    """The code that a notice prints for a reason that both dictionaries have."""

    reason: str
    before: str
    after: str


@dataclass(frozen=True)
class Differences:
    texts: tuple[TextChange, ...]
    codes: tuple[CodeChange, ...]


@dataclass(frozen=True)
class Numbered:
    """A dictionary with its place among those of the model, from 1. `changed` is against the one before; None for the
    first."""

    number: int
    dictionary: ReasonDictionary
    versions: tuple[int, ...]
    changed: Differences | None


def dictionary_history(*, actor: User, slug: str) -> list[Numbered]:
    """The newest first. The number is the place in the order of proposal: none is ever removed."""
    rows = list(selectors.visible_dictionaries(actor=actor, slug=slug).order_by("proposed_at", "id"))
    used = _versions_using(rows)
    before = [None, *rows]
    listed = [
        Numbered(
            number=at,
            dictionary=row,
            versions=tuple(used[row.pk]),
            changed=None if earlier is None else differences(earlier.reasons, row.reasons),
        )
        for at, (earlier, row) in enumerate(zip(before, rows, strict=False), start=1)
    ]
    return listed[::-1]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Differences:
    """Between two dictionaries as they are stored, by reason and language. The order of the reasons says nothing."""
    then, now = _texts(before), _texts(after)
    texts = (
        TextChange(_kind(place, then, now), *place, then.get(place, ""), now.get(place, ""))
        for place in dict.fromkeys((*now, *then))
        if then.get(place) != now.get(place)
    )
    was, codes = _codes(before), _codes(after)
    recoded = (CodeChange(key, was[key], code) for key, code in codes.items() if was.get(key, code) != code)
    return Differences(tuple(texts), tuple(recoded))


_Texts = Mapping[tuple[str, str], str]


def _kind(place: tuple[str, str], then: _Texts, now: _Texts) -> Change:
    if place not in then:
        return Change.ADDED
    return Change.CHANGED if place in now else Change.REMOVED


def _texts(raw: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (each["key"], language): text for each in raw["reasons"] for language, text in each["texts"].items()
    }


def _codes(raw: Mapping[str, Any]) -> dict[str, str]:
    return {each["key"]: each["code"] for each in raw["reasons"]}


def _versions_using(rows: list[ReasonDictionary]) -> Mapping[Any, list[int]]:  # Any: the key of a row
    used: dict[Any, list[int]] = defaultdict(list)
    pairs = ModelVersion.objects.filter(dictionary__in=rows).order_by("number")
    for dictionary, number in pairs.values_list("dictionary_id", "number"):
        used[dictionary].append(number)
    return used
