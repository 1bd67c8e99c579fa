"""Stored time stamps, looked at again: what an authority signed is worth only as long as it verifies."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from audit.anchors.place import AnchorFailed, Kind
from audit.anchors.selectors import newest_by_place
from audit.anchors.tokens import checked_token
from audit.verdicts import Found


def faults() -> tuple[Found, ...]:
    """The newest stamp of every authority that does not verify against the configured roots. Without roots none can
    be looked at, and none is called false."""
    if not settings.MRM_ANCHOR_TSA_ROOTS:
        return ()
    found = []
    for held in newest_by_place():
        if held.kind != Kind.RFC3161:
            continue
        try:
            checked_token(held.evidence, held.note, Path(settings.MRM_ANCHOR_TSA_ROOTS))
        except AnchorFailed as failure:
            found.append(Found("anchor-token", held.size, str(failure)))
    return tuple(found)
