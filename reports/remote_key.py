"""A key that never leaves AWS KMS: it is sent the digest of what is signed, and nothing else."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any

from asn1crypto import x509
from django.conf import settings
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import CertificateStore

from mrm.lib.errors import Unavailable

_SECONDS, _TRIES = 10, 2
# Room for an answer that is not there yet: RSA of 4,096 bits is the largest that KMS signs with.
_LARGEST_SIGNATURE = 512
_ALGORITHMS = {"rsa": "RSASSA_PKCS1_V1_5_SHA_256", "ec": "ECDSA_SHA_256"}


@dataclass(frozen=True)
class KmsKey:
    """By its id, its alias or its ARN."""

    name: str

    def sign(self, digest: bytes, family: str) -> bytes:
        """The signature over a SHA-256, by a key of the family `rsa` or `ec`. Unavailable when KMS gives none."""
        if family not in _ALGORITHMS:
            raise Unavailable("The certificate of the signing key is neither for RSA nor for ECDSA.")
        client = _client()
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = client.sign(
                KeyId=self.name, Message=digest, MessageType="DIGEST", SigningAlgorithm=_ALGORITHMS[family]
            )
        except ClientError as refusal:
            raise _refused(refusal.response["Error"]["Code"]) from None
        except BotoCoreError as fault:
            raise _refused(type(fault).__name__) from None
        signature: bytes = answer["Signature"]
        return signature


class RemoteSigner(Signer):
    """pyHanko builds the message; the key that lies elsewhere signs its digest."""

    def __init__(self, key: KmsKey, certificate: x509.Certificate, chain: CertificateStore) -> None:
        super().__init__(signing_cert=certificate, cert_registry=chain)
        self._key, self._family = key, certificate.public_key.algorithm

    async def async_sign_raw(
        self,
        data: bytes,
        digest_algorithm: str,
        dry_run: bool = False,  # noqa: FBT001, FBT002 (pyHanko's signature)
    ) -> bytes:
        if dry_run:
            return bytes(_LARGEST_SIGNATURE)
        digest = hashlib.new(digest_algorithm, data).digest()
        return await asyncio.to_thread(self._key.sign, digest, self._family)


def _client() -> Any:  # Any: boto3 has no types
    """With the keys of the machine: its environment or its role."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise Unavailable(
            "boto3 is not installed here, which MRM_SIGNING_KMS_KEY needs: install requirements/kms.in."
        ) from None
    config = Config(
        connect_timeout=_SECONDS,
        read_timeout=_SECONDS,
        retries={"total_max_attempts": _TRIES, "mode": "standard"},
    )
    try:
        return boto3.client(
            "kms",
            region_name=settings.MRM_SIGNING_KMS_REGION or None,
            endpoint_url=settings.MRM_SIGNING_KMS_ENDPOINT or None,
            config=config,
        )
    except (BotoCoreError, ValueError) as fault:
        raise _refused(type(fault).__name__) from None


def _refused(word: str) -> Unavailable:
    return Unavailable(
        f"The key in KMS did not sign ({word[:60]}). Nothing was kept; see MRM_SIGNING_KMS_KEY, and ask again later."
    )
