"""What the list of jobs can be narrowed by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from jobs.words import KINDS

STATES = (
    ("", _("any")),
    ("queued", _("Queued")),
    ("running", _("Running")),
    ("succeeded", _("Finished")),
    ("failed", _("Failed")),
    ("cancelled", _("Cancelled")),
    ("dead", _("Given up")),
)


class JobFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Work"), choices=[("", _("any")), *KINDS.items()], required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    after = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
