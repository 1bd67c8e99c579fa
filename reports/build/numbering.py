"""Evidence ids: each table, list of facts and figure of a document has one, and the index says what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.build.content import Block, Facts, Figure, Heading, Section, Table

Numbered = Table | Facts | Figure


@dataclass(frozen=True)
class Entry:
    """One line of the index."""

    number: str
    what: str
    proof: str


def numbered(sections: Iterable[Section], proofs: Mapping[int, str]) -> list[Section]:
    """Give every block that holds numbers its id, section by section. `proofs` is the digest a block of a section rests
    on where it names none itself."""
    return [_section(each, proofs.get(each.number, "")) for each in sections]


def index(sections: Sequence[Section]) -> list[Entry]:
    """Every numbered block in order, by what stands above it."""
    return [entry for section in sections for entry in _entries(section)]


def _section(section: Section, proof: str) -> Section:
    blocks: list[Block] = []
    count = 0
    for block in section.blocks:
        if isinstance(block, Numbered):
            count += 1
            block = replace(block, number=f"{section.number}.{count}", proof=block.proof or proof)  # noqa: PLW2901
        blocks.append(block)
    return replace(section, blocks=tuple(blocks))


def _entries(section: Section) -> list[Entry]:
    found, heading = [], section.title
    for block in section.blocks:
        if isinstance(block, Heading):
            heading = block.text
        if isinstance(block, Numbered) and block.number:
            found.append(Entry(block.number, _what(block, heading), block.proof))
    return found


def _what(block: Numbered, heading: str) -> str:
    if isinstance(block, Figure):
        return f"{heading}: {block.chart.about.title}"
    caption = block.caption if isinstance(block, Table) else ""
    return f"{heading}: {caption}" if caption else heading
