"""Pages on which second factors are enrolled, renamed and removed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import factors, passkeys, stepup, totp_box
from accounts.changes import Change
from accounts.forms import NewPasskeyForm, ProofForm, RenameForm, TotpForm
from accounts.pages import DONE, done, filled, person_of, signed_in
from accounts.proofs import factors_of
from accounts.qr import qr_svg

_READS_AND_WRITES = require_http_methods(["GET", "POST"])


@signed_in
@sensitive_post_parameters()
@_READS_AND_WRITES
def totp_enrol(request: HttpRequest) -> HttpResponse:
    form = TotpForm(filled(request))
    change = Change(request, form, factors.ENROL_TOTP)
    codes: list[str] = []

    def act(answers: dict[str, Any]) -> None:
        codes.extend(
            factors.enrol_totp(
                actor=change.actor, confirmed=change.confirmed(), box=answers["box"], code=answers["new_code"]
            )
        )

    if (status := change.tried(act)) == DONE:
        return _enrolled(request, codes, _("Your authenticator app is enrolled."))
    secret = totp_box.prepared_secret(change.actor, form.data.get("box", ""))
    if secret is None:
        secret, box = totp_box.prepare_totp(change.actor)
        form.carry(box)
    words = {
        "title": _("Enrol an authenticator app"),
        "lede": _("From then on a code of the app goes with your password, to sign in and to sign."),
        "submit_label": _("Enrol the app"),
        "secret": secret,
        "qr": qr_svg(totp_box.address_of(change.actor, secret)),
    }
    return change.page(words, status, "accounts/totp_enrol.html")


@signed_in
@sensitive_post_parameters()
@_READS_AND_WRITES
def recovery_codes(request: HttpRequest) -> HttpResponse:
    change = Change(request, ProofForm(filled(request)), factors.RENEW_CODES)
    codes: list[str] = []

    def act(_answers: dict[str, Any]) -> None:
        codes.extend(factors.renew_recovery_codes(actor=change.actor, confirmed=change.confirmed()))

    if (status := change.tried(act)) == DONE:
        return _enrolled(request, codes, _("Your recovery codes are new; the ones before are void."))
    words = {
        "title": _("Make new recovery codes"),
        "lede": _(
            "Each stands in once for your app or passkey when it is lost. The ones you have stop counting."
        ),
        "submit_label": _("Make new codes"),
    }
    return change.page(words, status)


@signed_in
@sensitive_post_parameters()
@_READS_AND_WRITES
def passkey_enrol(request: HttpRequest) -> HttpResponse:
    change = Change(request, NewPasskeyForm(filled(request)), factors.ENROL_PASSKEY)
    codes: list[str] = []

    def act(answers: dict[str, Any]) -> None:
        made = factors.NewPasskey(answers["name"], answers["challenge"], answers["credential"])
        proof = stepup.Proof(answers["password"], answers.get("code", ""))
        confirmed = factors.Confirmed(answers["challenge"], proof)
        codes.extend(factors.enrol_passkey(actor=change.actor, confirmed=confirmed, passkey=made))

    if (status := change.tried(act)) == DONE:
        return _enrolled(request, codes, _("Your passkey is enrolled."))
    words = {
        "title": _("Add a passkey"),
        "lede": _(
            "A key in your device or in a security key. With your finger or PIN it signs in and signs by itself."
        ),
        "submit_label": _("Create the passkey"),
        # Its own button fills the form: a passkey is made here, not used.
        "meaning_code": "",
    }
    return change.page(words, status, "accounts/passkey_enrol.html")


@signed_in
@_READS_AND_WRITES
def passkey_rename(request: HttpRequest, factor: int) -> HttpResponse:
    row = factors.factor(person_of(request), factor)
    initial = {"name": row.data.get("name", "")}
    change = Change(request, RenameForm(filled(request), initial=initial), factors.RENAME, str(factor))

    def act(answers: dict[str, Any]) -> None:
        factors.rename_passkey(
            actor=change.actor, confirmed=change.confirmed(), factor_id=factor, name=answers["name"]
        )

    if (status := change.tried(act)) == DONE:
        return done(request, _("The passkey has its new name."), _home())
    words = {"title": _("Rename a passkey"), "lede": str(row), "submit_label": _("Rename it")}
    return change.page(words, status)


@signed_in
@_READS_AND_WRITES
def factor_remove(request: HttpRequest, factor: int) -> HttpResponse:
    row = factors.factor(person_of(request), factor)
    change = Change(request, ProofForm(filled(request)), factors.REMOVE, str(factor))

    def act(_answers: dict[str, Any]) -> None:
        factors.remove_factor(actor=change.actor, confirmed=change.confirmed(), factor_id=factor)

    if (status := change.tried(act)) == DONE:
        return done(request, _("Removed: it neither signs in nor signs any more."), _home())
    words = {
        "title": _("Remove a second factor"),
        "lede": _(
            "%(factor)s will neither sign in nor sign any more. With the last one your recovery codes end too."
        )
        % {"factor": _("The authenticator app") if row.type == "totp" else row},
        "submit_label": _("Remove it"),
    }
    return change.page(words, status)


@signed_in
@require_POST
def creation_challenge(request: HttpRequest) -> JsonResponse:
    """What a new passkey is made for."""
    actor = person_of(request)
    digest = stepup.digest_of(factors.ENROL_PASSKEY, "")
    nonce = stepup.open_challenge(actor=actor, digest=digest, meaning=factors.ENROL_PASSKEY)
    return JsonResponse(passkeys.creation_options(user=actor, nonce=nonce, known=factors_of(actor)))


def _enrolled(request: HttpRequest, codes: list[str], words: str) -> HttpResponse:
    """New recovery codes are shown in this one answer and never again; without any, back to the list."""
    if not codes:
        return done(request, words, _home())
    context = {
        "title": _("Your recovery codes"),
        "lede": words,
        "codes": codes,
        "crumbs": [{"label": _("Security"), "url": _home()}, {"label": _("Your recovery codes")}],
    }
    return render(request, "accounts/recovery_codes.html", context)


def _home() -> str:
    return reverse("security")
