"""Numbers, times and verdicts as a document prints them, in the language it is built in."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from reports.build import heads
from reports.build.content import State, Word
from validation.reperformance.rows import Outcome, Way
from validation.reperformed import Mark

NONE = numerals.NOT_AVAILABLE
# Where a language does not put the year first.
_DAYS = {"pt-br": "%d/%m/%Y"}
_STAGES = {"approved": State.GOOD, "rejected": State.BAD, "suspended": State.BAD, "retired": State.QUIET}


def verdict(code: str | None) -> Word:
    if not code:
        return Word("", State.QUIET)
    words = {
        "passed": Word(_("passes"), State.GOOD),
        "failed": Word(_("fails"), State.BAD),
        "amber": Word(_("warns"), State.WAITING),
        "inconclusive": Word(_("inconclusive"), State.WAITING),
        "insufficient_data": Word(_("insufficient data"), State.QUIET),
        "reported": Word(_("reported"), State.QUIET),
        "error": Word(_("error"), State.BAD),
    }
    return words.get(code, Word(code.replace("_", " "), State.QUIET))


def mark(found: Mark | None) -> Word:
    """How a printed number stands: recorded by the run, or performed again."""
    if found is None or found.outcome is Outcome.NOT_REPERFORMED:
        return Word(_("recorded"), State.QUIET)
    if found.outcome is Outcome.DIFFERS:
        return Word(_("differs"), State.BAD)
    is_independent = found.way is Way.INDEPENDENT
    return Word(_("re-performed"), State.GOOD) if is_independent else Word(_("repeated"), State.QUIET)


def stage(code: str) -> Word:
    return Word(stage_words(code), _STAGES.get(code, State.WAITING))


def stage_words(code: str) -> str:
    """A stage of a version, inside a line."""
    words = {
        "draft": _("draft"),
        "in_validation": _("in validation"),
        "validated": _("validated"),
        "in_review": _("in review"),
        "approved": _("approved"),
        "retired": _("retired"),
        "rejected": _("rejected"),
        "suspended": _("suspended"),
    }
    return words.get(code, code.replace("_", " "))


def moment(at: dt.datetime | None) -> str:
    return NONE if at is None else at.astimezone(dt.UTC).strftime(f"{_day_format()} %H:%M:%S UTC")


def day(at: dt.datetime | dt.date | None) -> str:
    return NONE if at is None else at.strftime(_day_format())


def written(at: str) -> str:
    """A time of the ledger, which is UTC."""
    return dt.datetime.fromisoformat(at[:19]).strftime(f"{_day_format()} %H:%M:%S")


def _day_format() -> str:
    return _DAYS.get(get_language() or "", "%Y-%m-%d")


def done(at: dt.datetime | None, name: str) -> str:
    """When something was done, and by whom."""
    return _("%(at)s, by %(name)s") % {"at": moment(at), "name": name}


def number(text: str | float | None) -> str:
    """Four significant digits, whole numbers whole; an em dash for none."""
    if text is None or text == "":
        return NONE
    value = float(text)
    if not math.isfinite(value):
        return NONE
    if value == int(value) and abs(value) < 1e15:
        return numerals.fixed(int(value))
    if abs(value) >= 1000:
        return numerals.fixed(value, 0)
    if abs(value) < 0.00005:
        return numerals.marked(f"{value:.2g}".replace("-", numerals.MINUS))
    return numerals.fixed(value, 4 if abs(value) < 10 else 2)


def limit(text: str | None) -> str:
    """As the standard wrote it: a limit of 0.8 is not 0.8000."""
    return NONE if text is None else numerals.marked(f"{float(text):.4g}")


def as_written(text: str) -> str:
    """A number as it was written down, with every digit; whatever is none stays as it is."""
    try:
        float(text)
    except ValueError:
        return text
    return numerals.marked(text)


def p_value(text: str | None) -> str:
    if text is None:
        return NONE
    value = float(text)
    return f"<\u00a0{numerals.marked('0.0001')}" if value < 0.0001 else numerals.fixed(value, 4)


def interval(low: str | None, high: str | None) -> str:
    if low is None or high is None:
        return NONE
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


def span(low: str | None, high: str | None) -> str:
    """The same without a word of any language."""
    if low is None or high is None:
        return NONE
    return numerals.interval(number(low), number(high))


def count(value: int) -> str:
    return numerals.fixed(value)


def cell(text: Any) -> str:  # Any: a cell of a stored table, plain JSON
    """A stored table's cell: numbers rounded for print, names as they are."""
    if text is None:
        return NONE
    try:
        return number(str(text))
    except ValueError:
        return _code(str(text))


def _code(text: str) -> str:
    said = heads.CODES.get(text)
    if said is not None:
        return str(said)
    return text.replace("_", " ") if text.islower() else text


def spelled(name: str) -> str:
    """A name of data as a person reads it: names are in one language."""
    return name.replace("_", " ").replace(":", ": ").strip().capitalize()


def in_language(texts: Mapping[str, str]) -> str:
    """What is kept in several languages, in the document's; English where there is no other."""
    return str(texts.get(get_language() or "en") or texts.get("en") or "")


# Signs, in every language.
_SIGNS = {"auc": "AUC", "n": "n", "p": "p", "p_alone_holm": "Holm", "p_correlated_holm": "Holm"}


def head(name: str) -> str:
    return str(_SIGNS.get(name) or heads.HEADS.get(name) or spelled(name))


def table(name: str) -> str:
    return str(heads.TABLES.get(name) or spelled(name))


def get(mapping: Mapping[str, Any], *path: str) -> Any:  # Any: plain JSON of other apps
    """A member of nested JSON, or None: documents print what is there and say so where it is not."""
    found: Any = mapping
    for name in path:
        if not isinstance(found, Mapping) or name not in found:
            return None
        found = found[name]
    return found
