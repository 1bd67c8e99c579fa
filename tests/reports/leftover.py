"""Which words of a Portuguese document are English, by the catalog, once what people and data say is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

from audit.events import Event
from registry.models import Candidate
from reports.build.content import (
    Document,
    Facts,
    Figure,
    Heading,
    Linked,
    NotAssessed,
    Noted,
    Paragraph,
    SignatureBlock,
    Table,
)
from reports.build.words import spelled
from reports.signing import DEVELOPMENT_NAME
from reports.tables import text_of
from validation.catalog import BY_ID

CATALOG = Path(__file__).parents[2] / "locale/pt_BR/LC_MESSAGES/django.po"
DIGEST = r"\b(?:[a-z-]+:)?[0-9a-f-]{12,}"
WORD = re.compile(r"[^\W\d_]{2,}")
_QUOTED = re.compile(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$|^"(.*)"$')
_PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w*\}|https?:\S+")


def leftovers(document: Document, data: list[str]) -> dict[str, str]:
    """Each English word, and a run it stands in."""
    english, portuguese = vocabularies()
    longest_first = sorted(data, key=len, reverse=True)
    said = re.compile("|".join((DIGEST, *map(re.escape, longest_first))), re.IGNORECASE)
    found: dict[str, str] = {}
    for run in runs(document):
        for word in WORD.findall(said.sub(" ", run)):
            if word.lower() in english - portuguese:
                found.setdefault(word, run)
    return found


def runs(document: Document) -> Iterator[str]:
    front = document.cover
    yield from (
        document.title,
        front.kicker,
        front.subtitle,
        front.outcome.text,
        front.key_notice,
        *front.verify,
    )
    for section in document.sections:
        yield section.title
        for block in (front.facts, front.digests, *section.blocks):
            yield from _of_block(block)


def _of_block(block: Any) -> Iterator[str]:
    if isinstance(block, Paragraph | Heading):
        yield block.text
    if isinstance(block, NotAssessed):
        yield block.why
    if isinstance(block, Facts):
        yield from (piece for label, cell in block.rows for piece in (label, *_of_cell(cell)))
    if isinstance(block, Table):
        yield from (block.caption, *(column.head for column in block.columns))
        yield from (piece for row in block.rows for cell in row for piece in _of_cell(cell))
    if isinstance(block, Figure):
        yield from (block.chart.about.title, block.source, *block.chart.table().heads)
    if isinstance(block, SignatureBlock):
        yield from (block.meaning, block.at, block.note)


def _of_cell(cell: Any) -> Iterator[str]:
    if isinstance(cell, Noted):
        yield from (cell.text, cell.note)
    elif isinstance(cell, Linked):
        yield from (text for text, _ in cell.lines)
    else:
        yield text_of(cell)


def kept_by_people_and_data() -> list[str]:
    """Every text in the database that is no word of a closed set: names, ids, what people wrote, signed evidence."""
    found = {
        leaf for model in apps.get_models() for row in model.objects.values_list() for leaf in _leaves(row)
    }
    texts = {each for each in found if len(each) > 2 and not (each.isalpha() and not each.isupper())}
    named = {each.replace("_", " ").replace(":", ": ") for each in texts}
    return sorted(texts | named | _given_names() | _names_of_the_program() | _recipes())


def _given_names() -> set[str]:
    named = [each for each in apps.get_models() if any(field.name == "name" for field in each._meta.fields)]
    return {name for each in named for name in each.objects.values_list("name", flat=True) if name}


def _names_of_the_program() -> set[str]:
    """Ids under which machines know things: they are the same in every language."""
    return {*BY_ID, *map(str, Event), "ledger-extract.json", DEVELOPMENT_NAME, "validation-run"}


def _recipes() -> set[str]:
    """Settings of a training, and how inputs are made, as the library calls them."""
    recipes = [each.recipe for each in Candidate.objects.all()]
    return {"(identity)", "(ratio)", *(spelled(each) for each in _leaves(recipes) if len(each) > 2)}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    if isinstance(value, dict):
        value = (*value, *value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)


@cache
def vocabularies() -> tuple[frozenset[str], frozenset[str]]:
    """The words of all the texts in English, and of all their translations."""
    words: dict[str, set[str]] = {"msgid": set(), "msgstr": set()}
    into = "msgid"
    for line in CATALOG.read_text(encoding="utf-8").splitlines():
        part = _QUOTED.match(line)
        if part is None:
            continue
        into = (part[1] or into)[:6].replace("msgid_", "msgid")
        into = "msgid" if into.startswith("msgid") else "msgstr"
        text = _PLACEHOLDER.sub(" ", part[2] if part[1] else part[3])
        words[into].update(word.lower() for word in WORD.findall(text.replace("\\n", " ")))
    return frozenset(words["msgid"]), frozenset(words["msgstr"])
