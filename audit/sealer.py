"""The sealer: seals what waits, and signs checkpoints that extend what it signed before, or nothing.

It continues the tree from its own state (sealer_folder.py), recomputing every entry it adds. The state is on the disk
before a note goes into the database, so no two different notes of one size are ever signed, whatever dies when.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from audit import chain, checkpoint, keys, stored, tiles, tree
from audit.chain import Subject
from audit.checkpoint import Note, SigningKey, VerifierKey
from audit.events import Event
from audit.lease import Lease
from audit.models import Checkpoint, Entry
from audit.sealer_folder import Folder, State
from audit.services import Actor, record, unit_of_work
from mrm.lib import clock


class Inconsistent(Exception):
    """What is stored does not extend what was signed: nothing is signed, and somebody must look."""


@dataclass
class _Walk:
    """The tree while it is continued; `keys` are those in force since the last signature, the oldest first."""

    range: tree.Range
    head: str
    keys: list[str]


class Sealer:
    def __init__(self, *, folder: Folder, actor: Actor, held: Lease) -> None:
        self._folder, self._actor, self._lease = folder, actor, held
        self._state = folder.state()

    @property
    def state(self) -> State:
        return self._state

    def checkpoint(self) -> Note | None:
        """Sign what is new; None when nothing is. Raises Inconsistent and leaves everything as it was."""
        self._adopt_first_key()
        self._catch_up()
        last = _last()
        if last == self._state.size:
            return None
        walk = self._walked(last)
        note = self._signed(walk)
        before, state = self._state, _state_of(walk, note)
        self._folder.keep(state)
        self._state = state
        self._publish(before.size, note)
        self._forget_old_keys()
        return note

    def _adopt_first_key(self) -> None:
        if self._state.size or Entry.objects.filter(event=Event.LOG_KEY_ADOPTED).exists():
            return
        found = list(self._folder.keys().values())
        if len(found) != 1:
            raise Inconsistent(f"The log's first key must lie alone in its folder; there are {len(found)}.")
        _adopt(actor=self._actor, key=found[0].public)

    def _catch_up(self) -> None:
        """Bring folder and database to the same note: the process may have died between the two, or another sealer
        may have signed meanwhile."""
        stored_note = Checkpoint.objects.order_by("-size").first()
        size = stored_note.size if stored_note else 0
        if stored_note and size > self._state.size:
            self._follow(stored_note.note)
        elif stored_note and size == self._state.size and stored_note.note != self._state.note:
            raise Inconsistent(f"The database holds another checkpoint of size {size} than was signed.")
        elif size < self._state.size:
            self._publish(size, checkpoint.read(self._state.note))

    def _follow(self, text: str) -> None:
        """Another sealer has signed: believe it only where the entries and our own keys say the same."""
        note = _note(text)
        walk = self._walked(note.size)
        ours = self._folder.keys().get(walk.keys[-1]) if walk.keys else None
        if walk.range.root() != note.root or ours is None or not ours.public.has_signed(note):
            raise Inconsistent(
                f"The checkpoint of size {note.size} in the database does not follow from what was signed."
            )
        self._state = _state_of(walk, note)
        self._folder.keep(self._state)

    def _walked(self, until: int) -> _Walk:
        """Every entry after the last signature, recomputed and appended to our own tree."""
        walk = _Walk(self._state.range, self._state.head, [self._state.key] if self._state.key else [])
        for row in stored.rows(self._state.size, until):
            leaf = chain.leaf_of(row.body)
            fault = chain.fault_of(row, walk.range.size + 1, walk.head, leaf)
            if fault:
                raise Inconsistent(f"Entry {fault.sequence}: {fault.what}.")
            walk.range.append(leaf)
            walk.head = leaf.hex()
            if row.event in keys.EVENTS:
                walk.keys.append(_key_named(row.body))
            if walk.range.size % stored.CHUNK == 0:
                self._lease.renew()
        if walk.range.size != until:
            raise Inconsistent(f"The ledger ends at entry {walk.range.size}, and {until} were there.")
        return walk

    def _signed(self, walk: _Walk) -> Note:
        """After a rotation by the key before and the key after. A key that is not ours signs nothing."""
        if not walk.keys:
            raise Inconsistent("No entry names a key of this log.")
        ours = self._folder.keys()
        missing = [text for text in walk.keys[-2:] if text not in ours]
        if missing:
            raise Inconsistent(
                f"The private key of {missing[0].split('+')[1]} is not in the sealer's folder."
            )
        signers: list[SigningKey] = [ours[text] for text in walk.keys[-2:]]
        return checkpoint.signed(
            origin=signers[-1].origin, size=walk.range.size, root=walk.range.root(), keys=reversed(signers)
        )

    def _publish(self, before: int, note: Note) -> None:
        """The note, and the tiles that became full, if the turn is still ours and the database leads to the root."""
        with transaction.atomic():
            self._lease.confirm()
            if _last() < note.size:
                raise Inconsistent(f"The ledger ends before entry {note.size}, which was signed.")
            tiles.keep_full(before, note.size)
            if _stored_root(note.size) != note.root:
                raise Inconsistent(f"The stored leaves do not lead to the root signed at size {note.size}.")
            Checkpoint(size=note.size, note=note.text, at=clock.now()).save(force_insert=True)

    def _forget_old_keys(self) -> None:
        """A key that another has followed signs nothing more."""
        if len(self._folder.keys()) == 1:
            return
        named = Entry.objects.filter(event__in=keys.EVENTS, sequence__lte=self._state.size).order_by(
            "sequence"
        )
        for entry in named:
            text = _key_named(bytes(entry.body))
            if text != self._state.key:
                self._folder.forget_key(VerifierKey.read(text))


def rotate(*, folder: Folder, actor: Actor) -> VerifierKey:
    """Make a new key and record that it follows the one in force; the next checkpoint is signed by both. Refuses
    while an earlier rotation waits for that."""
    last = Entry.objects.filter(event__in=keys.EVENTS).order_by("-sequence").first()
    if last is None or last.sequence > folder.state().size:
        raise Inconsistent("The key in force has not signed yet. Let the sealer sign once, then rotate.")
    previous = VerifierKey.read(_key_named(bytes(last.body)))
    unused = [key for text, key in folder.keys().items() if not _is_named(text)]
    key = (unused[0] if unused else folder.add_key(previous.origin)).public
    _rotate(actor=actor, key=key, previous=previous)
    return key


@unit_of_work
def _adopt(*, actor: Actor, key: VerifierKey) -> None:
    subject = Subject(keys.SUBJECT, key.origin)
    record(event=Event.LOG_KEY_ADOPTED, actor=actor, subject=subject, facts={"key": key.text})


@unit_of_work
def _rotate(*, actor: Actor, key: VerifierKey, previous: VerifierKey) -> None:
    facts = {"key": key.text, "previous": previous.text}
    record(event=Event.LOG_KEY_ROTATED, actor=actor, subject=Subject(keys.SUBJECT, key.origin), facts=facts)


def _is_named(text: str) -> bool:
    entries = Entry.objects.filter(event__in=keys.EVENTS)
    return any(_key_named(bytes(entry.body)) == text for entry in entries)


def _key_named(body: bytes) -> str:
    content = chain.content_of(body)
    return str(content["facts"].get("key")) if content else ""


def _stored_root(size: int) -> bytes:
    try:
        return tiles.Tiles(size).range().root()
    except tiles.Incomplete as hole:
        raise Inconsistent(str(hole)) from None


def _last() -> int:
    return Entry.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0


def _note(text: str) -> Note:
    try:
        return checkpoint.read(text)
    except checkpoint.NotANote as refusal:
        raise Inconsistent(f"The newest checkpoint in the database is none: {refusal}") from None


def _state_of(walk: _Walk, note: Note) -> State:
    return State(walk.range.size, tuple(walk.range.hashes), walk.head, walk.keys[-1], note.text)
