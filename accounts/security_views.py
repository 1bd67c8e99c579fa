"""The page Security: one's own password, authenticator app, recovery codes and passkeys."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import passkeys, passwords, stepup
from accounts.changes import Change
from accounts.forms import ChallengeForm, PasswordForm
from accounts.pages import DONE, done, filled, person_of, signed_in
from accounts.proofs import factors_of
from accounts.selectors import second_factors
from mrm.lib.errors import FieldError, Invalid

_READS_AND_WRITES = require_http_methods(["GET", "POST"])


@signed_in
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    context = {
        "title": _("Security"),
        "lede": _(
            "What you sign in and sign with. Every change asks once more who you are and leaves an entry."
        ),
        "factors": second_factors(actor),
        "actor": actor,
    }
    return render(request, "accounts/security.html", context)


@signed_in
@sensitive_post_parameters()
@_READS_AND_WRITES
def password_change(request: HttpRequest) -> HttpResponse:
    change = Change(request, PasswordForm(filled(request)), passwords.CHANGE)

    def act(answers: dict[str, Any]) -> None:
        held = passwords.change_password(
            actor=change.actor, confirmed=change.confirmed(), password=answers["new_password"]
        )
        # Every other session of this account ends with the password it began with; this one goes on.
        update_session_auth_hash(request, held)

    if (status := change.tried(act)) == DONE:
        return done(request, _("Your password is changed; your other sessions have ended."), _home())
    words = {
        "title": _("Change your password"),
        "lede": _("Your sessions in other browsers end with it."),
        "submit_label": _("Change the password"),
        # The present password is part of the change itself: no passkey stands in for it.
        "meaning_code": "",
    }
    return change.page(words, status)


@signed_in
@require_POST
def signing_challenge(request: HttpRequest) -> JsonResponse:
    """What a passkey is asked to sign: a challenge for this person, what the page shows, and what it means."""
    actor, asked = person_of(request), _asked(request)
    nonce = stepup.open_challenge(actor=actor, digest=asked["digest"], meaning=asked["meaning"])
    return JsonResponse(passkeys.request_options(nonce=nonce, among=factors_of(actor)))


def _asked(request: HttpRequest) -> dict[str, str]:
    form = ChallengeForm(request.POST)
    if not form.is_valid():
        errors = [
            FieldError(f"/{name}", "invalid", " ".join(map(str, said))) for name, said in form.errors.items()
        ]
        raise Invalid("Nothing can be signed that the page does not show.", errors)
    return form.cleaned_data


def _home() -> str:
    return reverse("security")
