"""The content-addressed store on a folder: a name is the SHA-256 of the bytes, and bytes are never
returned unchecked."""

import os
import re
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mrm.lib import canonical
from mrm.lib.errors import Malformed, Unavailable
from registry.serving import manifest as manifests

_DIGEST = re.compile(r"[0-9a-f]{64}")
MAX_OBJECT_BYTES = 512 * 1024 * 1024

Stamp = tuple[int, int, int, int]


class BytesDoNotMatch(Unavailable):
    """What lies under a digest is something else: nothing is loaded, nothing is scored."""

    code, title = "bytes-do-not-match", "The sealed bytes do not match their digest"


@dataclass(frozen=True)
class Sealed:
    """A sealed artefact, every byte of it checked: the buffers here are the ones that were hashed."""

    digest: str
    manifest: manifests.Manifest
    files: Mapping[str, bytes]


class ArtifactStore:
    """Objects lie in `root/<first two digits>/<digest>`, read-only; a sealed artefact is its manifest's
    digest."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def put_bytes(self, content: bytes) -> str:
        """Keep the bytes under their digest; putting them again changes nothing. Refuses a damaged object."""
        digest = canonical.sha256(content)
        path = self._path(digest)
        if path.exists():
            self.read(digest)
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, content)
        return digest

    def put_folder(self, folder: Path) -> str:
        """Seal a candidate folder: its manifest and each file it lists. Returns the artefact digest."""
        sealed = read_candidate(folder)
        for content in sealed.files.values():
            self.put_bytes(content)
        # The manifest comes last: it never stands in the store without its files.
        return self.put_bytes(manifests.dump(sealed.manifest))

    def read(self, digest: str) -> bytes:
        """The bytes of a digest. Unavailable when there are none, BytesDoNotMatch when they differ."""
        content = _read_regular(self._path(digest), MAX_OBJECT_BYTES)
        if canonical.sha256(content) != digest:
            raise BytesDoNotMatch(
                f"The object {digest[:12]} was refused: its bytes do not match its digest. "
                "Restore it from a backup, or suspend the version."
            )
        return content

    def read_sealed(self, digest: str) -> Sealed:
        """A sealed artefact with all its files, each checked against the manifest."""
        manifest = manifests.load(self.read(digest))
        files = {entry.name: self.read(entry.sha256) for entry in manifest.files}
        return Sealed(digest=digest, manifest=manifest, files=files)

    def export(self, digest: str, folder: Path) -> None:
        """Write a sealed artefact back as a candidate folder, for a process that only sees files."""
        sealed = self.read_sealed(digest)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in sealed.files.items():
            (folder / name).write_bytes(content)
        (folder / manifests.MANIFEST).write_bytes(manifests.dump(sealed.manifest))

    def paths(self, digests: tuple[str, ...]) -> tuple[str, ...]:
        """Where objects lie, for `stamps`."""
        return tuple(str(self._path(digest)) for digest in digests)

    @staticmethod
    def stamps(paths: tuple[str, ...]) -> tuple[Stamp, ...]:
        """Identity, size and times of the files on disk: cheap evidence that nothing was touched since a
        check."""
        return tuple(_stamp(path) for path in paths)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise Malformed("An artefact digest is 64 lower-case hex digits.")
        return self.root / digest[:2] / digest


def read_candidate(folder: Path) -> Sealed:
    """A candidate folder, checked: only known names, no links, every file as the manifest says."""
    names = {entry.name for entry in os.scandir(folder)}
    _refuse_strangers(names - manifests.KNOWN_NAMES)
    raw = _read_regular(folder / manifests.MANIFEST, manifests.MAX_TABLE_BYTES)
    manifest = manifests.load(raw)
    _refuse_strangers(names - manifest.expected())
    files = {}
    for entry in manifest.files:
        content = _read_regular(folder / entry.name, entry.size)
        if len(content) != entry.size or canonical.sha256(content) != entry.sha256:
            raise BytesDoNotMatch(
                f"The artefact was refused: {entry.name} is not the file its manifest lists."
            )
        files[entry.name] = content
    return Sealed(digest=canonical.sha256(raw), manifest=manifest, files=files)


def _refuse_strangers(names: set[str]) -> None:
    if names:
        raise manifests.ArtifactRefused(
            f"The artefact was refused: {min(names)[:80]!a} is not a file of our format. "
            "Only native XGBoost and LightGBM and plain tables are loaded; seal what the training recipe writes."
        )


def _stamp(path: str) -> Stamp:
    try:
        found = os.lstat(path)
    except OSError:
        return (0, 0, 0, 0)
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _read_regular(path: Path, limit: int) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Unavailable(
            f"The object {path.name[:64]} is not in the store. Restore it from a backup."
        ) from None
    with os.fdopen(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BytesDoNotMatch(f"The object {path.name[:64]} is not a plain file.")
        content = source.read(limit + 1)
    if len(content) > limit:
        raise BytesDoNotMatch(f"The object {path.name[:64]} is larger than it may be.")
    return content


def _write_once(path: Path, content: bytes) -> None:
    """Temporary file, flushed to disk, made read-only, then renamed: a reader sees all of it or nothing."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".put-")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fchmod(target.fileno(), 0o444)
            os.fsync(target.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
