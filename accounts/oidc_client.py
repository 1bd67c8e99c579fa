"""Talking to the identity provider: django-allauth's OpenID Connect, held to one provider and to what is believed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from accounts import oidc
from accounts.oidc import Configured, Identity, NotBelieved, ProviderDown
from mrm.lib import clock
from mrm.lib.errors import NotFound

_SECONDS = 5
_MOST_BYTES = 1_000_000
_SIGNED_IN_AT = "provider_signed_in_at"


class ProviderSession(requests.Session):
    """Short of patience and of appetite: no redirect, no endless answer, nothing unencrypted."""

    def request(
        self, method: Any, url: Any, *args: Any, **kwargs: Any
    ) -> requests.Response:  # Any: the library's
        oidc.require_safe(url)
        bounded = kwargs | {"timeout": _SECONDS, "allow_redirects": False, "stream": True}
        answer = super().request(method, url, *args, **bounded)
        content = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
        if len(content) > _MOST_BYTES:
            raise requests.RequestException("The answer is too long.")
        # The library reads `content` at its leisure; it has been read here, and no further.
        answer._content = content  # noqa: SLF001
        return answer


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library ships no types
    def get_requests_session(self) -> requests.Session:
        return ProviderSession()

    def is_open_for_signup(self, *_: Any) -> bool:
        """Accounts are made by our service, which leaves an entry."""
        return False


class OpenIdAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The library skips the signature of a token that came over TLS; here every token is verified."""

    def __init__(self, request: HttpRequest, provider: Provider) -> None:
        self._provider = provider
        super().__init__(request, provider.sub_id)

    def get_provider(self) -> Provider:
        return self._provider

    @property
    def openid_config(self) -> dict[str, Any]:
        if not hasattr(self, "_discovered"):
            self._discovered = oidc.require_discovered(
                self._fetched(self._provider.server_url), self._provider.configured
            )
        return self._discovered

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 (the library's)
        """The configured address, whatever a request's headers say; the provider knows it beforehand."""
        return f"{settings.MRM_PUBLIC_URL}{reverse('sign-in-provider-callback')}"

    def identity(self, answer: dict[str, Any], nonce: str) -> Identity:
        """Who the token in the provider's answer is about."""
        provider, discovered = self._provider.configured, self.openid_config
        keys = self._fetched(discovered["jwks_uri"])
        claims = oidc.verified(answer.get("id_token"), keys=keys, provider=provider, nonce=nonce)
        more: dict[str, Any] = {}
        # Some providers tell the groups and the name only here.
        if "userinfo_endpoint" in discovered and {provider.groups_claim, "name"} - set(claims):
            more = self._fetched(discovered["userinfo_endpoint"], answer["access_token"])
        return oidc.identity_of(claims, more, provider)

    def _fetched(self, url: str, bearer: str = "") -> Any:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        with get_adapter().get_requests_session() as session:
            answer = session.get(url, headers=headers)
            if answer.status_code != requests.codes.ok:
                raise requests.RequestException(f"status {answer.status_code}")
            return answer.json()


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The configured provider. PKCE always; the nonce travels with the state."""

    def __init__(self, request: HttpRequest, configured: Configured) -> None:
        self.configured = configured
        app = SocialApp(
            provider=self.id,
            provider_id=configured.key,
            name=configured.name[:40],
            client_id=configured.client_id,
            secret=configured.secret,
            settings={"server_url": configured.issuer, "oauth_pkce_enabled": True},
        )
        super().__init__(request, app=app)

    def get_oauth2_adapter(self, request: HttpRequest) -> OpenIdAdapter:
        return OpenIdAdapter(request, self)


def provider_of(request: HttpRequest) -> Provider:
    found = oidc.configured()
    if found is None:
        raise NotFound("No identity provider is configured here. Sign in with your password.")
    return Provider(request, found)


def sent_to_provider(request: HttpRequest, wanted: str) -> HttpResponseBase:
    """Off to the provider, with a state and a nonce that only this browser's session can take back."""
    provider, nonce = provider_of(request), secrets.token_urlsafe(32)
    with _in_our_words():
        answer: HttpResponseBase = provider.redirect(
            request,
            process="login",
            next_url=wanted,
            scope=list(provider.configured.scopes),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
    return answer


def identity_from(request: HttpRequest) -> tuple[Identity, str]:
    """Who came back from the provider, and where they were going. The state counts once and for this browser only."""
    provider = provider_of(request)
    state_id = request.GET.get("state", "")
    state = statekit.unstash_state(request, state_id=state_id, provider_id=provider.sub_id)
    if state is None:
        raise NotBelieved(
            "This sign-in was not begun in this browser, is over, or took too long. Begin anew."
        )
    if "error" in request.GET or not request.GET.get("code"):
        raise NotBelieved("The identity provider signed nobody in. Try again, or ask who administers it.")
    adapter = provider.get_oauth2_adapter(request)
    with _in_our_words():
        client = adapter.get_client(request, provider.app)
        verifier = state.get("pkce_code_verifier")
        answer = adapter.get_access_token_data(request, provider.app, client, pkce_code_verifier=verifier)
        return adapter.identity(answer, str(state.get("nonce", ""))), str(state.get("next") or "/")


def note_signed_in(request: HttpRequest) -> None:
    request.session[_SIGNED_IN_AT] = clock.now().isoformat()


def signed_in_at(request: HttpRequest) -> dt.datetime | None:
    """When this browser's session came back from the provider; None for any other session."""
    said = request.session.get(_SIGNED_IN_AT)
    return dt.datetime.fromisoformat(said) if said else None


@contextmanager
def _in_our_words() -> Iterator[None]:
    """A provider that is down or answers nonsense is said so; what it sent is shown to nobody."""
    try:
        yield
    except OAuth2Error:
        raise NotBelieved("The identity provider did not accept this sign-in. Begin anew.") from None
    except (requests.RequestException, OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ProviderDown(
            "The identity provider does not answer in a way that can be read. Try again in a while, or sign in with a"
            " password if you have one."
        ) from None
