"""Signing in through the bank's identity provider: off to it, and back."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import oidc_client
from accounts.oidc_services import admit
from accounts.selectors import the_installation
from accounts.views import wanted_page
from audit.access_log import Route, note_stranger
from mrm.lib.errors import Conflict, Refusal


@login_not_required
@never_cache
@require_GET
def provider_sign_in(request: HttpRequest) -> HttpResponseBase:
    """A link, not a form: a browser lets no form of ours lead to another host (form-action), and following it changes
    nothing but which state this browser may bring back."""
    return oidc_client.sent_to_provider(request, wanted_page(request))


@login_not_required
@never_cache
@require_GET
def provider_callback(request: HttpRequest) -> HttpResponseBase:
    try:
        identity, wanted = oidc_client.identity_from(request)
        provider = oidc_client.provider_of(request)
        user = admit(actor=the_installation(), identity=identity, provider=provider.configured)
    except Refusal:
        note_stranger(Route.SIGN_IN)
        raise
    except IntegrityError:
        # The first sign-in of somebody, in two windows at once: the other one made the account.
        raise Conflict("You signed in here twice at the same moment. Begin anew.") from None
    # Whoever was signed in in this browser before is not any more.
    logout(request)
    record_authentication(request, user, "socialaccount", provider=provider.configured.key)
    answer: HttpResponseBase = perform_login(request, Login(user=user, redirect_url=wanted))
    if request.user.is_authenticated:
        oidc_client.note_signed_in(request)
    return answer
