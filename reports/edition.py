"""In which language a dossier is written, and on which paper."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    PORTUGUESE = "pt-br", _("Portuguese (Brazil)")


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    LETTER = "letter", "Letter"


_TAGS = {Language.ENGLISH: "en", Language.PORTUGUESE: "pt-BR"}


@dataclass(frozen=True)
class Edition:
    """One of the ways the same facts are printed. It belongs to the dossier: who draws it again has no say in it."""

    language: Language = Language.ENGLISH
    paper: Paper = Paper.A4

    @property
    def tag(self) -> str:
        """The language as PDF and HTML name it."""
        return _TAGS[self.language]

    @property
    def words(self) -> str:
        return f"{self.language.label}, {self.paper.label}"


ENGLISH_ON_A4 = Edition()
