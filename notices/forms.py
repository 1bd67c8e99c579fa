from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm
from notices.endpoints import LONGEST_NAME
from notices.events import EVENTS
from notices.outside import LONGEST_URL


class AddressForm(PageForm):
    mail = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Leave it empty for no mail: your notices then stand on the page only."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class EndpointForm(PageForm):
    name = forms.CharField(
        label=_("Name"), help_text=_("Which system listens there."), max_length=LONGEST_NAME
    )
    url = forms.CharField(
        label=_("Address"),
        help_text=_(
            "It begins with https:// and is reachable from outside. It never changes: who moves adds another."
        ),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"),
        choices=[(event, event) for event in EVENTS],
        widget=forms.CheckboxSelectMultiple,
    )
