"""Passkeys (WebAuthn): what a browser is asked to sign, and whether what it signed is that.

The server's origin comes from the configuration, not from the request: a signature has no request, and a host name
that a client sends proves nothing."""

from __future__ import annotations

import ipaddress
import struct
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import User
from mrm.lib import strict_json
from mrm.lib.errors import Refusal

NAME = "Countersign"
LONGEST_CREDENTIAL = 16_000
# What the readers of WebAuthn raise on bytes that nobody's browser made.
UNREADABLE = (
    Refusal,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    struct.error,
)
# Browsers leave these out of an origin.
_DEFAULT_PORTS = {"http": 80, "https": 443}
_VERIFIED = UserVerificationRequirement.REQUIRED
# Beside what django-allauth keeps of a passkey.
_COUNT = "signature_count"
JSON = dict[str, Any]  # Any: as WebAuthn shapes it


@dataclass(frozen=True)
class RelyingParty:
    """The name that passkeys are bound to, and the one origin they are accepted from."""

    host: str
    origin: str


def relying_party() -> RelyingParty:
    """Browsers bind no passkey to an address in numbers: an installation on loopback is reached by `localhost`."""
    url = urlsplit(settings.MRM_PUBLIC_URL)
    host = "localhost" if _is_loopback(url.hostname or "") else (url.hostname or "")
    port = f":{url.port}" if url.port not in {None, _DEFAULT_PORTS.get(url.scheme)} else ""
    return RelyingParty(host, f"{url.scheme}://{host}{port}")


def request_options(*, nonce: str, among: QuerySet[Authenticator]) -> JSON:
    """What `navigator.credentials.get` is asked with: the nonce is the challenge. Nobody's keys: any passkey of
    this site that the browser knows."""
    options, _ = _server().authenticate_begin(
        credentials=credentials_of(among), user_verification=_VERIFIED, challenge=websafe_decode(nonce)
    )
    return dict(options)


def creation_options(*, user: User, nonce: str, known: QuerySet[Authenticator]) -> JSON:
    """What `navigator.credentials.create` is asked with: a key that can also sign in without a name."""
    options, _ = _server().register_begin(
        user=PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.username, display_name=user.name),
        credentials=credentials_of(known),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_VERIFIED,
        challenge=websafe_decode(nonce),
    )
    return dict(options)


def registered(*, nonce: str, credential: str) -> JSON | None:
    """The credential as it is kept, or None when it does not answer this nonce at this origin."""
    try:
        response = RegistrationResponse.from_dict(_read(credential))
        _server().register_complete(_state(nonce), response)
    except UNREADABLE:
        return None
    kept = response.response
    return {
        "id": websafe_encode(response.raw_id),
        "rawId": websafe_encode(response.raw_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(kept.client_data),
            "attestationObject": websafe_encode(kept.attestation_object),
        },
    }


def asserted(*, nonce: str, assertion: str, among: QuerySet[Authenticator]) -> Authenticator | None:
    """The passkey that has signed this nonce here and now with its user verified, or None."""
    try:
        response = AuthenticationResponse.from_dict(_read(assertion))
        used = _server().authenticate_complete(_state(nonce), credentials_of(among), response)
    except UNREADABLE:
        return None
    matching = (each for each in _passkeys(among) if _credential(each).credential_id == used.credential_id)
    found = next(matching, None)
    return (
        found
        if found is not None and _counts_on(found, response.response.authenticator_data.counter)
        else None
    )


def owner_of(assertion: str) -> User | None:
    """Whom a passkey that was chosen in the browser says it belongs to. Proves nothing by itself."""
    try:
        handle = _read(assertion)["response"]["userHandle"]
        key = uuid.UUID(bytes=websafe_decode(handle))
    except UNREADABLE:
        return None
    return User.objects.select_related("person").filter(pk=key).first()


def credentials_of(among: QuerySet[Authenticator]) -> list[AttestedCredentialData]:
    return [_credential(each) for each in _passkeys(among)]


def _passkeys(among: QuerySet[Authenticator]) -> QuerySet[Authenticator]:
    return among.filter(type=Authenticator.Type.WEBAUTHN)


def _credential(authenticator: Authenticator) -> AttestedCredentialData:
    credential: AttestedCredentialData = authenticator.wrap().authenticator_data.credential_data
    return credential


@transaction.atomic
def _counts_on(used: Authenticator, count: int) -> bool:
    """Whether the passkey has signed more often than before, which is kept. A copy of one that counts does not get by
    once the original has signed again (WebAuthn, signature counter); one that is synced between devices says 0."""
    held = Authenticator.objects.select_for_update().get(pk=used.pk)
    before = held.data.get(_COUNT, 0)
    if count <= before and (count or before):
        return False
    held.data = {**held.data, _COUNT: count}
    held.save(update_fields=["data"])
    return True


def _server() -> Fido2Server:
    party = relying_party()
    entity = PublicKeyCredentialRpEntity(id=party.host, name=NAME)
    return Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)


def _state(nonce: str) -> JSON:
    return {"challenge": nonce, "user_verification": _VERIFIED}


def _read(credential: str) -> Any:
    return strict_json.loads(credential.encode(), max_bytes=LONGEST_CREDENTIAL)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
