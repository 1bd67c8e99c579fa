"""Tokens by RFC 3161: an authority's signature over the time and the SHA-256 of a note's text.

A token counts only once it is verified here, against roots that the installation trusts, over the note's own bytes
and, when it is fetched, with the nonce of the question.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from audit.anchors.place import AnchorFailed

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest, TimeStampResponse

_SHA256 = "2.16.840.1.101.3.4.2.1"
_LONGEST_REASON = 200


def checked_token(evidence: bytes, note_text: str, roots: Path) -> dt.datetime:
    """When the authority says that it saw this text. Certificates are judged as of that time, so that a token outlives
    them. Raises AnchorFailed for evidence that proves nothing."""
    return verified(evidence, digest_of(note_text.encode()), trusted(roots), nonce=None)


def openssl_command(size: int, stamped: dt.datetime | None = None) -> str:
    """What an examiner types, with a note saved as `checkpoint-<size>.txt`, its evidence as `checkpoint-<size>.tsr` and
    the authority's root as `roots.pem`. `stamped`, the token's time, is needed once its certificate has expired."""
    files = f"-data checkpoint-{size}.txt -in checkpoint-{size}.tsr -CAfile roots.pem"
    as_of = f" -attime {int(stamped.timestamp())}" if stamped else ""
    return f"openssl ts -verify {files}{as_of}"


def request_for(said: bytes) -> TimeStampRequest:
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    asked = TimestampRequestBuilder().data(said).hash_algorithm(HashAlgorithm.SHA256)
    return asked.nonce(nonce=True).cert_request(cert_request=True).build()


def trusted(roots: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(roots.read_bytes())
    except OSError as error:
        raise AnchorFailed(f"The trusted roots in {roots} cannot be read: {error.strerror}.") from error
    except ValueError:
        raise AnchorFailed(f"There are no certificates in PEM form in {roots}.") from None


def digest_of(said: bytes) -> bytes:
    return hashlib.sha256(said).digest()


def verified(answer: bytes, digest: bytes, roots: list[x509.Certificate], nonce: int | None) -> dt.datetime:
    """The time of a token over this SHA-256; with a nonce, of the answer to that question. Raises AnchorFailed."""
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(answer)
    except ValueError:
        raise AnchorFailed("The answer is no timestamp response.") from None
    _refuse_unless_granted(response)
    try:
        VerifierBuilder(roots=roots, nonce=nonce).build().verify(response, digest)
        made_by = response.tst_info.message_imprint.hash_algorithm.dotted_string
        stamped = response.tst_info.gen_time
    except (VerificationError, ValueError) as fault:
        raise AnchorFailed(f"The timestamp does not verify: {_bounded(str(fault))}") from None
    # The library compares digests; it does not ask what they are digests by.
    if made_by != _SHA256:
        raise AnchorFailed("The timestamp is over another digest than SHA-256.")
    return stamped


def _refuse_unless_granted(response: TimeStampResponse) -> None:
    from rfc3161_client import PKIStatus

    if response.status != PKIStatus.GRANTED:
        words = _bounded(ascii(" ".join(response.status_string)))
        raise AnchorFailed(f"The authority gave no timestamp: status {response.status}, {words}.")


def _bounded(text: str) -> str:
    return text[:_LONGEST_REASON]
