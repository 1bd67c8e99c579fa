"""Tiering questionnaires: data that is read strictly and named by digest. What was asked once stays readable, so a file
is never changed: another questionnaire is another file."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid
from quant.features import plain
from registry.bilingual import words
from registry.tiering import Band, Dimension, Option, Question, Questionnaire

FORMAT = "countersign-questionnaire/1"
# The one that is asked now.
CURRENT = "questionnaire-1"
_FOLDER = Path(__file__).resolve().parent / "tiering_data"
_MEMBERS = frozenset({"format", "slug", "name", "source", "questions", "materiality", "materiality_why"})
_QUESTION = frozenset({"key", "dimension", "text", "why", "options"})
_OPTION = frozenset({"key", "band", "text"})
_KEY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


@functools.cache
def current() -> Questionnaire:
    return load(json.loads((_FOLDER / f"{CURRENT}.json").read_text(encoding="utf-8")))


@functools.cache
def by_digest(digest: str) -> Questionnaire | None:
    """The questionnaire that was answered then; None where this installation does not have it."""
    shipped = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.json")))
    return next((found for found in map(load, shipped) if found.digest == digest), None)


def load(content: object) -> Questionnaire:
    """The questionnaire of a plain dict; Invalid with the place of the first fault for any other shape."""
    try:
        return _questionnaire(content)
    except (plain.SchemaFault, TypeError, ValueError) as fault:
        raise Invalid(
            f"The questionnaire could not be read: {fault}", [FieldError("/content", "shape", str(fault))]
        ) from None


def _questionnaire(content: object) -> Questionnaire:
    raw = plain.members(content, "The questionnaire", _MEMBERS)
    if raw.get("format") != FORMAT:
        raise plain.SchemaFault(f"format must be {FORMAT}.")
    listed = plain.items(raw.get("questions"), "questions")
    questions = tuple(_question(each, f"questions[{at}]") for at, each in enumerate(listed))
    _refuse_twice([each.key for each in questions], "questions")
    lacking = [name for name in Dimension if name not in {each.dimension for each in questions}]
    if lacking:
        raise plain.SchemaFault(f"questions must ask about {lacking[0]}.")
    return Questionnaire(
        slug=plain.text(raw.get("slug"), "slug"),
        name=words(raw.get("name"), "name"),
        source=words(raw.get("source"), "source"),
        digest=canonical.digest(raw),
        questions=questions,
        materiality=_matrix(raw),
        materiality_why=words(raw.get("materiality_why"), "materiality_why"),
    )


def _question(content: object, where: str) -> Question:
    raw = plain.members(content, where, _QUESTION)
    listed = plain.items(raw.get("options"), f"{where}.options")
    options = tuple(_option(each, f"{where}.options[{at}]") for at, each in enumerate(listed))
    _refuse_twice([each.key for each in options], f"{where}.options")
    return Question(
        key=_key(raw, where),
        dimension=plain.word(Dimension, raw.get("dimension"), f"{where}.dimension"),
        text=words(raw.get("text"), f"{where}.text"),
        why=words(raw.get("why"), f"{where}.why"),
        options=options,
    )


def _option(content: object, where: str) -> Option:
    raw = plain.members(content, where, _OPTION)
    band = _band(raw.get("band"), f"{where}.band")
    return Option(_key(raw, where), band, words(raw.get("text"), f"{where}.text"))


def _matrix(raw: Mapping[str, object]) -> tuple[tuple[Band, ...], ...]:
    """Three by three, and never falling: more exposure or a weightier purpose is not less material."""
    listed = plain.items(raw.get("materiality"), "materiality")
    rows = tuple(
        tuple(_band(each, f"materiality[{at}]") for each in plain.items(row, f"materiality[{at}]"))
        for at, row in enumerate(listed)
    )
    if len(rows) != len(Band) or any(len(row) != len(Band) for row in rows):
        raise plain.SchemaFault("materiality must have three rows of three bands.")
    if not all(map(_rises, (*rows, *zip(*rows, strict=True)))):
        raise plain.SchemaFault("materiality must not fall along a row or a column.")
    return rows


def _rises(line: Sequence[Band]) -> bool:
    return list(line) == sorted(line)


def _band(raw: object, where: str) -> Band:
    number = plain.integer(raw, where)
    if number not in set(Band):
        raise plain.SchemaFault(f"{where} must be 1, 2 or 3.")
    return Band(number)


def _key(raw: Mapping[str, object], where: str) -> str:
    key = plain.text(raw.get("key"), f"{where}.key")
    if not _KEY.fullmatch(key):
        raise plain.SchemaFault(
            f"{where}.key must be words of lower-case letters and digits, joined by underscores."
        )
    return key


def _refuse_twice(keys: list[str], where: str) -> None:
    if not keys or len(set(keys)) != len(keys):
        raise plain.SchemaFault(f"{where} must name at least one, and each once.")
