"""A re-performance in the reader's language: marks beside numbers, rows of a comparison."""

from __future__ import annotations

from django.utils.dateformat import format as day_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from validation.catalog import BY_ID
from validation.reperformance.rows import INPUTS, Outcome, Way
from validation.reperformed import Mark

# Labels that validation.reperformance.comparing writes; they stand here so that the catalogs hold them.
LABELS = (
    gettext_noop("Largest |Δ PD| of the served path against the second one"),
    gettext_noop("Rows with another outcome of the policy on the second path"),
    gettext_noop("Evidence digest of the stored results"),
    gettext_noop("Artefact digest of the sealed bytes"),
    gettext_noop("Content digest of the held-out part"),
    gettext_noop("Rows of the held-out part"),
)


def mark_words(mark: Mark | None) -> str:
    """What stands beside a printed number."""
    if mark is None or mark.outcome is Outcome.NOT_REPERFORMED:
        return _("recorded")
    words = {
        (Way.INDEPENDENT, Outcome.AGREES): _("re-performed on %(day)s, agrees"),
        (Way.INDEPENDENT, Outcome.DIFFERS): _("re-performed on %(day)s, differs"),
        (Way.REPEATED, Outcome.AGREES): _("repeated on %(day)s, agrees"),
        (Way.REPEATED, Outcome.DIFFERS): _("repeated on %(day)s, differs"),
    }
    return words[mark.way, mark.outcome] % {"day": day_format(mark.at, "Y-m-d")}


def way_words(way: Way) -> str:
    words = {
        Way.INDEPENDENT: _("independent"),
        Way.REPEATED: _("repeated"),
        Way.VERIFIED: _("verified"),
    }
    return words[way]


def check_words(check: str) -> str:
    if check == INPUTS:
        return _("What went in")
    card = BY_ID.get(check)
    return check if card is None else _(card.title)
