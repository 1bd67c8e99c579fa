"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import oidc
from accounts.forms import SignInForm
from audit.access_log import Route, note_stranger


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if user is not None:
            login(request, user)
            return HttpResponseRedirect(wanted_page(request))
        note_stranger(Route.SIGN_IN)
        form.add_error(None, _("User name and password do not belong together, or the account is disabled."))
    status = 422 if form.errors else 200
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "next": wanted_page(request), "title": _("Sign in"), "provider": oidc.configured()},
        status=status,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign-in")


def wanted_page(request: HttpRequest) -> str:
    """Where somebody was going before they had to sign in; nowhere but here."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"
