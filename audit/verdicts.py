"""The answer of a verification, with what it proves and what it does not, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

FORMAT = "countersign-verdict/1"


class Judgement(StrEnum):
    INTACT = "intact"
    BROKEN = "broken"
    UNREADABLE = "unreadable"
    UNPROVEN = "unproven"

    @property
    def exit_code(self) -> int:
        return list(Judgement).index(self)


@dataclass(frozen=True, order=True)
class Found:
    """One fault: code and place of docs/formats.md, and words."""

    code: str
    place: int
    what: str


@dataclass(frozen=True)
class Verdict:
    """`covered` is the size of the largest checkpoint that holds, `outside` of the largest that came from outside."""

    judgement: Judgement
    entries: int
    segments: int
    records: int
    checkpoints: int
    head: str
    root: str
    covered: int
    outside: int
    has_key: bool
    faults: tuple[Found, ...]

    @property
    def is_intact(self) -> bool:
        """Nothing is wrong; whether that is proven to an outsider is the judgement's business."""
        return not self.faults

    def and_also(self, found: tuple[Found, ...]) -> Verdict:
        """With faults of what lies beside the ledger: any of them outweighs everything."""
        if not found:
            return self
        return replace(self, judgement=Judgement.BROKEN, faults=(*self.faults, *found))

    def plain(self) -> dict[str, Any]:
        numbers = ("entries", "segments", "records", "checkpoints", "head", "root", "covered", "outside")
        return {
            "format": FORMAT,
            "verdict": str(self.judgement),
            **{name: getattr(self, name) for name in numbers},
            "faults": [vars(found) for found in self.faults],
            "proven": list(proven(self)),
            "unproven": list(unproven(self)),
        }


def verdict_of(
    found: Iterable[Found], *, has_key: bool, covered: int, outside: int, **counted: Any
) -> Verdict:
    """`counted` are the other numbers of a Verdict. A fault outweighs everything."""
    faults = tuple(sorted({(each.code, each.place): each for each in found}.values(), key=_place))
    judgement = Judgement.UNPROVEN
    if faults:
        judgement = Judgement.BROKEN
    elif (has_key and covered) or outside:
        judgement = Judgement.INTACT
    return Verdict(
        judgement=judgement, covered=covered, outside=outside, has_key=has_key, faults=faults, **counted
    )


def unreadable(line: int, why: str) -> Verdict:
    found = (Found("unreadable", line, why),)
    return Verdict(Judgement.UNREADABLE, 0, 0, 0, 0, "0" * 64, "", 0, 0, has_key=False, faults=found)


def proven(verdict: Verdict) -> Iterable[str]:
    if verdict.faults:
        return
    if verdict.entries:
        yield (
            f"All {verdict.entries} entries follow from one another without a gap, each is its own hash, and the "
            "columns beside the hashed bytes say what the bytes say."
        )
    if verdict.segments:
        yield (
            f"The {verdict.records} records of {verdict.segments} segments lead to the roots in their entries, and "
            "none stands twice."
        )
    if verdict.covered and verdict.has_key:
        yield (
            f"The first {verdict.covered} entries are the ones under a checkpoint signed with the key you gave, or one "
            "that followed it."
        )
    if verdict.outside:
        yield (
            f"The first {verdict.outside} entries are the ones under a checkpoint held outside: changing them would "
            "contradict it, even for a holder of the signing key."
        )


def unproven(verdict: Verdict) -> Iterable[str]:
    if verdict.covered < verdict.entries:
        yield (
            f"The newest {verdict.entries - verdict.covered} entries are under no checkpoint: whoever holds the "
            "database could have rewritten them."
        )
    if verdict.covered and not verdict.has_key:
        yield "No public key came from outside that signed any of this: the key in the log speaks for itself only."
    if verdict.outside < verdict.entries:
        yield (
            f"Entries after number {verdict.outside} are under no checkpoint from outside: a holder of both the "
            "database and the signing key could have rewritten them."
        )
    yield "Times are the system's own word; only an outside time stamp bounds them."


def _place(found: Found) -> tuple[int, str]:
    return found.place, found.code
