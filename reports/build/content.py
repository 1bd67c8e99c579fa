"""What a document is made of: typed content that any medium can draw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from django.utils.translation import gettext_noop

from mrm.lib.charts import Chart
from reports.edition import ENGLISH_ON_A4, Edition


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class State(StrEnum):
    """How a word of state is coloured; the word itself always stands there."""

    GOOD = "good"
    WAITING = "waiting"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True)
class Word:
    """A state as a cell or a badge."""

    text: str
    state: State


@dataclass(frozen=True)
class Digest:
    """A digest as a cell, in full or shortened, in monospace."""

    value: str
    length: int = 64


@dataclass(frozen=True)
class Noted:
    """A cell with a second, softer line."""

    text: str
    note: str


@dataclass(frozen=True)
class Linked:
    """A cell of lines; each is a text with the key of the heading it leads to, or without one."""

    lines: tuple[tuple[str, str], ...]


Cell: TypeAlias = str | Word | Digest | Noted | Linked


@dataclass(frozen=True)
class Column:
    """`share` is its part of the table's width."""

    head: str
    share: float
    align: Align = Align.LEFT


@dataclass(frozen=True)
class Paragraph:
    text: str
    is_soft: bool = False


@dataclass(frozen=True)
class Heading:
    """Inside a section: a check, a finding."""

    text: str
    key: str
    word: Word | None = None


@dataclass(frozen=True)
class Facts:
    """Labels and what stands behind them. `number` is its evidence id, `proof` the digest of what it rests on."""

    rows: tuple[tuple[str, Cell], ...]
    number: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    number: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Figure:
    """`chart` is drawn from the tables of the result that `source` names."""

    chart: Chart
    source: str
    number: str = ""
    proof: str = ""


@dataclass(frozen=True)
class NotAssessed:
    """Said where nothing was looked at, with the reason: silence would read as consent."""

    why: str


@dataclass(frozen=True)
class SignatureBlock:
    printed_name: str
    meaning: str
    at: str
    rationale: str
    evidence_digest: str
    shown_digest: str
    governance_digest: str
    note: str = ""


Block: TypeAlias = Paragraph | Heading | Facts | Table | Figure | NotAssessed | SignatureBlock


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Cover:
    """Section 0. `verify` are the three lines that say how to check this file."""

    kicker: str
    title: str
    subtitle: str
    outcome: Word
    facts: Facts
    digests: Facts
    # None where nobody signs.
    signatures: Table | None
    verify: tuple[str, ...]
    key_notice: str


@dataclass(frozen=True)
class Attachment:
    """A file inside the file: what an examiner recomputes from."""

    name: str
    mime: str
    description: str
    content: bytes


@dataclass(frozen=True)
class Document:
    title: str
    label: str
    evidence_digest: str
    # The moment the evidence was completed, as PDF writes it: the one date in the unsigned file's metadata.
    dated: str
    cover: Cover
    sections: tuple[Section, ...]
    attachments: tuple[Attachment, ...]
    # What `evidence_digest` is the digest of: for programs as it is, in every footer in the document's language.
    stands_on: str = gettext_noop("evidence")
    keywords: tuple[str, ...] = ("model validation",)
    # Said at the foot of every page, where the seal is of a key that nobody vouches for.
    warning: str = ""
    # What was kept before there were editions says none: it is English on A4.
    edition: Edition = ENGLISH_ON_A4
