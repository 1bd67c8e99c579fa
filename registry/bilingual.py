"""Texts that come with data in both languages of the product."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from quant.features import plain

_LANGUAGES = frozenset({"en", "pt-br"})


@dataclass(frozen=True)
class Words:
    """One text in the languages of the product."""

    english: str
    portuguese: str

    def said(self, language: str) -> str:
        return self.portuguese if language == "pt-br" else self.english

    @property
    def here(self) -> str:
        """In the reader's language."""
        return self.said(get_language() or "en")


def words(raw: object, where: str) -> Words:
    """Raises SchemaFault for any other shape."""
    members = plain.members(raw, where, _LANGUAGES)
    return Words(
        plain.text(members.get("en"), f"{where}.en"), plain.text(members.get("pt-br"), f"{where}.pt-br")
    )
