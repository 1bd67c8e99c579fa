"""What the list of decisions can be narrowed by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

OUTCOMES = (
    ("", _("any")),
    ("approve", _("Approved")),
    ("refer", _("Referred to a person")),
    ("decline", _("Declined")),
)


class DecisionFilterForm(forms.Form):
    model = forms.SlugField(label=_("Model"), max_length=64, required=False)
    version = forms.IntegerField(label=_("Version"), min_value=1, max_value=2_147_483_647, required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES, required=False)
