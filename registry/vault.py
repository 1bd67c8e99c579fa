"""Where this installation keeps bytes: sealed artefacts as they are, applicants' rows only encrypted."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings

from mrm.lib import sealed_box
from mrm.lib.errors import Unavailable
from registry.artifacts import ArtifactStore


def artifacts() -> ArtifactStore:
    """The store of sealed artefacts."""
    return ArtifactStore(Path(settings.MRM_VAR_DIR) / "artifacts")


def put_part(*, snapshot: str, name: str, content: bytes) -> str:
    """Keep one part of a snapshot under a key of its own; returns the digest of the ciphertext in the
    store."""
    return _parts().put_bytes(sealed_box.seal(_part_key(snapshot, name), content, _context(snapshot, name)))


def read_part(*, snapshot: str, name: str, kept: str) -> bytes:
    """The plain bytes of a part. Unavailable when they are missing, damaged or of another place."""
    return sealed_box.unseal(_part_key(snapshot, name), _parts().read(kept), _context(snapshot, name))


def put_view_part(*, view: str, name: str, content: bytes) -> str:
    """Keep one part of a feature view under a key of its own; returns the digest of the ciphertext in the store."""
    key = sealed_box.derive(f"feature-view:{view}:{name}")
    return _views().put_bytes(sealed_box.seal(key, content, _context(view, name)))


def read_view_part(*, view: str, name: str, kept: str) -> bytes:
    """The plain bytes of a part. Unavailable when they are missing, damaged or of another place."""
    key = sealed_box.derive(f"feature-view:{view}:{name}")
    return sealed_box.unseal(key, _views().read(kept), _context(view, name))


def put_file(*, version: str, digest: str, content: bytes) -> str:
    """Keep a file of a version under a key of its own; returns the digest of the ciphertext in the store."""
    key = sealed_box.derive(f"version-file:{version}:{digest}")
    return _files().put_bytes(sealed_box.seal(key, content, _context(version, digest)))


def read_file(*, version: str, digest: str, kept: str) -> bytes:
    """The plain bytes of a file. Unavailable when they are missing, damaged or of another place."""
    key = sealed_box.derive(f"version-file:{version}:{digest}")
    return sealed_box.unseal(key, _files().read(kept), _context(version, digest))


def put_sample_part(*, sample: str, name: str, content: bytes) -> str:
    """Keep one part of a scored sample under a key of its own; returns the digest of the ciphertext in the store."""
    key = sealed_box.derive(f"scored-sample:{sample}:{name}")
    return _samples().put_bytes(sealed_box.seal(key, content, _context(sample, name)))


def read_sample_part(*, sample: str, name: str, kept: str) -> bytes:
    """The plain bytes of a part. Unavailable when they are missing, damaged or of another place."""
    key = sealed_box.derive(f"scored-sample:{sample}:{name}")
    return sealed_box.unseal(key, _samples().read(kept), _context(sample, name))


def keep_upload(content: bytes) -> str:
    """An upload waits for its job encrypted; returns its id."""
    upload = str(uuid.uuid4())
    path = _upload(upload)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(sealed_box.seal(_upload_key(), content, upload.encode()))
        target.flush()
        os.fsync(target.fileno())
    return upload


def read_upload(upload: str) -> bytes:
    try:
        box = _upload(upload).read_bytes()
    except FileNotFoundError:
        raise Unavailable("The uploaded file is no longer here. Upload it again.") from None
    return sealed_box.unseal(_upload_key(), box, upload.encode())


def discard_upload(upload: str) -> None:
    """The file is not needed any more: its rows lie in the snapshot, or it was refused."""
    _upload(upload).unlink(missing_ok=True)


def _parts() -> ArtifactStore:
    return ArtifactStore(Path(settings.MRM_VAR_DIR) / "snapshots")


def _views() -> ArtifactStore:
    return ArtifactStore(Path(settings.MRM_VAR_DIR) / "feature-views")


def _files() -> ArtifactStore:
    return ArtifactStore(Path(settings.MRM_VAR_DIR) / "version-files")


def _samples() -> ArtifactStore:
    return ArtifactStore(Path(settings.MRM_VAR_DIR) / "samples")


def _part_key(snapshot: str, name: str) -> bytes:
    return sealed_box.derive(f"snapshot:{snapshot}:{name}")


def _context(snapshot: str, name: str) -> bytes:
    return f"{snapshot}:{name}".encode()


def _upload(upload: str) -> Path:
    # Through UUID, so that no text of a request becomes a path.
    return Path(settings.MRM_VAR_DIR) / "uploads" / str(uuid.UUID(upload))


def _upload_key() -> bytes:
    return sealed_box.derive("uploads")
