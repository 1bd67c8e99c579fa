"""What a developer's document has to say, as data that is read strictly and named by digest."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mrm.lib import canonical
from quant.features import plain
from registry.bilingual import Words, words

FORMAT = "countersign-developer-document/1"
TIERS = frozenset({1, 2, 3})
LONGEST_PART = 20_000
_FILE = Path(__file__).resolve().parent / "documents_data" / "developer-1.json"
_MEMBERS = frozenset({"format", "slug", "parts"})
_PART = frozenset({"key", "title", "guidance", "tiers", "least"})


@dataclass(frozen=True)
class Part:
    """One heading of the document: what it asks, the tiers that ask for it, and below how many characters nothing has
    been said."""

    key: str
    title: Words
    guidance: Words
    tiers: frozenset[int]
    least: int


@dataclass(frozen=True)
class Template:
    slug: str
    digest: str
    parts: tuple[Part, ...]

    def lacking(self, said: Mapping[str, str], tier: int | None) -> list[Part]:
        """The parts that this tier asks for and that say too little, or no more than the guidance does. Of an unknown
        tier everything is asked: fail closed."""
        asked = tier if tier in TIERS else min(TIERS)
        return [
            part for part in self.parts if asked in part.tiers and not _is_said(part, said.get(part.key, ""))
        ]


@functools.cache
def template() -> Template:
    """The template that ships with the product."""
    return load(json.loads(_FILE.read_text(encoding="utf-8")))


def load(content: object) -> Template:
    """Raises SchemaFault for any other shape."""
    raw = plain.members(content, "The template", _MEMBERS)
    if raw.get("format") != FORMAT:
        raise plain.SchemaFault(f"format must be {FORMAT}.")
    listed = plain.items(raw.get("parts"), "parts")
    parts = tuple(_part(each, f"parts[{at}]") for at, each in enumerate(listed))
    if not parts or len({part.key for part in parts}) != len(parts):
        raise plain.SchemaFault("parts must name at least one, and each once.")
    return Template(plain.text(raw.get("slug"), "slug"), canonical.digest(raw), parts)


def _part(content: object, where: str) -> Part:
    raw = plain.members(content, where, _PART)
    tiers = frozenset(plain.integers(raw.get("tiers"), f"{where}.tiers"))
    if not tiers or tiers - TIERS:
        raise plain.SchemaFault(f"{where}.tiers must name some of 1, 2 and 3.")
    least = plain.integer(raw.get("least"), f"{where}.least")
    if least < 1:
        raise plain.SchemaFault(f"{where}.least must be at least 1.")
    return Part(
        key=plain.text(raw.get("key"), f"{where}.key"),
        title=words(raw.get("title"), f"{where}.title"),
        guidance=words(raw.get("guidance"), f"{where}.guidance"),
        tiers=tiers,
        least=least,
    )


def _is_said(part: Part, text: str) -> bool:
    said = " ".join(text.split())
    guidance = {part.guidance.english, part.guidance.portuguese}
    return len(said) >= part.least and said not in guidance
