"""Reason dictionaries: the words for each reason group and each rule, per language; immutable, named by
digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid
from quant.features import plain
from registry import subjects
from registry.models import ReasonDictionary, RiskModel

FORMAT = "reason-dictionary/1"
FALLBACK = "en"
_DICTIONARY = frozenset({"format", "reasons"})
_REASON = frozenset({"key", "code", "texts"})


@dataclass(frozen=True)
class ReasonWords:
    """One reason: the key of a reason group or rule, the code a notice prints, the sentence per language."""

    key: str
    code: str
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.texts.get(language, self.texts[FALLBACK])


@dataclass(frozen=True)
class Proposed:
    """The dictionary, and whether this proposal made it."""

    dictionary: ReasonDictionary
    is_fresh: bool


@unit_of_work
def propose_dictionary(*, actor: User, risk_model: RiskModel, reasons: dict[str, Any]) -> Proposed:
    """Freeze the words. Refuses a reason without a code or without a text in every language of the
    product."""
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=risk_model.slug)
    try:
        content = dump(load(reasons))
    except plain.SchemaFault as fault:
        error = FieldError("/reasons", "dictionary", str(fault))
        raise Invalid("The reason dictionary is not valid.", [error]) from None
    digest = canonical.digest(content)
    RiskModel.objects.select_for_update(of=("self",)).get(pk=risk_model.pk)
    standing = ReasonDictionary.objects.filter(risk_model=risk_model, digest=digest).first()
    if standing is not None:
        return Proposed(standing, is_fresh=False)
    dictionary = ReasonDictionary(
        risk_model=risk_model, digest=digest, reasons=content, proposed_by=actor, proposed_at=clock.now()
    )
    dictionary.save(force_insert=True)
    facts = {"model": risk_model.slug, "dictionary": str(dictionary.pk), "digest": digest}
    record(event=Event.DICTIONARY_PROPOSED, actor=actor, subject=subjects.of_model(risk_model), facts=facts)
    return Proposed(dictionary, is_fresh=True)


def words_of(dictionary: ReasonDictionary) -> dict[str, ReasonWords]:
    """Every reason by its key."""
    return load(dictionary.reasons)


def load(raw: object) -> dict[str, ReasonWords]:
    """{"format": "reason-dictionary/1", "reasons": [{"key", "code", "texts": {"en", "pt-br"}}]}"""
    members = plain.members(raw, "The dictionary", _DICTIONARY)
    if members.get("format") != FORMAT:
        raise plain.SchemaFault(f"The dictionary's format must be {FORMAT}.")
    listed = plain.items(members.get("reasons"), "reasons")
    reasons = [_reason(entry, f"reasons[{place}]") for place, entry in enumerate(listed)]
    for member in ("key", "code"):
        if len({getattr(reason, member) for reason in reasons}) != len(reasons):
            raise plain.SchemaFault(f"Two reasons have the same {member}.")
    return {reason.key: reason for reason in reasons}


def complete_languages(raw: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Of each reason of a stored dictionary, the languages it has a text in. Stored words are not refused: a language
    that the product learnt later is lacking in them, and whoever asks is told which."""
    return {
        str(each["key"]): frozenset(language for language, text in each["texts"].items() if text.strip())
        for each in raw.get("reasons", [])
    }


def dump(reasons: Mapping[str, ReasonWords]) -> dict[str, object]:
    listed = [{"key": r.key, "code": r.code, "texts": dict(r.texts)} for r in reasons.values()]
    return {"format": FORMAT, "reasons": listed}


def _reason(raw: object, where: str) -> ReasonWords:
    members = plain.members(raw, where, _REASON)
    languages = [language for language, _ in settings.LANGUAGES]
    texts = plain.members(members.get("texts"), f"{where}.texts", frozenset(languages))
    return ReasonWords(
        key=plain.text(members.get("key"), f"{where}.key"),
        code=plain.text(members.get("code"), f"{where}.code"),
        texts={
            language: plain.text(texts.get(language), f"{where}.texts.{language}") for language in languages
        },
    )
