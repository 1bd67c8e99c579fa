"""What one pack, or revision of a pack, says otherwise than the one before it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from validation.packs.pack import Clause, Pack


@dataclass(frozen=True)
class Differences:
    """Clauses by key: only in the later one, only in the earlier one, in both and not alike."""

    appearing: tuple[Clause, ...]
    disappearing: tuple[Clause, ...]
    changing: tuple[Clause, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.appearing or self.disappearing or self.changing)


def between(before: Pack | None, after: Pack | None) -> Differences:
    """Everything appears where nothing was before, and disappears where nothing follows."""
    were = {} if before is None else {each.key: each for each in before.clauses}
    are = {} if after is None else {each.key: each for each in after.clauses}
    return Differences(
        appearing=tuple(each for key, each in are.items() if key not in were),
        disappearing=tuple(each for key, each in were.items() if key not in are),
        changing=tuple(each for key, each in are.items() if key in were and _differs(were[key], each)),
    )


def _differs(before: Clause, after: Clause) -> bool:
    """A wider pack lets a clause that names no uses follow it: that alone is said of the pack."""
    return replace(before, uses=after.uses) != after or not set(before.uses) <= set(after.uses)
