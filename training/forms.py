from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm, offer


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
