"""What the inventory was at a moment: plain values, so that a page, a table, the API and a document say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from registry.lifecycle import Stage


class Kind(StrEnum):
    """What was let stand, or put on top, until a moment."""

    CHECK_EXCEPTION = "check_exception"
    DATA_EXCEPTION = "data_exception"
    OVERLAY = "overlay"
    CAP = "cap"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Grant:
    """`what` is the check, the rule, the overlay's kind and size, or the limit of the cap."""

    kind: Kind
    what: str
    granted_at: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class VersionThen:
    """`expires_at` is None before the approval. `findings` counts the open ones by severity; None where the reader may
    not read findings. `uses` are those frozen at the submission; `standard` judged the newest evidence."""

    number: int
    stage: str
    stage_since: dt.datetime
    slots: tuple[str, ...]
    uses: tuple[str, ...]
    standard: str
    expires_at: dt.datetime | None
    has_expired: bool
    findings: Mapping[str, int] | None
    conditions_open: int
    conditions_overdue: int
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class EntryThen:
    """`tier` is None where none was proposed, or where it is not kept (see `tier_is_kept`). Before an entry is accepted
    its words may be amended, and earlier words are not kept: `words_are_kept` is then False."""

    slug: str
    name: str
    owner: str
    is_accepted: bool
    tier: int | None
    tier_is_kept: bool
    words_are_kept: bool
    versions: tuple[VersionThen, ...]

    @property
    def in_force(self) -> tuple[VersionThen, ...]:
        """The versions whose approval stood and had not run out."""
        return tuple(each for each in self.versions if each.stage == Stage.APPROVED and not each.has_expired)

    @property
    def held(self) -> tuple[VersionThen, ...]:
        """The versions that held a slot."""
        return tuple(each for each in self.versions if each.slots)


@dataclass(frozen=True)
class InventoryThen:
    at: dt.datetime
    entries: tuple[EntryThen, ...]
