"""Texts of data files in the languages of the product."""

from __future__ import annotations

from dataclasses import dataclass

from quant.features import plain


@dataclass(frozen=True)
class Words:
    """One text in the languages of the product."""

    english: str
    portuguese: str

    def said(self, language: str) -> str:
        return self.portuguese if language == "pt-br" else self.english


def read(raw: object, where: str) -> Words:
    """The words of a plain dict; SchemaFault with the place for any other shape."""
    members = plain.members(raw, where, frozenset({"en", "pt-br"}))
    return Words(
        plain.text(members.get("en"), f"{where}.en"), plain.text(members.get("pt-br"), f"{where}.pt-br")
    )
