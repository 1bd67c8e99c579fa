"""What any page asks about a file with a table in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm

_DELIMITERS = ((",", _("comma")), (";", _("semicolon")), ("tab", _("tab")))


class TableForm(PageForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV in UTF-8 with a header, or parquet. Browsers do not keep a chosen file: after a"
            " correction it is chosen again."
        ),
        allow_empty_file=True,
    )
    format = forms.ChoiceField(label=_("Format"), choices=(("csv", "CSV"), ("parquet", "Parquet")))
    delimiter = forms.ChoiceField(label=_("Delimiter of the CSV"), choices=_DELIMITERS, initial=",")

    field_order = ("name", "file", "format", "delimiter")


def delimiter_of(answers: dict[str, Any]) -> str:
    """The character; the form names the one that cannot be seen."""
    chosen: str = answers["delimiter"]
    return "\t" if chosen == "tab" else chosen


def names_in(text: str) -> list[str]:
    """Of a line of names, separated by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
