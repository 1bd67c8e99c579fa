"""The public keys of the log: which one is in force where, read from the entries themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.checkpoint import NotAKey, VerifierKey

ADOPTED, ROTATED = "log_key:adopted", "log_key:rotated"
EVENTS = frozenset({ADOPTED, ROTATED})
SUBJECT = "log"


@dataclass(frozen=True)
class Rotation:
    """`position` counts entries as they stand, `sequence` is what the entry says of itself."""

    position: int
    sequence: int
    key: VerifierKey
    previous: VerifierKey


class Timeline:
    """Keys in the order of their entries."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._from: list[tuple[int, VerifierKey]] = []
        self.rotations: list[Rotation] = []

    @property
    def keys(self) -> list[VerifierKey]:
        return [key for _, key in self._from]

    def in_force(self, size: int) -> VerifierKey | None:
        """The key of the last key entry at or below this size."""
        return next((key for position, key in reversed(self._from) if position <= size), None)

    def add(self, position: int, sequence: int, content: dict[str, Any]) -> str:  # Any: the members of a body
        """Take the key of an entry; what is wrong with it in words, or nothing."""
        try:
            key = _key(content["facts"].get("key"))
            previous = self._previous(content)
        except NotAKey as refusal:
            return str(refusal)
        if key.origin != self._origin or content["subject"] != {"type": SUBJECT, "id": self._origin}:
            return "the key is of another origin"
        if key in self.keys:
            return "the key was in force before"
        self._from.append((position, key))
        if previous:
            self.rotations.append(Rotation(position, sequence, key, previous))
        return ""

    def _previous(self, content: dict[str, Any]) -> VerifierKey | None:
        last = self._from[-1][1] if self._from else None
        if (content["event"] == ROTATED) != (last is not None):
            raise NotAKey("the first key is adopted, every later one follows a key")
        if last is not None and content["facts"].get("previous") != last.text:
            raise NotAKey("the key before is not the one in force")
        return last


def _key(text: object) -> VerifierKey:
    if not isinstance(text, str):
        raise NotAKey("the entry names no key")
    return VerifierKey.read(text)
