"""Since when each record that a pack may name is kept about a version; None where it is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from validation.certifying import certificate_of
from validation.competence import counting
from validation.packs.pack import Kept
from validation.plan_facts import Seen

Moment = dt.datetime | None


def kept_since(record: Kept, seen: Seen) -> Moment:
    return _SINCE[record](seen)


def _frozen_use(seen: Seen) -> Moment:
    """The use a version was submitted for is frozen when it is submitted."""
    if seen.version.use is None:
        return None
    moved = seen.version.changes.filter(move="submit").order_by("made_at")
    return moved.values_list("made_at", flat=True).first()


def _reason_certificate(seen: Seen) -> Moment:
    """It stands on the results of the newest run."""
    if seen.run is None or not certificate_of(seen).holds:
        return None
    return seen.run.completed_at


def _competence_record(seen: Seen) -> Moment:
    """Of whoever concluded, as it counted at that signature."""
    if seen.conclusion is None:
        return None
    held = counting([seen.conclusion.person], seen.conclusion.at)[seen.conclusion.person]
    return min((each.recorded_at for each in held), default=None)


_SINCE: Final[Mapping[Kept, Callable[[Seen], Moment]]] = {
    Kept.FROZEN_USE: _frozen_use,
    Kept.REASON_CERTIFICATE: _reason_certificate,
    Kept.COMPETENCE_RECORD: _competence_record,
}
