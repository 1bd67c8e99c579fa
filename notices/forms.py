from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm


class AddressForm(PageForm):
    mail = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Leave it empty for no mail: your notices then stand on the page only."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
