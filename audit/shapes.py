"""What the facts of an event look like, so that the next ones need not be parsed.

The entries of one event differ in their texts and integers and rarely in anything else. From facts that were proven
canonical comes a pattern: every name, bracket and word stands as it stood, and in place of a value stands any text
without a sign that JSON escapes, or any integer of at most fifteen digits in its one form. What matches is therefore
canonical too: its names are the same in the same order, it is nested as deep, and each value is written in the only way
there is. What does not match is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST, PER_EVENT, EVENTS = 2_000, 8, 128
# A text, with a colon behind it if it is a name; an integer. Between them stands what is kept as it is.
_PART = re.compile(r'"(?:[^"\\]|\\.)*"(?P<colon>:?)|(?P<integer>-?[0-9]+)|[^"0-9-]+')
_TEXT, _INTEGER = r'"[^"\\\x00-\x1f]*"', "(?:0|-?[1-9][0-9]{0,14})"
_known: dict[str, list[Callable[[str, int, int], object]]] = {}


def is_known(event: str, text: str, begin: int, end: int) -> bool:
    """Whether this part of the text is like facts of this event that were proven canonical."""
    for matches in _known.get(event, ()):  # noqa: SIM110 (a million times, and a generator costs as much as the match)
        if matches(text, begin, end):
            return True
    return False


def keep(event: str, proven: str) -> None:
    """Keep what facts look like that are canonical. Bounded, whatever a ledger holds: beyond that all is parsed."""
    if len(proven) > LONGEST or (event not in _known and len(_known) >= EVENTS):
        return
    kept = _known.setdefault(event, [])
    if len(kept) < PER_EVENT:
        kept.append(re.compile(pattern_of(proven)).fullmatch)


def pattern_of(proven: str) -> str:
    return _PART.sub(_any_of, proven)


def _any_of(part: re.Match[str]) -> str:
    if part["integer"]:
        return _INTEGER
    is_text = part[0].startswith('"') and not part["colon"]
    return _TEXT if is_text else re.escape(part[0])
