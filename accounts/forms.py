from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.codes import LONGEST_CODE
from accounts.factors import LONGEST_NAME, Confirmed
from accounts.pages import PageForm, offer
from accounts.passkeys import LONGEST_CREDENTIAL
from accounts.services import MAX_TOKEN_DAYS
from accounts.stepup import Proof

_PRESENT = {"autocomplete": "current-password"}
_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class Fleeting(forms.HiddenInput):
    """Filled by the browser's own passkey dialogue; never sent back to the page."""

    def format_value(self, value: object) -> None:  # noqa: ARG002 (the framework's signature)
        return None


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
        widget=forms.PasswordInput(attrs=_PRESENT, render_value=False),
    )


class PasskeyForm(forms.Form):
    """An assertion alone: who it belongs to, it says itself."""

    passkey = forms.CharField(max_length=LONGEST_CREDENTIAL, widget=Fleeting)


class SecondStepForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that your authenticator app shows now, or one of your recovery codes."),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={**_CODE, "autofocus": True}),
    )
    passkey = forms.CharField(max_length=LONGEST_CREDENTIAL, required=False, widget=Fleeting)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("passkey")


class ProofForm(PageForm):
    """What a signature or a change of one's account is confirmed with: password and code, or a passkey."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Asked again, because what you do here is yours and nobody else's."),
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs=_PRESENT),
    )
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that your authenticator app shows now, or one of your recovery codes."),
        max_length=LONGEST_CODE,
        required=False,
        widget=forms.TextInput(attrs=_CODE),
    )
    passkey = forms.CharField(max_length=LONGEST_CREDENTIAL, required=False, widget=Fleeting)
    challenge = forms.CharField(max_length=64, required=False, widget=Fleeting)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = not self.data.get("passkey")

    def confirmed(self, nonce: str) -> Confirmed:
        """The answers as a service takes them. A passkey has signed the challenge that its button asked for; for
        typed words `nonce` was opened when they arrived."""
        given = self.cleaned_data
        asked = given["challenge"] if given["passkey"] else ""
        return Confirmed(asked or nonce, Proof(given.get("password", ""), given["code"], given["passkey"]))


class ChallengeForm(forms.Form):
    """What a page shows and what signing it means."""

    digest = forms.RegexField(r"\A[0-9a-f]{64}\Z")
    meaning = forms.RegexField(r"\A[a-z_]+(:[a-z_]+)?\Z", max_length=64)


class PasswordForm(ProofForm):
    new_password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. Several words that do not belong together are good."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password, once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ("new_password", "again", "password", "code")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("new_password") != answers.get("again"):
            self.add_error("again", _("The two are not the same."))
        return answers


class TotpForm(ProofForm):
    new_code = forms.CharField(
        label=_("Code that the new app shows"),
        help_text=_("Six digits. It shows that the app has the secret."),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs=_CODE),
    )
    box = forms.CharField(max_length=400, widget=forms.HiddenInput)
    field_order = ("new_code", "password", "code")

    def carry(self, box: str) -> None:
        """Send this box along with the page: the one before was none, or is too old."""
        self.initial["box"] = box
        if self.is_bound:
            self.data = {**{name: self.data.get(name) for name in self.data}, "box": box}


class NewPasskeyForm(ProofForm):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("By which you will know it: the device or the key it lives on."),
        max_length=LONGEST_NAME,
    )
    credential = forms.CharField(label=_("Passkey"), max_length=LONGEST_CREDENTIAL, widget=Fleeting)
    field_order = ("name", "password", "code")


class RenameForm(ProofForm):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    field_order = ("name", "password", "code")


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
        offer(self, "scopes", [(scope, scope) for scope in scopes])


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
