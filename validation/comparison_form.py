from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import offer
from registry.models import ModelVersion
from validation.forms import StartRunForm


class CompareForm(StartRunForm):
    champion = forms.ChoiceField(
        label=_("Champion"),
        help_text=_("The other version; every difference is told against it."),
    )

    field_order = ("champion", "standard")

    def __init__(self, *args: Any, rivals: Iterable[ModelVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "champion", [(str(each.number), each.label) for each in rivals])
