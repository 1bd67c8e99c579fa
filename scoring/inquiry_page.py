"""The second look in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mrm.lib.charts import numerals
from registry.reason_dictionaries import ReasonWords
from scoring.inquiry import Direction, Inquiry


@dataclass(frozen=True)
class Cell:
    text: str
    is_number: bool = False
    state: str = ""


def columns() -> list[dict[str, Any]]:
    return [
        {"label": _("Reason group"), "is_number": False},
        {"label": _("In the decision, points"), "is_number": True},
        {"label": _("By the straight line, points"), "is_number": True},
        {"label": _("Direction"), "is_number": False},
    ]


def rows(inquiry: Inquiry, words: Mapping[str, ReasonWords], language: str) -> list[list[Cell]]:
    return [
        [
            Cell(words[line.group].text(language)),
            Cell(numerals.signed(line.exact, 1), is_number=True),
            Cell(numerals.signed(line.straight, 1), is_number=True),
            Cell(_direction(line.direction)),
        ]
        for line in inquiry.lines
    ]


def _direction(direction: Direction) -> str:
    return {
        Direction.SAME: _("the same"),
        Direction.OPPOSED: _("opposed"),
        Direction.NONE: _("one does not move it"),
    }[direction]


def sentence(inquiry: Inquiry) -> str:
    """What the comparison comes to. It judges nothing: the reasons of the decision stay the exact ones."""
    if inquiry.share is None:
        return _("The score of this applicant does not move, whatever is put at its reference value.")
    fit = _("Near this applicant a sum of parts explains %(share)s of how the score moves.") % {
        "share": numerals.percent(inquiry.share, 1)
    }
    return f"{fit} {_opposed(inquiry)} {_first(inquiry)}"


def _opposed(inquiry: Inquiry) -> str:
    if not inquiry.opposed:
        return _("No group moves it in the other direction.")
    return ngettext(
        "%(count)s group moves it in the other direction.",
        "%(count)s groups move it in the other direction.",
        inquiry.opposed,
    ) % {"count": inquiry.opposed}


def _first(inquiry: Inquiry) -> str:
    if inquiry.is_first_the_same:
        return _("Both name the same group as the heaviest.")
    return _("They do not name the same group as the heaviest.")


def facts(inquiry: Inquiry) -> list[dict[str, Any]]:
    share = numerals.NOT_AVAILABLE if inquiry.share is None else numerals.fixed(inquiry.share, 3)
    patterns = (
        _("all there are") if inquiry.is_whole else _("drawn, the seed from the record of the decision")
    )
    cases = f"{numerals.fixed(inquiry.cases)} ({patterns})"
    return [
        {"term": _("Fit of the line (weighted R²)"), "text": share},
        {"term": _("Furthest it is from the score, points"), "text": numerals.fixed(inquiry.furthest, 1)},
        {"term": _("Where the line starts, points"), "text": numerals.fixed(inquiry.start, 1)},
        {"term": _("Patterns scored"), "text": cases},
    ]
