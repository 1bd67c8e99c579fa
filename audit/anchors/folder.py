"""A write-once folder, best the mount of another host: one file a checkpoint, never overwritten.

A file comes into being complete or not at all: it is written and synced under a temporary name, then linked to its
own, which fails where that name is taken. Whether the folder is the mount it should be cannot be seen from here.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audit.anchors.place import AnchorFailed, Kind
from audit.checkpoint import NotANote, Note, read

_SUFFIX = ".checkpoint"
_LARGEST_FILE = 8_192
_READ_ONLY = 0o444


@dataclass(frozen=True)
class Folder:
    """The place; the folder must exist: made here, it would only hide that a mount is missing."""

    path: Path
    kind = Kind.FOLDER

    @property
    def where(self) -> str:
        return str(self.path)

    def hold(self, note: Note) -> bytes:
        """Write the note's file. Raises AnchorFailed, also where another note of this size stands: then the log was
        rewritten since, or two logs share the folder."""
        try:
            _refuse_contradiction(self.path, note)
            _write_once(self.path, note)
        except OSError as error:
            raise AnchorFailed(
                f"The folder {self.path} did not take the checkpoint: {_said(error)}."
            ) from error
        return b""


@dataclass(frozen=True)
class Misfiled:
    """A file that should be a checkpoint and is none, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Held:
    """What a folder holds, in the order of sizes."""

    notes: tuple[Note, ...]
    faults: tuple[Misfiled, ...]


def held_in(folder: Path) -> Held:
    """Every file that ends in `.checkpoint`; files of other names are none of ours. Signatures are for the caller to
    verify. Raises AnchorFailed where the folder itself cannot be read."""
    notes: list[Note] = []
    faults: list[Misfiled] = []
    for path in _files(folder):
        try:
            notes.append(_note_in(path))
        except NotANote as fault:
            faults.append(Misfiled(path.name, str(fault)))
        except OSError as error:
            faults.append(Misfiled(path.name, f"The file cannot be read: {_said(error)}."))
    return Held(tuple(notes), tuple(faults))


def name_of(note: Note) -> str:
    return f"{_size_of(note)}{note.root.hex()[:16]}{_SUFFIX}"


def _size_of(note: Note) -> str:
    return f"{note.size:016d}-"


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(_SUFFIX))
    except OSError as error:
        raise AnchorFailed(f"The folder {folder} cannot be read: {_said(error)}.") from error


def _note_in(path: Path) -> Note:
    try:
        note = read(_content_of(path).decode())
    except UnicodeDecodeError:
        raise NotANote("The file is not UTF-8.") from None
    if path.name != name_of(note):
        raise NotANote(f"The file is named otherwise than its checkpoint, which is {name_of(note)}.")
    return note


def _content_of(path: Path) -> bytes:
    # Neither a link nor a pipe is followed or waited for: the folder is written to by others.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:  # noqa: PTH123 (there is no path for a descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotANote("It is no plain file.")
        content = file.read(_LARGEST_FILE + 1)
    if len(content) > _LARGEST_FILE:
        raise NotANote(f"The file has more than {_LARGEST_FILE} bytes.")
    return content


def _refuse_contradiction(folder: Path, note: Note) -> None:
    said = note.text.encode()
    for path in _files(folder):
        if path.name.startswith(_size_of(note)) and not _holds(path, said):
            raise AnchorFailed(
                f"The folder {folder} holds another checkpoint of this size, {path.name}: the log was rewritten "
                "after that file was made, or two logs share the folder. Keep the folder and examine both."
            )


def _holds(path: Path, said: bytes) -> bool:
    try:
        return _content_of(path) == said
    except NotANote:
        return False


def _write_once(folder: Path, note: Note) -> None:
    target = folder / name_of(note)
    if target.exists():
        return
    with _temporary(folder, note.text.encode()) as made:
        try:
            target.hardlink_to(made)
        except FileExistsError:
            # Another process brought a checkpoint of this size in the same moment.
            _refuse_contradiction(folder, note)
    _sync(folder)


@contextlib.contextmanager
def _temporary(folder: Path, content: bytes) -> Iterator[Path]:
    """A complete, synced, read-only file for as long as the block lasts."""
    path = folder / f".{secrets.token_hex(8)}.part"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 (there is no path for a descriptor)
            file.write(content)
            file.flush()
            os.fchmod(descriptor, _READ_ONLY)
            os.fsync(descriptor)
        yield path
    finally:
        # A folder that lets nothing be deleted keeps the temporary name; nobody reads it.
        with contextlib.suppress(OSError):
            path.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _said(error: OSError) -> str:
    return error.strerror or type(error).__name__
