"""Policy packs as plain JSON: read strictly, with the place of the first fault, and named by digest."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid, NotFound
from quant.features import plain
from registry.bilingual import Words, words
from registry.uses import Use
from validation.catalog import BY_ID
from validation.packs.jurisdictions import EVERYWHERE, is_known
from validation.packs.pack import Clause, Floor, Kept, Known, Nature, Pack, Superseded
from validation.plan import Fact
from validation.plans import SECTIONS

FORMAT: Final = "countersign-policy-pack/1"
_FOLDER = Path(__file__).resolve().parent / "data"
_REQUIRED = ("format", "slug", "revision", "title", "printed", "jurisdictions", "uses", "stated_on")
_MEMBERS = frozenset((*_REQUIRED, "effective_from", "superseded", "adverse_impact_ratio", "clauses"))
_TEXTS = ("id", "paraphrase", "source", "nature", "known", "effective_from", "superseded", "uses")
_ANSWERS = ("checks", "facts", "records", "sections", "why_not")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# What binds nobody by itself: a paraphrase that sounds as if it did would be printed as a claim.
_BINDING_WORDS = re.compile(
    r"\b(must|shall|requir\w*|mandat\w*|oblig\w*|compulsory"
    r"|deve|devem|deverá|deverão|obrigat\w*|exig\w*|requer\w*|requisit\w*|imperativ\w*)\b",
    re.IGNORECASE,
)


def shipped() -> list[str]:
    """The names of the packs that ship with the product."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def committed(slug: str) -> dict[str, object]:
    """The content of a pack that ships with the product. NotFound for any other name."""
    if slug not in shipped():
        raise NotFound(f"No policy pack named {slug[:64]} ships with this installation.")
    content: dict[str, object] = json.loads((_FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    return content


def load(content: object) -> Pack:
    """The pack of a plain dict; Invalid with the place of the first fault for any other shape."""
    try:
        return _pack(plain.members(content, "The pack", _MEMBERS))
    except (plain.SchemaFault, TypeError, ValueError) as fault:
        raise Invalid(
            f"The policy pack could not be read: {fault}", [FieldError("/content", "shape", str(fault))]
        ) from None


def _pack(raw: Mapping[str, object]) -> Pack:
    if raw.get("format") != FORMAT:
        raise plain.SchemaFault(f"format must be {FORMAT}.")
    uses = _uses(raw.get("uses"), "uses", set(Use))
    effective_from = _first_day(raw, "effective_from")
    listed = plain.items(raw.get("clauses"), "clauses")
    clauses = tuple(_clause(each, f"clauses[{at}]", uses, effective_from) for at, each in enumerate(listed))
    _once([each.key for each in clauses], "clauses")
    revision = plain.integer(raw.get("revision"), "revision")
    if not 1 <= revision <= 9_999:
        raise plain.SchemaFault("revision must be 1 or more.")
    return Pack(
        slug=_slug(raw.get("slug"), "slug"),
        revision=revision,
        title=words(raw.get("title"), "title"),
        printed=words(raw.get("printed"), "printed"),
        digest=canonical.digest(raw),
        jurisdictions=_jurisdictions(raw.get("jurisdictions")),
        uses=uses,
        stated_on=_day(raw.get("stated_on"), "stated_on"),
        effective_from=effective_from,
        superseded=_superseded(raw.get("superseded"), "superseded", effective_from),
        floor=_floor(raw.get("adverse_impact_ratio")),
        clauses=clauses,
    )


def _clause(content: object, where: str, uses: tuple[str, ...], since: dt.date | None) -> Clause:
    raw = plain.members(content, where, frozenset((*_TEXTS, *_ANSWERS)))
    nature = plain.word(Nature, raw.get("nature"), f"{where}.nature")
    paraphrase = words(raw.get("paraphrase"), f"{where}.paraphrase")
    if nature is not Nature.BINDING:
        _refuse_binding_words(paraphrase, f"{where}.paraphrase")
    effective_from = _first_day(raw, f"{where}.effective_from")
    if since is not None and (effective_from is None or effective_from < since):
        raise plain.SchemaFault(f"{where}.effective_from lies before that of its pack.")
    checks = plain.texts(raw.get("checks", ()), f"{where}.checks")
    unknown = [name[:64] for name in checks if name not in BY_ID]
    if unknown:
        raise plain.SchemaFault(f"{where}.checks: there is no check named {unknown[0]}.")
    facts, records = (plain.texts(raw.get(name, ()), f"{where}.{name}") for name in ("facts", "records"))
    if bool(checks or facts or records) == ("why_not" in raw):
        raise plain.SchemaFault(f"{where} must name what answers it, or say in why_not why nothing can.")
    for name, listed in (("checks", checks), ("facts", facts), ("records", records)):
        _refuse_twice(listed, f"{where}.{name}")
    return Clause(
        key=_slug(raw.get("id"), f"{where}.id"),
        words=paraphrase,
        source=plain.text(raw.get("source"), f"{where}.source"),
        nature=nature,
        known=plain.word(Known, raw.get("known"), f"{where}.known"),
        effective_from=effective_from,
        superseded=_superseded(raw.get("superseded"), f"{where}.superseded", effective_from),
        uses=_uses(raw["uses"], f"{where}.uses", uses) if "uses" in raw else uses,
        checks=checks,
        facts=tuple(plain.word(Fact, each, f"{where}.facts") for each in facts),
        records=tuple(plain.word(Kept, each, f"{where}.records") for each in records),
        sections=_sections(raw.get("sections"), f"{where}.sections"),
        why_not=words(raw["why_not"], f"{where}.why_not") if "why_not" in raw else None,
    )


def _refuse_binding_words(paraphrase: Words, where: str) -> None:
    for language, said in (("en", paraphrase.english), ("pt-br", paraphrase.portuguese)):
        found = _BINDING_WORDS.search(said)
        if found is not None:
            raise plain.SchemaFault(
                f"{where}.{language} says “{found.group()}”, and it binds nobody by itself: say what it expects."
            )


def _first_day(raw: Mapping[str, object], where: str) -> dt.date | None:
    """Null where the pack does not state it; left out it would be forgotten."""
    if "effective_from" not in raw:
        raise plain.SchemaFault(f"{where} must be a day as 2026-04-17, or null where it is not stated.")
    return None if raw["effective_from"] is None else _day(raw["effective_from"], where)


def _superseded(content: object, where: str, since: dt.date | None) -> Superseded | None:
    if content is None:
        return None
    raw = plain.members(content, where, frozenset({"by", "on"}))
    on = _day(raw.get("on"), f"{where}.on")
    if since is not None and on <= since:
        raise plain.SchemaFault(f"{where}.on must be later than effective_from.")
    return Superseded(plain.text(raw.get("by"), f"{where}.by"), on)


def _floor(content: object) -> Floor:
    raw = plain.members(content, "adverse_impact_ratio", frozenset({"floor", "why"}))
    why = words(raw.get("why"), "adverse_impact_ratio.why")
    if raw.get("floor") is None:
        return Floor(None, why)
    ratio = plain.decimal(raw.get("floor"), "adverse_impact_ratio.floor")
    if not 0 < ratio <= 1:
        raise plain.SchemaFault("adverse_impact_ratio.floor must lie above 0 and be at most 1.")
    return Floor(ratio, why)


def _jurisdictions(content: object) -> tuple[str, ...]:
    found = plain.texts(content, "jurisdictions")
    _once(found, "jurisdictions")
    strange = [each[:8] for each in found if not is_known(each)]
    if strange:
        raise plain.SchemaFault(f"jurisdictions: {strange[0]} is no two-letter country, EU or {EVERYWHERE}.")
    return found


def _uses(content: object, where: str, among: Iterable[str]) -> tuple[str, ...]:
    found = plain.texts(content, where)
    _once(found, where)
    if not set(found) <= set(among):
        raise plain.SchemaFault(f"{where} must be among {', '.join(sorted(among))}.")
    return found


def _sections(content: object, where: str) -> tuple[int, ...]:
    found = plain.integers(content, where)
    if not found or len(set(found)) != len(found) or not set(found) <= set(SECTIONS):
        raise plain.SchemaFault(f"{where} must name sections of the dossier, 1 to {SECTIONS[-1]}, each once.")
    return found


def _slug(content: object, where: str) -> str:
    found = plain.text(content, where)
    if len(found) > 64 or not _SLUG.fullmatch(found):
        raise plain.SchemaFault(
            f"{where} must be lower-case words and numbers joined by hyphens, at most 64."
        )
    return found


def _day(content: object, where: str) -> dt.date:
    found = plain.text(content, where)
    if not _DAY.fullmatch(found):
        raise plain.SchemaFault(f"{where} must be a day as 2026-04-17.")
    try:
        return dt.date.fromisoformat(found)
    except ValueError:
        raise plain.SchemaFault(f"{where} must be a day as 2026-04-17.") from None


def _once(names: Iterable[str], where: str) -> None:
    listed = list(names)
    if not listed:
        raise plain.SchemaFault(f"{where} must name at least one.")
    _refuse_twice(listed, where)


def _refuse_twice(names: Iterable[str], where: str) -> None:
    listed = list(names)
    if len(set(listed)) != len(listed):
        raise plain.SchemaFault(f"{where} names something twice.")
