from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from validation.signing import LONGEST_RATIONALE

_WORDS = forms.Textarea(attrs={"rows": 5})


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        help_text=_("It is shown to everybody who signs and stands in the file."),
        max_length=LONGEST_RATIONALE,
        widget=_WORDS,
    )
