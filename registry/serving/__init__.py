"""The one door from sealed bytes to numbers, used alike by validation, scoring and replay.

    load(store, digest) -> Served          the verified estimator, from a small cache
    quarantine(folder) / quarantine_sealed(store, digest) -> digest   first load, in a child process with
    limits

The numerical libraries are imported on the first call, never with this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from registry.artifacts import ArtifactStore
    from registry.serving.served import Served


def load(store: ArtifactStore, digest: str) -> Served:
    """The estimator under a digest. Unavailable or BytesDoNotMatch (503) when it cannot be trusted."""
    from registry.serving.door import load as open_door

    return open_door(store, digest)


def quarantine(folder: Path) -> str:
    """Load a candidate folder for the first time, away from this process; ArtifactRefused says why not."""
    from registry.serving.isolation import quarantine_folder

    return quarantine_folder(folder)


def quarantine_sealed(store: ArtifactStore, digest: str) -> str:
    """The same for an artefact that is already in the store."""
    from registry.serving.isolation import quarantine_digest

    return quarantine_digest(store, digest)
