"""Checkpoints as C2SP signed notes, Ed25519: written in one way only, read strictly, and keys as single lines of text.

`read` takes a note only if writing what it understood gives the same bytes again, so nothing can hide in one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ORIGIN = re.compile(r"[a-z0-9][a-z0-9./_-]{0,63}")
_ALGORITHM, _KEY_BYTES, _SIGNATURE_BYTES, _ID_BYTES = b"\x01", 32, 64, 4
_LARGEST = 2**53 - 1
_PRIME, _MASK = 2**255 - 19, 2**255 - 1
_LONGEST_NOTE = 2_000
_MOST_SIGNATURES = 2
_DASH = "\u2014 "
_SIZE = re.compile(r"[1-9][0-9]{0,15}")


class NotANote(ValueError):
    """The text is no checkpoint, or not written as one must be."""


class NotAKey(ValueError):
    """The text is no key of a log."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key and the origin it speaks for."""

    origin: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> VerifierKey:
        """From `<origin>+<id>+<base64>`; raises NotAKey."""
        key = cls(*_key_parts(text))
        # A point has one spelling: readers differ on what another one verifies.
        if key.text != text or int.from_bytes(key.public, "little") & _MASK >= _PRIME:
            raise NotAKey("The key is not written as a key must be.")
        return key

    @property
    def text(self) -> str:
        return f"{self.origin}+{self.key_id.hex()}+{_encoded(_ALGORITHM + self.public)}"

    @property
    def key_id(self) -> bytes:
        named = self.origin.encode() + b"\n" + _ALGORITHM + self.public
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def has_signed(self, note: Note) -> bool:
        """Whether a line of the note is this key's valid signature over its body."""
        said = note.body.encode()
        return self.origin == note.origin and any(
            signature.key_id == self.key_id and self._verifies(signature.value, said)
            for signature in note.signatures
        )

    def _verifies(self, signature: bytes, said: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, said)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class SigningKey:
    """A private key; its text is what the key file holds."""

    origin: str
    seed: bytes

    @classmethod
    def made(cls, origin: str) -> SigningKey:
        if not ORIGIN.fullmatch(origin):
            raise NotAKey("An origin is 1 to 64 of a–z 0–9 . / _ - and begins with a letter or digit.")
        return cls(origin, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, text: str) -> SigningKey:
        """From the line of a key file, with or without its line end; raises NotAKey."""
        kind, _, rest = text.removesuffix("\n").partition("PRIVATE+KEY+")
        key = cls(*_key_parts(rest))
        if kind or f"{key.text}\n" != text.removesuffix("\n") + "\n":
            raise NotAKey("The private key is not written as a key must be.")
        return key

    @property
    def text(self) -> str:
        return f"PRIVATE+KEY+{self.origin}+{self.public.key_id.hex()}+{_encoded(_ALGORITHM + self.seed)}"

    @property
    def public(self) -> VerifierKey:
        return VerifierKey(self.origin, self._private.public_key().public_bytes_raw())

    def sign(self, said: bytes) -> Signature:
        return Signature(self.public.key_id, self._private.sign(said))

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class Signature:
    key_id: bytes
    value: bytes


@dataclass(frozen=True)
class Note:
    """A checkpoint with its signatures: how many entries there are, and the root of the tree over them."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def body(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_encoded(self.root)}\n"

    @property
    def text(self) -> str:
        lines = (f"{_DASH}{self.origin} {_encoded(each.key_id + each.value)}\n" for each in self.signatures)
        return f"{self.body}\n{''.join(lines)}"


def signed(*, origin: str, size: int, root: bytes, keys: Iterable[SigningKey]) -> Note:
    """One note under one or two keys; raises ValueError for what no reader would take."""
    plain = Note(origin, size, root)
    note = Note(origin, size, root, tuple(key.sign(plain.body.encode()) for key in keys))
    if read(note.text) != note:
        raise NotANote("This cannot be written as a checkpoint.")
    return note


def read(text: str) -> Note:
    """The note, or NotANote with the reason."""
    if len(text) > _LONGEST_NOTE:
        raise NotANote(f"A checkpoint has at most {_LONGEST_NOTE} characters.")
    # Only LF divides lines: other characters that some readers break lines at must not get this far.
    lines = text.split("\n")
    if len(lines) not in range(6, 6 + _MOST_SIGNATURES) or lines[3] or lines[-1]:
        raise NotANote(
            "A checkpoint is three lines, an empty line and one or two signatures, each ended by LF."
        )
    origin, size, encoded_root = lines[:3]
    if not ORIGIN.fullmatch(origin):
        raise NotANote("The first line is no origin.")
    if not _SIZE.fullmatch(size) or not size.isascii() or int(size) > _LARGEST:
        raise NotANote("The second line is no size.")
    signatures = tuple(_signature(line, origin) for line in lines[4:-1])
    if len({each.key_id for each in signatures}) != len(signatures):
        raise NotANote("Two signatures are of one key.")
    note = Note(origin, int(size), _decoded(encoded_root, tree_hash=True), signatures)
    if note.text != text:
        raise NotANote("Written again, the checkpoint is another text.")
    return note


def _signature(line: str, origin: str) -> Signature:
    dash, _, encoded = line.rpartition(" ")
    if dash != f"{_DASH}{origin}":
        raise NotANote("A signature line names another signer than the origin.")
    content = _decoded(encoded, tree_hash=False)
    return Signature(content[:_ID_BYTES], content[_ID_BYTES:])


def _decoded(text: str, *, tree_hash: bool) -> bytes:
    wanted = _KEY_BYTES if tree_hash else _ID_BYTES + _SIGNATURE_BYTES
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotANote("A line is not base64.") from None
    if len(content) != wanted or _encoded(content) != text:
        raise NotANote(f"A line is not {wanted} bytes in base64.")
    return content


def _key_parts(text: str) -> tuple[str, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not ORIGIN.fullmatch(parts[0]):
        raise NotAKey("A key is <origin>+<id>+<base64>.")
    try:
        content = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError):
        raise NotAKey("The key is not base64.") from None
    if content[:1] != _ALGORITHM or len(content) != 1 + _KEY_BYTES:
        raise NotAKey("The key is not one of Ed25519.")
    return parts[0], content[1:]


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
