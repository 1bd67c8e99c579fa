"""An authenticator app and a passkey as a person would hold them, in software; enrolled through the services."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts import factors, stepup, totp_box
from accounts.models import User
from accounts.passkeys import relying_party
from accounts.stepup import Proof
from mrm.lib import clock
from tests.cast import PASSWORD

FLAG = AuthenticatorData.FLAG


class App:
    """An app with a secret: the code of now, or of so many steps later."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def code(self, later: int = 0) -> str:
        step = int(clock.now().timestamp()) // 30 + later
        return format_hotp_value(hotp_value(self.secret, step))


class Key:
    """A passkey for one site. What it signs can be bent, as a thief would."""

    def __init__(self) -> None:
        self.id, self.secret = os.urandom(32), ec.generate_private_key(ec.SECP256R1())
        self.user: User | None = None
        # How often it has signed; a passkey that is synced between devices always says 0.
        self.count, self.is_counting = 0, True

    def create(self, nonce: str, *, flags: FLAG = FLAG.UP | FLAG.UV, origin: str | None = None) -> str:
        public = ES256.from_cryptography_key(self.secret.public_key())
        attested = AttestedCredentialData.create(Aaguid(b"\0" * 16), self.id, public)
        data = AuthenticatorData.create(_host(), flags | FLAG.AT, 0, attested)
        response = {
            "clientDataJSON": websafe_encode(_said("webauthn.create", nonce, origin)),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._credential(response)

    def sign(self, nonce: str, *, flags: FLAG = FLAG.UP | FLAG.UV, origin: str | None = None) -> str:
        said = _said("webauthn.get", nonce, origin)
        self.count += self.is_counting
        data = AuthenticatorData.create(_host(), flags, self.count)
        signature = self.secret.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.user.pk.bytes) if self.user else None,
        }
        return self._credential(response)

    def _credential(self, response: dict[str, Any]) -> str:
        key = websafe_encode(self.id)
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response})


def confirmed(user: User, act: str, target: str = "", proof: Proof | None = None) -> factors.Confirmed:
    digest = stepup.digest_of(act, target)
    nonce = stepup.open_challenge(actor=user, digest=digest, meaning=act)
    return factors.Confirmed(nonce, proof or Proof(PASSWORD))


def enrolled_app(user: User, proof: Proof | None = None) -> App:
    """The code that enrols it is spent: the next one comes half a minute later."""
    secret, box = totp_box.prepare_totp(user)
    app = App(secret)
    agreed = confirmed(user, factors.ENROL_TOTP, proof=proof)
    factors.enrol_totp(actor=user, confirmed=agreed, box=box, code=app.code())
    return app


def enrolled_key(user: User, name: str = "Laptop", proof: Proof | None = None) -> Key:
    key = Key()
    key.user = user
    agreed = confirmed(user, factors.ENROL_PASSKEY, proof=proof)
    made = factors.NewPasskey(name, agreed.nonce, key.create(agreed.nonce))
    factors.enrol_passkey(actor=user, confirmed=agreed, passkey=made)
    return key


def _said(kind: str, nonce: str, origin: str | None) -> bytes:
    return CollectedClientData.create(kind, nonce, origin or relying_party().origin)


def _host() -> bytes:
    return hashlib.sha256(relying_party().host.encode()).digest()
