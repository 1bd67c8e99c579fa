"""Five ways to tamper with a copy of the ledger. Each does all that its attacker could: the header counts again, and
the last line has a fresh digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from audit import chain, checkpoint, tree
from audit.checkpoint import SigningKey
from mrm.lib import canonical

NAME = "Somebody Else"
_CUT = 3
# What an attacker would most like to have been somebody else's act, the best first.
_WANTED = ("signoff:recorded", "version:approved", "conclusion:signed", "role:granted", "person:enrolled")
_Said = dict[str, Any]  # the members of a line, as docs/formats.md lists them


class Attack(StrEnum):
    CHANGE = "change"
    DELETE = "delete"
    SWAP = "swap"
    CUT = "cut"
    REWRITE = "rewrite"


@dataclass(frozen=True)
class Change:
    """Which entry was tampered with, and its bytes before and after; `after` is empty where it is gone."""

    sequence: int
    before: str
    after: str


@dataclass
class Copy:
    """A bundle taken apart."""

    origin: str
    notes: list[str]
    segments: list[_Said]
    entries: list[_Said]

    @classmethod
    def read(cls, file: Path) -> Copy:
        found: dict[str, list[Any]] = {"bundle": [], "checkpoint": [], "segment": [], "entry": [], "end": []}
        with file.open("rb") as lines:
            for line in lines:
                kind, said = next(iter(json.loads(line).items()))
                found[kind].append(said)
        return cls(found["bundle"][0]["origin"], found["checkpoint"], found["segment"], found["entry"])

    def write(self, file: Path) -> None:
        digest = hashlib.sha256()
        with file.open("wb") as lines:
            for line in self._lines():
                digest.update(line)
                lines.write(line)
            lines.write(_line("end", {"sha256": digest.hexdigest()}))

    def _lines(self) -> list[bytes]:
        counts = {
            "checkpoints": len(self.notes),
            "entries": len(self.entries),
            "segments": len(self.segments),
        }
        header = {"format": "countersign-ledger/1", "origin": self.origin, **counts}
        return [
            _line("bundle", header),
            *(_line("checkpoint", each) for each in self.notes),
            *(_line("segment", each) for each in self.segments),
            *(_line("entry", each) for each in self.entries),
        ]

    def drop_notes_from(self, size: int) -> None:
        self.notes = [text for text in self.notes if checkpoint.read(text).size < size]


def change_a_word(copy: Copy, held: int, _: SigningKey | None) -> Change:
    at = _victim(copy, held)
    before = copy.entries[at]
    copy.entries[at] = _renamed(before)
    return _change(before, copy.entries[at])


def delete_an_entry(copy: Copy, held: int, _: SigningKey | None) -> Change:
    gone = copy.entries.pop(_victim(copy, held))
    return _change(gone, None)


def swap_two(copy: Copy, held: int, _: SigningKey | None) -> Change:
    at = _victim(copy, held)
    entries = copy.entries
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    return _change(entries[at + 1], entries[at])


def cut_off_the_end(copy: Copy, held: int, _: SigningKey | None) -> Change:
    """The last entries under the checkpoint and everything after: no number is missing, and what remains fits."""
    kept = held - _CUT
    gone = copy.entries[kept]
    copy.entries = copy.entries[:kept]
    copy.drop_notes_from(kept + 1)
    sealed = {each["subject_id"] for each in copy.entries if each["event"] == "segment:sealed"}
    copy.segments = [each for each in copy.segments if str(each["number"]) in sealed]
    return _change(gone, None)


def rewrite_with_the_key(copy: Copy, held: int, stolen: SigningKey | None) -> Change:
    """Change an entry, chain every later one to it again, and sign the result as the sealer would."""
    if stolen is None:
        raise ValueError("Without the key nothing can be signed.")
    at = _victim(copy, held)
    before = copy.entries[at]
    copy.entries[at] = _renamed(before)
    previous = copy.entries[at - 1]["leaf"] if at else chain.GENESIS
    for place in range(at, len(copy.entries)):
        copy.entries[place] = _chained(copy.entries[place], previous)
        previous = copy.entries[place]["leaf"]
    copy.drop_notes_from(at + 1)
    root = tree.root(bytes.fromhex(each["leaf"]) for each in copy.entries)
    note = checkpoint.signed(origin=copy.origin, size=len(copy.entries), root=root, keys=[stolen])
    copy.notes.append(note.text)
    return _change(before, copy.entries[at])


ATTACKS: dict[Attack, Callable[[Copy, int, SigningKey | None], Change]] = {
    Attack.CHANGE: change_a_word,
    Attack.DELETE: delete_an_entry,
    Attack.SWAP: swap_two,
    Attack.CUT: cut_off_the_end,
    Attack.REWRITE: rewrite_with_the_key,
}


def _victim(copy: Copy, held: int) -> int:
    """The place of an entry worth forging, under the checkpoint and with another behind it; the newest such."""
    for event in _WANTED:
        found = [place for place in range(1, held - 1) if copy.entries[place]["event"] == event]
        if found:
            return found[-1]
    return held // 2


def _renamed(entry: _Said) -> _Said:
    """Somebody else did it, in the bytes and in the column; the stored leaf stays what it was."""
    content = json.loads(entry["body"])
    content["actor"]["name"] = NAME
    return entry | {"actor_name": NAME, "body": canonical.dumps(content).decode()}


def _chained(entry: _Said, previous: str) -> _Said:
    body = canonical.dumps(json.loads(entry["body"]) | {"previous": previous})
    return entry | {"body": body.decode(), "leaf": chain.leaf_of(body).hex()}


def _change(before: _Said, after: _Said | None) -> Change:
    return Change(before["sequence"], before["body"], after["body"] if after else "")


def _line(kind: str, said: object) -> bytes:
    return canonical.dumps({kind: said}) + b"\n"
