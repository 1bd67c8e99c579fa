from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm, offer
from registry.snapshot_form import SnapshotRoles

_BEGUN = """{
  "sources": [
    {"name": "applications", "kind": "file", "place": "applications.csv", "format": "csv"}
  ],
  "base": "applications",
  "key": ["application_id"],
  "joins": []
}"""


class AssemblyForm(SnapshotRoles):
    """The tables as JSON: whoever declares joins keeps them in a file, and sends the same by API."""

    assembly = forms.CharField(
        label=_("Assembly"),
        help_text=_("JSON: sources, base, key and joins. What may stand there is in docs/sources.md."),
        max_length=200_000,
        initial=_BEGUN,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
    )

    field_order = ["name", "assembly"]


class TrainingForm(PageForm):
    recipe = forms.ChoiceField(
        label=_("Recipe"),
        help_text=_("Declared before any data are seen; the same recipe gives the same bytes."),
    )
    snapshot = forms.ChoiceField(
        label=_("Snapshot"), help_text=_("Training reads its development part only.")
    )

    def __init__(
        self, *args: Any, recipes: list[tuple[str, str]], snapshots: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("recipe", recipes), ("snapshot", snapshots)):
            offer(self, name, choices)
