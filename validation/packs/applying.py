"""Which packs a model falls under: by its uses, the countries of each, and a day. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TypeVar

from registry.uses import UseAsked
from validation.packs.jurisdictions import covers
from validation.packs.pack import Clause, Pack

_Dated = TypeVar("_Dated", Pack, Clause)


def has_begun(dated: _Dated, day: dt.date) -> bool:
    """Always, where no first day is stated."""
    return dated.effective_from is None or dated.effective_from <= day


def is_in_force(dated: _Dated, day: dt.date) -> bool:
    """From its first day on, and until the day on which something else took its place."""
    if not has_begun(dated, day):
        return False
    return dated.superseded is None or day < dated.superseded.on


def newest(packs: Iterable[Pack], day: dt.date) -> list[Pack]:
    """Of each name the highest revision that has taken effect by this day, by name: one day never belongs to two
    revisions."""
    found: dict[str, Pack] = {}
    for pack in packs:
        held = found.get(pack.slug)
        if has_begun(pack, day) and (held is None or pack.revision > held.revision):
            found[pack.slug] = pack
    return [found[slug] for slug in sorted(found)]


def uses_under(pack: Pack, uses: Sequence[UseAsked]) -> tuple[str, ...]:
    """The uses for which a model falls under the pack, whatever the day."""
    return tuple(
        str(each.use)
        for each in uses
        if each.use in pack.uses and covers(pack.jurisdictions, each.jurisdictions)
    )


def applicable(packs: Iterable[Pack], uses: Sequence[UseAsked], day: dt.date) -> list[Pack]:
    """The packs in force on this day that one of the uses falls under, by name. A newest revision that was superseded
    does not bring an earlier one back."""
    return [pack for pack in newest(packs, day) if is_in_force(pack, day) and uses_under(pack, uses)]
