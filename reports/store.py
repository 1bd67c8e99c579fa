"""Where documents lie: the content-addressed store, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from registry.artifacts import ArtifactStore


def keep(content: bytes) -> str:
    """The digest under which the bytes are kept; keeping them again changes nothing."""
    return _store().put_bytes(content)


def read(digest: str) -> bytes:
    """The bytes, checked against their digest. Unavailable when they are missing or altered."""
    return _store().read(digest)


def _store() -> ArtifactStore:
    return ArtifactStore(Path(settings.MRM_VAR_DIR) / "dossiers")
