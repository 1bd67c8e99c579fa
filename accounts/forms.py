from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm
from accounts.services import MAX_TOKEN_DAYS


class SignInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}, render_value=False),
    )


class TokenForm(PageForm):
    name = forms.CharField(
        label=_("Name"), help_text=_("What presents it, so that you know it again in a year."), max_length=100
    )
    days = forms.IntegerField(
        label=_("Days until it ends"), min_value=1, max_value=MAX_TOKEN_DAYS, initial=90, localize=False
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        help_text=_("Only what you may do yourself; it loses what you lose."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, scopes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["scopes"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101 (declared above)
        chosen.choices = [(scope, scope) for scope in scopes]


class InvitationForm(PageForm):
    name = forms.CharField(label=_("Name"), help_text=_("As it stands under what they sign."), max_length=200)
    username = forms.RegexField(
        r"\A[a-z0-9][a-z0-9._-]*\Z",
        label=_("User name"),
        help_text=_("Small letters, digits, dot, dash. It never changes."),
        max_length=64,
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    mail = forms.EmailField(
        label=_("Mail"),
        help_text=_("The link is mailed there. Empty: you are shown the link once and hand it over."),
        required=False,
    )


class NewPasswordForm(forms.Form):
    """Typed twice, because nobody sees it."""

    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters; not a common one, and not like your name."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("password") != answers.get("again"):
            self.add_error("again", _("The two are not the same."))
        return answers


class PeopleFilterForm(forms.Form):
    search = forms.CharField(label=_("Name or user name"), max_length=100, required=False)
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
