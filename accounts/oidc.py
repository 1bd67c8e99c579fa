"""What an identity provider says of somebody, and when it is believed (OpenID Connect Core 1.0, section 3.1.3.7).

Issuer and subject are the identity. A mail address or a name is neither: both change hands, and whoever may choose
theirs at the provider would choose a colleague's.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings

from mrm.lib import canonical
from mrm.lib.errors import NotAllowed, Unavailable

# Signatures that only the holder of a private key makes: not `none`, and no HMAC, whose key we would share.
ALGORITHMS = ("RS256", "PS256", "ES256")
_REQUIRED = ("iss", "sub", "aud", "exp", "iat", "nonce")
_LEEWAY_SECONDS = 30
_LONGEST_SUBJECT, _LONGEST_NAME = 255, 200
_MOST_GROUPS, _LONGEST_GROUP = 2_000, 200
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class NotBelieved(NotAllowed):
    """The provider's answer does not hold; nobody is signed in."""


class ProviderDown(Unavailable):
    """The provider did not answer, or not in a way that can be read."""


@dataclass(frozen=True)
class Configured:
    """The one provider of this installation."""

    issuer: str
    client_id: str
    secret: str
    name: str
    scopes: tuple[str, ...]
    groups_claim: str

    @property
    def key(self) -> str:
        """Names the provider beside a subject: another issuer under the same settings is another provider."""
        return f"oidc-{canonical.sha256(self.issuer.encode())[:32]}"


@dataclass(frozen=True)
class Identity:
    """Who the provider says somebody is. `groups` are those of its claim, whichever of them are known here."""

    issuer: str
    subject: str
    name: str
    username: str
    groups: frozenset[str]


def configured() -> Configured | None:
    """None while no provider is named, or named without how it knows us."""
    if not settings.MRM_OIDC_ISSUER or not settings.MRM_OIDC_CLIENT_ID:
        return None
    return Configured(
        settings.MRM_OIDC_ISSUER,
        settings.MRM_OIDC_CLIENT_ID,
        settings.MRM_OIDC_CLIENT_SECRET,
        settings.MRM_OIDC_NAME,
        tuple(settings.MRM_OIDC_SCOPES),
        settings.MRM_OIDC_GROUPS_CLAIM,
    )


def require_safe(address: object) -> str:
    """An address to talk to the provider at: encrypted, but on this machine itself."""
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    if parts.scheme == "https" and parts.hostname:
        return str(address)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return str(address)
    raise NotBelieved("The identity provider names an address that is not encrypted. Tell the operator.")


def require_discovered(discovered: Any, provider: Configured) -> dict[str, Any]:  # Any: what came by wire
    """The provider's description of itself, if it is this provider's."""
    if not isinstance(discovered, dict):
        raise ProviderDown("The identity provider's description of itself cannot be read. Tell the operator.")
    if str(discovered.get("issuer", "")).rstrip("/") != provider.issuer:
        raise NotBelieved("The identity provider calls itself by another name than the configured one.")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        require_safe(discovered.get(name))
    return discovered


def verified(token: object, *, keys: Any, provider: Configured, nonce: str) -> dict[str, Any]:
    """The claims of an id token: signed by one of the provider's keys, for us, now, in answer to our question. Raises
    NotBelieved for anything else."""
    if not isinstance(token, str):
        raise NotBelieved("The identity provider gave no id token.")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_of(token, keys),
            algorithms=list(ALGORITHMS),
            audience=provider.client_id,
            leeway=_LEEWAY_SECONDS,
            options={"require": list(_REQUIRED)},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as fault:
        raise NotBelieved(
            f"The identity provider's id token does not hold: {type(fault).__name__}."
        ) from None
    _require_ours(claims, provider, nonce)
    return claims


def identity_of(claims: Mapping[str, Any], more: Mapping[str, Any], provider: Configured) -> Identity:
    """`more` is what the provider tells besides the token (userinfo); it must be about the same subject."""
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise NotBelieved("The identity provider names nobody.")
    if more and more.get("sub") != subject:
        raise NotBelieved("The identity provider speaks of two different people.")
    said = {**more, **claims}
    username = _words(said.get("preferred_username"))
    name = _words(said.get("name")) or username or subject[:_LONGEST_NAME]
    groups = _groups(said.get(provider.groups_claim, []))
    return Identity(provider.issuer, subject, name, username, groups)


def _key_of(token: str, keys: Any) -> Any:
    """The key the token names. A provider with one key need not name it."""
    listed: Sequence[Any] = keys["keys"] if isinstance(keys, dict) else []
    usable = [key for key in listed if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    named = jwt.get_unverified_header(token).get("kid")
    found = [key for key in usable if named is None or key.get("kid") == named]
    if len(found) != 1:
        raise jwt.InvalidKeyError("no key of this name")
    kind = found[0].get("kty")
    algorithm = found[0].get("alg") or {"RSA": "RS256", "EC": "ES256"}.get(str(kind))
    if algorithm not in ALGORITHMS:
        raise jwt.InvalidKeyError("no key for a signature")
    return jwt.PyJWK(found[0], algorithm=algorithm)


def _require_ours(claims: Mapping[str, Any], provider: Configured, nonce: str) -> None:
    if str(claims["iss"]).rstrip("/") != provider.issuer:
        raise NotBelieved("The identity provider's id token comes from another issuer.")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != provider.client_id:
        raise NotBelieved("The identity provider's id token was made for somebody else.")
    if not nonce or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise NotBelieved("The identity provider's id token answers another question than ours.")


def _groups(said: Any) -> frozenset[str]:
    """A list of names; anything else is an answer that cannot be used, and not an empty one."""
    if not isinstance(said, list) or len(said) > _MOST_GROUPS:
        raise NotBelieved("The identity provider's groups cannot be read.")
    if not all(isinstance(name, str) for name in said):
        raise NotBelieved("The identity provider's groups cannot be read.")
    return frozenset(name for name in said if len(name) <= _LONGEST_GROUP)


def _words(said: object) -> str:
    """A printed name: no control characters, not endless."""
    if not isinstance(said, str):
        return ""
    plain = "".join(letter if letter.isprintable() else " " for letter in said)
    return " ".join(plain.split())[:_LONGEST_NAME]
