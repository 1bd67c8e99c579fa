"""What the sealer keeps outside the database: its private keys, and the last thing it signed.

Only the sealer's process reads this folder. From its own state it can continue the tree without believing anything the
database says of the past: whatever it signs next extends what it signed before, or is not signed.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from audit import chain, checkpoint, tree
from audit.checkpoint import NotAKey, NotANote, SigningKey, VerifierKey

FORMAT = "countersign-sealer/1"
_STATE, _LOCK, _KEYS = "state.json", "lock", "*.key"


class Unusable(Exception):
    """The folder cannot be worked with; says what to do."""


@dataclass(frozen=True)
class State:
    """The tree as of the last signature. `head` is the last leaf in hex, `key` the key in force, `note` the text that
    was signed; all empty before the first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()
    head: str = chain.GENESIS
    key: str = ""
    note: str = ""

    @property
    def range(self) -> tree.Range:
        return tree.Range(self.size, self.hashes)


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One sealer a folder on this machine; the lock ends with the process."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.path / _LOCK).open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Unusable(f"Another sealer works in {self.path}.") from None
            yield

    def keys(self) -> dict[str, SigningKey]:
        """The private keys by their public text."""
        found = {}
        for file in sorted(self.path.glob(_KEYS)):
            try:
                key = SigningKey.read(file.read_text())
            except (OSError, UnicodeDecodeError, NotAKey) as fault:
                raise Unusable(f"{file.name} is no key file ({type(fault).__name__}).") from None
            found[key.public.text] = key
        return found

    def add_key(self, origin: str) -> SigningKey:
        """Make a key and keep it; its file is readable by this user only and never overwritten."""
        key = SigningKey.made(origin)
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._file_of(key.public), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{key.text}\n")
            file.flush()
            os.fsync(file.fileno())
        self._sync()
        return key

    def forget_key(self, key: VerifierKey) -> None:
        """Destroy a private key that has signed its last checkpoint."""
        self._file_of(key).unlink(missing_ok=True)

    def state(self) -> State:
        """The last state, or the first one where nothing was signed yet. Unusable when the file was tampered with."""
        try:
            kept = json.loads((self.path / _STATE).read_bytes())
        except FileNotFoundError:
            return State()
        except (OSError, ValueError) as fault:
            raise Unusable(f"The sealer's state cannot be read ({type(fault).__name__}).") from None
        try:
            return _read(kept)
        except (KeyError, TypeError, ValueError, NotANote, NotAKey) as fault:
            raise Unusable(f"The sealer's state does not hold together: {fault}") from None

    def keep(self, state: State) -> None:
        """All of it or nothing, and on the disk when this returns: a signature is given out only after that."""
        said = {
            "format": FORMAT,
            "hashes": [each.hex() for each in state.hashes],
            "head": state.head,
            "key": state.key,
            "note": state.note,
            "size": state.size,
        }
        handle, temporary = tempfile.mkstemp(dir=self.path, prefix=".state-")
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(said, file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self.path / _STATE)
        finally:
            Path(temporary).unlink(missing_ok=True)
        self._sync()

    def _file_of(self, key: VerifierKey) -> Path:
        return self.path / f"{key.key_id.hex()}.key"

    def _sync(self) -> None:
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _read(kept: dict[str, object]) -> State:
    hashes = kept["hashes"]
    if kept["format"] != FORMAT or not isinstance(hashes, list):
        raise ValueError("it is of another format")
    size = int(str(kept["size"]))
    state = State(
        size, tuple(map(bytes.fromhex, hashes)), str(kept["head"]), str(kept["key"]), str(kept["note"])
    )
    note = checkpoint.read(state.note)
    if (note.size, note.root) != (size, state.range.root()):
        raise ValueError("its hashes do not lead to what was signed")
    if not VerifierKey.read(state.key).has_signed(note):
        raise ValueError("its note is not signed by its key")
    return state
