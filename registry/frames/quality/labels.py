"""Texts that are one category, spelled in more than one way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from quant.features.cleaning.edits import distance
from quant.features.cleaning.labels import normalise
from registry.frames.quality.rules import READ, SHARED_ROWS, ColumnRule, Detail, Force

if TYPE_CHECKING:
    from registry.frames.quality.profile import Profile
    from registry.frames.spec import UploadSpec

# Beyond it a text is free text, and not a category; pairs of labels would grow with the square.
MOST_LABELS = 500
MOST_EDITS = 2
# One edit for every four letters, as cleaning has it: a short word is soon another word.
_LETTERS_PER_EDIT = 4
_SHOWN = 10
_DIGITS = re.compile(r"\D+")


def _near_duplicates(seen: Profile, _: UploadSpec) -> Detail | None:
    if not seen.is_text or not 2 <= len(seen.counts) <= MOST_LABELS:
        return None
    groups = [group for group in _groups(seen.labels) if len(group) > 1]
    if not groups:
        return None
    rows = dict(zip(seen.labels, map(int, seen.counts), strict=True))
    shown = [[label for label in group if rows[label] >= SHARED_ROWS] for group in groups]
    return {
        "categories": len(groups),
        "variants": sum(map(len, groups)),
        "labels": [[label[:80] for label in each] for each in shown if len(each) > 1][:_SHOWN],
    }


def _groups(labels: list[str]) -> list[list[str]]:
    """Labels that are the same, or nearly, once case, accents and spaces are left out."""
    spelled: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        # What folds away wholly (a dash, a sign) is a label of its own.
        spelled[normalise(label) or label].append(label)
    home = {word: word for word in spelled}
    for first, second in _near(sorted(spelled)):
        kept, gone = home[first], home[second]
        home.update({word: kept for word, at in home.items() if at == gone})
    groups: dict[str, list[str]] = defaultdict(list)
    for word, at in home.items():
        groups[at].extend(spelled[word])
    return [sorted(group) for group in groups.values()]


def _near(words: list[str]) -> Iterator[tuple[str, str]]:
    """A slip of the pen spares the first letter (Yannakoudakis and Fawthrop 1983) and makes no other number:
    unemployed is not employed, and band 1 is not band 2."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for word in words:
        alike[word[0], _DIGITS.sub(" ", word).strip()].append(word)
    for group in alike.values():
        yield from (pair for pair in combinations(group, 2) if _is_near(*pair))


def _is_near(first: str, second: str) -> bool:
    reach = min(MOST_EDITS, min(len(first), len(second)) // _LETTERS_PER_EDIT)
    return reach > 0 and abs(len(first) - len(second)) <= reach and distance(first, second, reach) <= reach


RULES = (
    ColumnRule(
        "near_duplicate_labels",
        Force.REPORTED,
        "columns that spell a category in several ways",
        _near_duplicates,
        READ,
    ),
)
