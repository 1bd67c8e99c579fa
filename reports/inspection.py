"""Looking at a sealed file without believing it: the seal's place, its bytes, its mathematics, its attachments."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.anchors import AnchorFailed
from audit.checkpoint import Note
from audit.checkpoint import read as read_note
from mrm.lib import canonical, strict_json
from reports import dossier_verifier

if TYPE_CHECKING:
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

EVIDENCE_FILE, CHECKPOINT_FILE = "evidence.json", "checkpoint.txt"
_MAX_EVIDENCE_BYTES = 64 * 1024 * 1024
_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
# SEQUENCE with a length of two to four bytes: every signature container is longer than 255 bytes.
_LONG_FORMS = {0x82: 2, 0x83: 3, 0x84: 4}


class Doubt(Exception):
    """One thing that is not as a sealed dossier has it."""


@dataclass(frozen=True)
class Ranges:
    """The signed bytes are [0, before) and [after, after + rest); between them stands /Contents."""

    before: int
    after: int
    rest: int


def ranges(content: bytes) -> Ranges:
    """The one signature's byte range. Doubt when there is none, or more than one."""
    found = _BYTE_RANGE.findall(content)
    if len(found) != 1:
        raise Doubt(f"There are {len(found)} byte ranges in the file where one must stand.")
    start, before, after, rest = (int(number) for number in found[0])
    if start != 0:
        raise Doubt("The byte range does not begin at the first byte.")
    return Ranges(before, after, rest)


def covers_whole_file(content: bytes) -> str:
    held = ranges(content)
    if held.after + held.rest != len(content):
        raise Doubt(
            f"The seal covers {held.after + held.rest} bytes of {len(content)}: something was appended or cut off."
        )
    if held.after <= held.before or content[held.before : held.before + 1] != b"<":
        raise Doubt("The gap of the byte range does not begin with the signature.")
    if content[held.after - 1 : held.after] != b">":
        raise Doubt("The gap of the byte range does not end with the signature.")
    if not content[: held.before].endswith(b"/Contents "):
        raise Doubt("The gap of the byte range is not the signature's own place.")
    return (
        f"Every byte of {len(content)} is covered but the {held.after - held.before} of the signature itself."
    )


def hex_is_canonical(content: bytes) -> str:
    """One spelling of the signature only: other letters or padding would be another file with the same seal."""
    held = ranges(content)
    written = content[held.before + 1 : held.after - 1]
    if not re.fullmatch(rb"[0-9a-f]*|[0-9A-F]*", written) or len(written) % 2:
        raise Doubt("The signature is not written in one case of hexadecimal digits.")
    container = bytes.fromhex(written.decode())
    size = _der_size(container)
    if size > len(container) or container[size:].strip(b"\x00"):
        raise Doubt("The padding behind the signature is not all zero.")
    return f"The signature has {size} bytes in one case of digits; the padding behind it is zero."


def no_later_update(content: bytes) -> str:
    """The seal is the last thing in the file, and the only thing added to the pages."""
    ends = content.count(b"%%EOF")
    if not content.endswith(b"\n%%EOF\n"):
        raise Doubt("The file does not end where a PDF ends.")
    updates = len(re.findall(rb"\bstartxref\b", content))
    if updates != 2 or ends != 2:
        raise Doubt(f"The file has {updates} revisions; a dossier has two, its pages and its seal.")
    return "Nothing was added after the seal."


@dataclass(frozen=True)
class Seal:
    """What the signature proves about itself."""

    certificate: str
    name: str
    said: str


def seal_of(content: bytes) -> Seal:
    """The mathematics: the digest of the covered bytes, and the signature over it by the certificate's key."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    found = PdfFileReader(io.BytesIO(content)).embedded_signatures
    if len(found) != 1:
        raise Doubt(f"The file has {len(found)} signatures where one must stand.")
    certificate = found[0].signer_cert
    status = _validated(found[0])
    if not (status.intact and status.valid):
        raise Doubt("The signature does not belong to these bytes.")
    name = str(certificate.subject.native.get("common_name", "an unnamed signer"))
    fingerprint = canonical.sha256(certificate.dump())
    return Seal(fingerprint, name, f"The signature by {name} is valid for these bytes.")


def is_stamped(content: bytes) -> bool:
    """A stamp that cannot be read makes the seal itself unreadable, which its own check says."""
    try:
        return dossier_verifier.is_stamped(content)
    except (dossier_verifier.Doubt, ValueError, IndexError):
        return False


def stamp_of(content: bytes) -> str:
    """The time stamp in the seal: its form by the script's own reading, its mathematics by pyHanko as well, and its
    authority by the roots of the settings. Doubt where one of them does not hold."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    from reports.stamping import trust_in

    said = dossier_verifier.stamped(content)
    seal = dossier_verifier.message_in(dossier_verifier.container_of(content))
    found = PdfFileReader(io.BytesIO(content)).embedded_signatures[0]
    stamp = _validated(found, seal.stamp).timestamp_validity
    if seal.stamp is None or stamp is None or not (stamp.intact and stamp.valid):
        raise Doubt("The time stamp does not belong to this seal.")
    try:
        return f"{said} {trust_in(seal.stamp, seal.signature)}"
    except AnchorFailed as failure:
        raise Doubt(str(failure)) from None


def _validated(found: EmbeddedPdfSignature, stamp: bytes | None = None) -> PdfSignatureStatus:
    """Whether a certificate is the expected one is asked elsewhere; nobody's list of authorities is."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    from reports.stamping import certificates_in

    beside = [] if stamp is None else certificates_in(stamp)
    own, authority = (
        ValidationContext(trust_roots=trusted, allow_fetching=False)
        for trusted in ([found.signer_cert], beside)
    )
    return validate_pdf_signature(found, signer_validation_context=own, ts_validation_context=authority)


@dataclass(frozen=True)
class Attached:
    """The evidence inside the file, its digest recomputed."""

    digest: str
    said: str


def evidence_of(content: bytes) -> Attached:
    """Recompute the evidence digest from the attachment, and every result's own digest inside it, and find the digest
    printed on the first page. Doubt when any of them differs."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        if EVIDENCE_FILE not in pdf.attachments:
            raise Doubt(f"There is no {EVIDENCE_FILE} in the file.")
        raw = pdf.attachments[EVIDENCE_FILE].get_file().read_bytes()
        printed = printed_digests(pdf.pages[0])
    evidence = strict_json.loads(raw, max_bytes=_MAX_EVIDENCE_BYTES)
    if not isinstance(evidence, dict) or canonical.dumps(evidence) != raw:
        raise Doubt("The attached evidence is not in canonical form.")
    digest = canonical.sha256(raw)
    if digest not in printed:
        raise Doubt(f"The attached evidence has the digest {digest}, which is not printed on the first page.")
    wrong = [str(each.get("check")) for each in evidence["results"] if not _is_own_digest(each)]
    if wrong:
        raise Doubt(f"The attached results are not what their digests say: {', '.join(wrong)}.")
    count = len(evidence["results"])
    return Attached(
        digest, f"evidence.json recomputes to {digest}, as printed, and so do its {count} results."
    )


def checkpoint_of(content: bytes) -> Note | None:
    """The checkpoint that the file carries; None where it says that there was none yet. Doubt when it is not one."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        if CHECKPOINT_FILE not in pdf.attachments:
            return None
        raw = pdf.attachments[CHECKPOINT_FILE].get_file().read_bytes()
    try:
        return read_note(raw.decode())
    except ValueError as fault:
        raise Doubt(f"The attached {CHECKPOINT_FILE} is not a checkpoint: {fault}") from None


def printed_digests(page: Any) -> frozenset[str]:  # Any: pikepdf's page
    """The digests that the page shows. They are set in a font whose bytes are the letters read."""
    import pikepdf

    shown = b"\n".join(
        bytes(operand)
        for each in pikepdf.parse_content_stream(page)
        if str(each.operator) in ("Tj", "'")
        for operand in each.operands
        if isinstance(operand, pikepdf.String)
    )
    return frozenset(found.decode() for found in _DIGEST.findall(shown))


def _is_own_digest(result: dict[str, Any]) -> bool:
    without = {name: value for name, value in result.items() if name != "digest"}
    return canonical.digest(without) == result.get("digest")


def _der_size(container: bytes) -> int:
    """How long the signature says it is."""
    if len(container) < 6 or container[0] != 0x30 or container[1] not in _LONG_FORMS:
        raise Doubt("The signature is not a signature container.")
    size = _LONG_FORMS[container[1]]
    return 2 + size + int.from_bytes(container[2 : 2 + size], "big")
