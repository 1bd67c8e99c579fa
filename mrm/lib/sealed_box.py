"""Authenticated encryption (AES-256-GCM) and named keys derived from the one data key."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from mrm.lib.errors import Unavailable

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def derive(name: str) -> bytes:
    """A 32-byte key for one purpose; different names give independent keys (HKDF-SHA256, RFC 5869)."""
    root = base64.b64decode(settings.MRM_DATA_KEY, validate=True)
    if len(root) != KEY_BYTES:
        raise Unavailable("MRM_DATA_KEY must be 32 bytes in base64.")
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"countersign:{name}".encode()).derive(root)


def seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """nonce ‖ ciphertext ‖ tag; the context is bound but not stored, so a box cannot be moved elsewhere."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def unseal(key: bytes, box: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise Unavailable("These bytes were not sealed with this key for this place.") from None
