"""What is said when a dossier is asked for on a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reports.edition import Edition, Language, Paper


class DossierForm(forms.Form):
    """Whoever says nothing gets English on A4, as by the API."""

    language = forms.ChoiceField(label=_("Language of the dossier"), choices=Language.choices, required=False)
    paper = forms.ChoiceField(label=_("Paper"), choices=Paper.choices, required=False)


def form_for_reader() -> DossierForm:
    """The reader's own language is chosen beforehand."""
    return DossierForm(initial={"language": get_language(), "paper": Paper.A4})


def edition_of(asked: dict[str, Any]) -> Edition:
    return Edition(Language(asked["language"] or Language.ENGLISH), Paper(asked["paper"] or Paper.A4))
