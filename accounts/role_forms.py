from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms import ProofForm
from accounts.pages import PageForm, offer
from accounts.role_words import role_words
from accounts.roles import LONGEST_WHY
from accounts.scopes import Scope
from mrm.settings import governance

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_DAYS = ["%Y-%m-%d"]
_SLUG = RegexValidator(
    r"\A[a-z0-9][a-z0-9-]*\Z", _("The short name of a model: lower-case letters, digits and hyphens.")
)


class RoleAskForm(PageForm):
    """A role for somebody. Days begin and end at midnight in UTC; the last day is included."""

    username = forms.CharField(label=_("User name"), max_length=64)
    role = forms.ChoiceField(
        label=_("Role"), help_text=_("What each role may do stands on the page Roles."), choices=[]
    )
    model_slug = forms.CharField(
        label=_("Model"),
        help_text=_("Its short name. Empty: every model. A regulator needs one; ask once for each model."),
        max_length=64,
        required=False,
        validators=[_SLUG],
    )
    begins_on = forms.DateField(
        label=_("From (UTC)"),
        help_text=_("Empty: as soon as it is granted."),
        required=False,
        widget=_DAY,
        input_formats=_DAYS,
    )
    ends_on = forms.DateField(
        label=_("Last day (UTC)"),
        help_text=_("Empty: until it is revoked. A regulator needs one."),
        required=False,
        widget=_DAY,
        input_formats=_DAYS,
    )
    records_from = forms.DateField(
        label=_("Records from (UTC)"),
        help_text=_("For a regulator: the first day of the decisions and entries they may read."),
        required=False,
        widget=_DAY,
        input_formats=_DAYS,
    )
    records_until = forms.DateField(
        label=_("Records until (UTC)"),
        help_text=_("For a regulator: the last day of them."),
        required=False,
        widget=_DAY,
        input_formats=_DAYS,
    )
    why = forms.CharField(
        label=_("Why"),
        help_text=_("Who grants it reads this; the ledger keeps its digest."),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", [("", _("Choose")), *((role, role_words(role)) for role in governance.ROLES)])


class GrantForm(ProofForm):
    """The signature under a grant."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RoleWhyForm(PageForm):
    why = forms.CharField(label=_("Why"), max_length=LONGEST_WHY, widget=forms.Textarea(attrs={"rows": 4}))


class RequestFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=(
            ("", _("any")),
            ("open", _("Open")),
            ("granted", _("Granted")),
            ("refused", _("Refused")),
            ("withdrawn", _("Withdrawn")),
        ),
        required=False,
    )
    after = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)


def scope_asked(answers: dict[str, Any]) -> Scope:
    """The days of the form as moments: the last day is included, so that the end is the midnight behind it."""
    begins, ends = answers["begins_on"], answers["ends_on"]
    return Scope(
        model_slug=answers["model_slug"],
        starts_at=None if begins is None else _midnight(begins),
        ends_at=None if ends is None else _midnight(ends) + dt.timedelta(days=1),
        records_from=answers["records_from"],
        records_until=answers["records_until"],
    )


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
