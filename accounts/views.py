"""Signing in, in one step or two, and out."""

from __future__ import annotations

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import failures, oidc, passkeys, steps
from accounts.forms import PasskeyForm, SecondStepForm, SignInForm
from accounts.models import User
from accounts.origin import counted_address
from accounts.pages import DONE, attempt
from accounts.proofs import Proof, factors_of
from audit.access_log import Route, note_stranger
from mrm.lib.errors import NotAllowed


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            return steps.after_password(request, user, wanted_page(request))
        note_stranger(Route.SIGN_IN)
        form.add_error(None, _("User name and password do not belong together, or the account is disabled."))
    return _sign_in_page(request, form)


@login_not_required
@never_cache
@require_POST
def passkey_challenge(request: HttpRequest) -> HttpResponse:
    """What the browser's passkey dialogue is opened with: at the second step for the passkeys of whoever gave the
    password, before it for any of this site."""
    stage = get_pending_stage(request)
    known = factors_of(stage.login.user) if stage and stage.login.user else Authenticator.objects.none()
    return JsonResponse(passkeys.request_options(nonce=steps.give_nonce(request), among=known))


@login_not_required
@never_cache
@require_POST
def sign_in_passkey(request: HttpRequest) -> HttpResponseBase:
    form = PasskeyForm(request.POST)
    used = steps.owner_of_passkey(request, form.cleaned_data["passkey"]) if form.is_valid() else None
    if used is not None:
        return steps.after_passkey(request, used, wanted_page(request))
    note_stranger(Route.SIGN_IN)
    # The fields were not asked for: only the sentence below stands above the empty form.
    page = SignInForm({})
    page.errors.clear()
    page.add_error(
        None, _("This passkey is not known here, or its minute is over. Try again, or use the password.")
    )
    return _sign_in_page(request, page)


@require_http_methods(["GET", "POST"])
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="sign-in")  # type: ignore[untyped-decorator]  # the library ships no types
@sensitive_post_parameters("code")
def second_step(request: HttpRequest) -> HttpResponseBase:
    stage = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 (where the library leaves it)
    user: User = stage.login.user
    if not user.is_active:
        clear_login(request)
        return redirect("sign-in")
    form = SecondStepForm(request.POST or None)
    used: list[Authenticator] = []

    def prove(answers: dict[str, str]) -> None:
        proof = Proof(code=answers["code"], passkey=answers["passkey"])
        used.append(steps.pass_second_step(actor=user, nonce=steps.take_nonce(request), proof=proof))

    status = attempt(form, prove) if request.method == "POST" else 200
    if status == DONE:
        record_authentication(request, user, "mfa", id=used[0].pk, type=used[0].type)
        answer: HttpResponseBase = stage.exit()
        return answer
    if status == NotAllowed.status:
        _note_failure(request)
    return _second_step_page(request, user, form, status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


def _note_failure(request: HttpRequest) -> None:
    """As for a wrong password: the name was counted where the code was refused, here the address, and the log hears."""
    failures.count_from(counted_address(request))
    note_stranger(Route.SIGN_IN)


def _sign_in_page(request: HttpRequest, form: SignInForm) -> HttpResponse:
    context = {
        "form": form,
        "next": wanted_page(request),
        "title": _("Sign in"),
        "host": passkeys.relying_party().host,
        "provider": oidc.configured(),
    }
    return render(request, "accounts/sign_in.html", context, status=422 if form.errors else 200)


def _second_step_page(request: HttpRequest, user: User, form: SecondStepForm, status: int) -> HttpResponse:
    types = set(factors_of(user).values_list("type", flat=True))
    context = {
        "form": form,
        "title": _("Second step"),
        "has_passkey": Authenticator.Type.WEBAUTHN in types,
        "has_code": bool(types - {Authenticator.Type.WEBAUTHN}),
        "host": passkeys.relying_party().host,
    }
    return render(request, "accounts/second_step.html", context, status=status)


def wanted_page(request: HttpRequest) -> str:
    """Where somebody was going before they had to sign in; nowhere but here."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
