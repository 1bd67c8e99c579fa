"""What the ledger can be searched by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.events import Event
from audit.search import Wanted
from reports import ledger

_EVENTS = [("", _("any")), *((str(event), str(event)) for event in Event)]
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LedgerFilterForm(forms.Form):
    event = forms.ChoiceField(label=_("Event"), choices=_EVENTS, required=False)
    subject_type = forms.RegexField(
        r"\A[a-z_-]+\Z", label=_("Kind of subject"), max_length=64, required=False, strip=True
    )
    subject_id = forms.CharField(label=_("Subject"), max_length=64, required=False)
    person = forms.CharField(label=_("Person (user name)"), max_length=64, required=False)
    since = forms.DateField(label=_("From (UTC)"), required=False, widget=_DATE, input_formats=["%Y-%m-%d"])
    until = forms.DateField(label=_("Until (UTC)"), required=False, widget=_DATE, input_formats=["%Y-%m-%d"])
    before = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)


def wanted_of(*, actor: User, asked: dict[str, Any]) -> Wanted | None:
    """The search these answers stand for; None when they name a person who does not exist."""
    actor_id = ""
    if asked["person"]:
        named = ledger.actor_named(actor=actor, username=asked["person"])
        if named is None:
            return None
        actor_id = named
    return Wanted(
        event=asked["event"],
        subject_type=asked["subject_type"],
        subject_id=asked["subject_id"],
        actor_id=actor_id,
        since=asked["since"],
        until=asked["until"],
    )
