"""What every place outside has in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from audit.checkpoint import Note

# As long as the column that names a place.
LONGEST_NAME = 200


class Kind(StrEnum):
    FOLDER = "folder"
    RFC3161 = "rfc3161"
    MAIL = "mail"
    PDF = "pdf"


class AnchorFailed(Exception):
    """A place did not take a checkpoint, or what it holds does not count: a sentence, without any credentials."""


class Place(Protocol):
    """Somewhere outside that can hold a checkpoint. `where` names it in tables and logs: never with credentials."""

    @property
    def kind(self) -> Kind: ...

    @property
    def where(self) -> str: ...

    def hold(self, note: Note) -> bytes:
        """Bring the note there and answer with the place's evidence, b"" if it gives none. Raises AnchorFailed."""


@dataclass(frozen=True)
class Outcome:
    """What came of bringing a checkpoint to a place, in a sentence."""

    kind: Kind
    where: str
    ok: bool
    said: str
