"""The seal on a dossier: PAdES with the organisation's key, or with a development key that says that it is one."""

from __future__ import annotations

import datetime as dt
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from audit.anchors import AnchorFailed
from mrm.lib import canonical, clock
from mrm.lib.errors import Unavailable
from reports import dossier_verifier
from reports.build.facts import Signer
from reports.edition import ENGLISH_ON_A4, Edition
from reports.render import theme

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer as PyhankoSigner
    from pyhanko.stamp import TextStampStyle

    from reports.remote_key import KmsKey

FIELD = "Seal"
DEVELOPMENT_NAME = "Countersign DEVELOPMENT KEY, NOT FOR PRODUCTION"
_DEVELOPMENT_FILE = "development-signing-key.pem"
_VALID_DAYS = 3_650
_RSA_BITS = 3_072
_HAIRLINE = (0.875, 0.863, 0.824)


@dataclass(frozen=True)
class SigningKey:
    """PEM bytes of the certificates, the signer's own first, behind those of the private key; or, with `remote`,
    without it."""

    pem: bytes
    signer: Signer
    remote: KmsKey | None = None


def signing_key() -> SigningKey:
    """The key of settings.MRM_SIGNING_KEY_FILE or of settings.MRM_SIGNING_KMS_KEY; without one, this installation's
    development key. Unavailable when it cannot be used: nothing is sealed with another key in silence."""
    if faults := key_faults():
        raise Unavailable(" ".join(faults))
    if settings.MRM_SIGNING_KMS_KEY:
        return _remote_key()
    configured = settings.MRM_SIGNING_KEY_FILE
    path = Path(configured) if configured else _development_key()
    try:
        pem = path.read_bytes()
        return SigningKey(pem, _signer_of(pem))
    except (OSError, ValueError) as fault:
        raise Unavailable(
            f"The signing key could not be read ({type(fault).__name__}). It must be one PEM file with an unencrypted "
            "private key and its certificate; see MRM_SIGNING_KEY_FILE."
        ) from None


def key_faults() -> list[str]:
    """What is wrong with how the settings name the key and the time stamp authority, in words."""
    found = []
    if settings.MRM_SIGNING_KEY_FILE and settings.MRM_SIGNING_KMS_KEY:
        found.append("MRM_SIGNING_KEY_FILE and MRM_SIGNING_KMS_KEY both name a signing key: set one of them.")
    if settings.MRM_SIGNING_KMS_KEY and not settings.MRM_SIGNING_CERTIFICATES:
        found.append(
            "MRM_SIGNING_KMS_KEY needs a certificate: name the PEM file of its chain in MRM_SIGNING_CERTIFICATES."
        )
    if settings.MRM_SIGNING_CERTIFICATES and not settings.MRM_SIGNING_KMS_KEY:
        found.append(
            "MRM_SIGNING_CERTIFICATES is set without MRM_SIGNING_KMS_KEY: name the key, or unset it."
        )
    if settings.MRM_SIGNING_TSA_URL and not settings.MRM_SIGNING_TSA_ROOTS:
        found.append("MRM_SIGNING_TSA_ROOTS is not set: a time stamp that cannot be checked is not taken.")
    return found


def _remote_key() -> SigningKey:
    from reports.remote_key import KmsKey

    try:
        pem = _certificates(Path(settings.MRM_SIGNING_CERTIFICATES).read_bytes())
        return SigningKey(pem, _signer_named(pem), KmsKey(settings.MRM_SIGNING_KMS_KEY))
    except (OSError, ValueError) as fault:
        raise Unavailable(
            f"The certificates of the signing key could not be read ({type(fault).__name__}). They must be one PEM "
            "file, the key's own first; see MRM_SIGNING_CERTIFICATES."
        ) from None


def seal(
    unsigned: bytes,
    *,
    key: SigningKey,
    label: str,
    kind: str = "Validation dossier",
    edition: Edition = ENGLISH_ON_A4,
) -> bytes:
    """The unsigned bytes with a signature appended; they stay the prefix of what is returned. Unavailable when the
    time stamp authority, where one is named, gives no stamp that the verifiers take."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    from reports.stamping import time_stamper

    stamper = time_stamper()

    writer = IncrementalPdfFileWriter(io.BytesIO(unsigned))
    development = "DEVELOPMENT KEY, NOT FOR PRODUCTION. " if key.signer.is_development else ""
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=key.signer.name,
        reason=f"{development}{kind} of {label}",
    )
    pdf_signer = signers.PdfSigner(
        meta,
        signer=_pyhanko_signer(key),
        timestamper=stamper,
        stamp_style=_stamp(key.signer, edition),
        new_field_spec=fields.SigFieldSpec(FIELD, on_page=0, box=theme.SHEETS[edition.paper].seal_box),
    )
    try:
        sealed: bytes = pdf_signer.sign_pdf(writer).getvalue()
    except AnchorFailed as failure:
        raise Unavailable(
            f"The seal got no time stamp. {failure} Nothing was kept; ask again later."
        ) from None
    if not sealed.startswith(unsigned):
        raise Unavailable("The seal changed the bytes it was put on. Nothing was kept; report this.")
    if key.remote:
        _refuse_foreign_signature(sealed)
    if stamper:
        _refuse_unreadable_stamp(sealed)
    return sealed


def _refuse_foreign_signature(sealed: bytes) -> None:
    """The certificate came by another way than the signature: only the signature shows that they belong together."""
    try:
        dossier_verifier.signed_these_bytes(sealed)
    except dossier_verifier.Doubt as doubt:
        raise Unavailable(
            f"The key in KMS does not belong to the first certificate of MRM_SIGNING_CERTIFICATES. {doubt} "
            "Nothing was kept."
        ) from None


def _refuse_unreadable_stamp(sealed: bytes) -> None:
    """A stamp in a form that the script without this system could not examine would make the file worth less."""
    try:
        dossier_verifier.stamped(sealed)
    except dossier_verifier.Doubt as doubt:
        raise Unavailable(
            f"The time stamp is not one that every verifier examines. {doubt} Nothing was kept; "
            "name another authority in MRM_SIGNING_TSA_URL."
        ) from None


def _stamp(signer: Signer, edition: Edition) -> TextStampStyle:
    """Plain words on paper: a seal is proven by its bytes, not by its looks."""
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.pdf_utils.text import TextBoxStyle
    from pyhanko.stamp import TextStampStyle

    left = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MID, margins=Margins(6, 6, 4, 4)
    )
    with translation.override(edition.language):
        said = _("Sealed by %(name)s") % {"name": signer.name}
    return TextStampStyle(
        border_width=1,
        border_color=_HAIRLINE,
        background=None,
        stamp_text=f"{said}\n%(ts)s",
        text_box_style=TextBoxStyle(font_size=9),
        inner_content_layout=left,
    )


def _pyhanko_signer(key: SigningKey) -> PyhankoSigner:
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificates = list(load_certs_from_pemder_data(_certificates(key.pem)))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    # The signer's own goes in by itself: a second copy would be bytes that no signature covers.
    store.register_multiple(certificates[1:])
    if key.remote:
        from reports.remote_key import RemoteSigner

        return RemoteSigner(key.remote, certificates[0], store)
    return signers.SimpleSigner(
        signing_cert=certificates[0],
        signing_key=load_private_key_from_pemder_data(_private_key(key.pem), passphrase=None),
        cert_registry=store,
    )


def _signer_of(pem: bytes) -> Signer:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    certificate = x509.load_pem_x509_certificates(_certificates(pem))[0]
    key = load_pem_private_key(_private_key(pem), password=None)
    if key.public_key() != certificate.public_key():
        raise ValueError("The key does not belong to the first certificate.")
    return _signer_named(pem)


def _signer_named(pem: bytes) -> Signer:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    certificate = x509.load_pem_x509_certificates(_certificates(pem))[0]
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else certificate.subject.rfc4514_string()
    fingerprint = canonical.sha256(certificate.public_bytes(Encoding.DER))
    return Signer(name, fingerprint, is_development="DEVELOPMENT KEY" in name)


def _certificates(pem: bytes) -> bytes:
    at = pem.find(b"-----BEGIN CERTIFICATE-----")
    if at < 0:
        raise ValueError("There is no certificate in the file.")
    return pem[at:]


def _private_key(pem: bytes) -> bytes:
    return pem[: pem.find(b"-----BEGIN CERTIFICATE-----")]


def _development_key() -> Path:
    """Made once; two processes that make one at the same moment end with the same file."""
    path = Path(settings.MRM_VAR_DIR) / "keys" / _DEVELOPMENT_FILE
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(made_key())
            target.flush()
            os.fsync(target.fileno())
        # A link, not a rename: whoever comes second finds the file of the first.
        Path(path).hardlink_to(temporary)
    except FileExistsError:
        return path
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path


def made_key() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DEVELOPMENT_NAME)])
    start = clock.now() - dt.timedelta(minutes=5)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
