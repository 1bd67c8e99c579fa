"""Forms of the developer's document and of the files beside a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm
from registry.document_template import LONGEST_PART, template


class DocumentForm(PageForm):
    """One field a part; nothing is required to be kept, only to be submitted."""

    def __init__(self, *args: Any, tier: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {part.key for part in template().lacking({}, tier)}
        for part in template().parts:
            optional = "" if part.key in asked else gettext("A model of this tier may leave it empty.")
            help_text = f"{part.guidance.here} {optional}".strip()
            self.fields[part.key] = forms.CharField(
                label=part.title.here,
                help_text=help_text,
                max_length=LONGEST_PART,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
            )


class FileForm(PageForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("Up to 20 MB. It is kept encrypted and handed out again byte for byte."),
    )
