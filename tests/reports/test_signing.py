"""The key: the organisation's where one is named, otherwise one that says what it is."""

from __future__ import annotations

import stat

import pytest

from mrm.lib.errors import Unavailable
from reports.signing import signing_key


def test_development_key_is_made_once_and_for_its_owner_only(settings):
    first = signing_key()
    assert first.pem == signing_key().pem
    assert first.signer.is_development
    assert "DEVELOPMENT KEY, NOT FOR PRODUCTION" in first.signer.name
    [path] = (settings.MRM_VAR_DIR / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_named_key_is_used(settings, tmp_path):
    path = tmp_path / "seal.pem"
    path.write_bytes(_bank_key())
    settings.MRM_SIGNING_KEY_FILE = str(path)
    signer = signing_key().signer
    assert (signer.name, signer.is_development) == ("Example Bank seal", False)


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n"]
)
def test_unusable_key_refuses_and_is_not_replaced_in_silence(settings, tmp_path, content):
    path = tmp_path / "seal.pem"
    path.write_bytes(content)
    settings.MRM_SIGNING_KEY_FILE = str(path)
    with pytest.raises(Unavailable, match="MRM_SIGNING_KEY_FILE"):
        signing_key()


def test_missing_key_file_refuses(settings, tmp_path):
    settings.MRM_SIGNING_KEY_FILE = str(tmp_path / "nowhere.pem")
    with pytest.raises(Unavailable):
        signing_key()


def _bank_key() -> bytes:
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Bank seal")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
