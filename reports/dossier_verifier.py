"""Examine a sealed dossier without the system that made it.

    python dossier_verifier.py FILE.pdf [--bundle LEDGER.jsonl] [--json]

Python 3.9 or later is all it takes: this one file imports nothing else, opens no network and writes nothing.

What it recomputes, from the PDF alone: that the seal covers every byte but itself, is written in one way only and is
the last thing in the file; that the covered bytes have the digest that was signed, and that the signature over it was
made with the key of the certificate inside (RSA or ECDSA); that a time stamp, where the seal has one, is over this
seal's signature and was signed with the key of the certificate inside it; every digest of the evidence; every leaf of
the attached ledger extract, and that entries which follow one another name each other. With --bundle, an export of the
whole ledger: that the extract stands in it byte for byte, and that one of its entries names this very file. Examine the
bundle itself with verifier.py.

What it cannot say stands at the end of every report.

Exit: 0 every check holds, 1 one fails, 2 the file cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

EVIDENCE, EXTRACT, CHECKPOINT = "evidence.json", "ledger-extract.json", "checkpoint.txt"
LARGEST_FILE, LARGEST_PART = 256 * 1024 * 1024, 128 * 1024 * 1024
# What stands before a digest in PKCS #1 v1.5 (RFC 8017, 9.2).
DIGEST_INFO = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
# Object identifiers and algorithms as DER writes them, the parameters left out or NULL (RFC 5652, 8017, 5035).
SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("300b06092a864886f70d010701")
MESSAGE_DIGEST, RSA_KEY = bytes.fromhex("06092a864886f70d010904"), bytes.fromhex("06092a864886f70d010101")
SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
STAMP_TOKEN, STAMP_INFO = (
    bytes.fromhex("060b2a864886f70d010910020e"),
    bytes.fromhex("060b2a864886f70d0109100104"),
)
HASHES = {
    bytes.fromhex(f"{head}06096086480165030402{last}{tail}"): name
    for last, name in (("01", "sha256"), ("02", "sha384"), ("03", "sha512"))
    for head, tail in (("300b", ""), ("300d", "0500"))
}
# By signature algorithm: the family, and the digest where the algorithm names one (RFC 4055, 5758).
SIGNED_WITH = {
    bytes.fromhex("300b06092a864886f70d010101"): ("RSA", ""),
    bytes.fromhex("300d06092a864886f70d0101010500"): ("RSA", ""),
    **{
        bytes.fromhex(f"{head}06092a864886f70d0101{last}{tail}"): ("RSA", name)
        for last, name in (("0b", "sha256"), ("0c", "sha384"), ("0d", "sha512"))
        for head, tail in (("300b", ""), ("300d", "0500"))
    },
    **{
        bytes.fromhex(f"300a06082a8648ce3d0403{last}"): ("ECDSA", name)
        for last, name in (("02", "sha256"), ("03", "sha384"), ("04", "sha512"))
    },
}
EC_KEY = bytes.fromhex("06072a8648ce3d0201")
RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
FILESPEC = re.compile(rb"\n(\d+) 0 obj\n<<([^\n]*?/Type /Filespec[^\n]*)>>\nendobj")
PART = re.compile(rb"\n(\d+) 0 obj\n<<([^\n]*?/Type /EmbeddedFile[^\n]*)>>\nstream\n")
SUBJECT = re.compile(rb"/Subject \(Evidence ([0-9a-f]{64})\)")
SEALED = ("dossier:signed", "audit_report:signed")
CANNOT = (
    "Whose certificate this is: compare its fingerprint with one that reached you by another way.",
    "That the printed pages say what the evidence says: their bytes are covered by the seal, and the installation that "
    "made them draws them again (manage.py verify_dossier); this script does not.",
    "That the ledger is the one you mean: without --bundle the extract stands for itself, and a bundle is examined by "
    "verifier.py, with a checkpoint that reached you earlier.",
    "Times: they are the word of the system that wrote them; a time stamp in the seal is the word of whoever holds its "
    "certificate, whose fingerprint you compare like the seal's. It lies beside what the seal covers: a stamp can be "
    "taken out or exchanged for a later one, and only the digest of the whole file, in a bundle, shows that.",
)


class Doubt(Exception):
    """One thing that is not as a sealed dossier has it."""


class Checked(NamedTuple):
    question: str
    holds: bool
    said: str


@dataclass(frozen=True)
class Ranges:
    """The signed bytes are [0, before) and [after, after + rest)."""

    before: int
    after: int
    rest: int


class Curve(NamedTuple):
    """y² = x³ − 3x + b over a prime field (FIPS 186-4, D.1.2), with its base point's order."""

    prime: int
    b: int
    order: int
    base: tuple[int, int]


CURVES = {
    bytes.fromhex("06082a8648ce3d030107"): Curve(
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        (
            0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
            0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
        ),
    ),
    bytes.fromhex("06052b81040022"): Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        (
            0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
            0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
        ),
    ),
}


class Value(NamedTuple):
    """One value of DER: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


# --- The seal ---------------------------------------------------------------------------------------------------


def ranges(content: bytes) -> Ranges:
    found = RANGE.findall(content)
    if len(found) != 1:
        raise Doubt(f"There are {len(found)} byte ranges in the file where one must stand.")
    start, before, after, rest = (int(each) for each in found[0])
    if start != 0 or after <= before:
        raise Doubt("The byte range does not begin at the first byte, or ends before its gap.")
    return Ranges(before, after, rest)


def covers_whole_file(content: bytes) -> str:
    held = ranges(content)
    if held.after + held.rest != len(content):
        raise Doubt(
            f"The seal covers {held.after + held.rest} bytes of {len(content)}: something was appended or cut."
        )
    gap = content[held.before : held.after]
    if gap[:1] != b"<" or gap[-1:] != b">" or not content[: held.before].endswith(b"/Contents "):
        raise Doubt("The gap of the byte range is not the signature's own place.")
    return f"Every byte of {len(content)} is covered but the {len(gap)} of the signature itself."


def written_in_one_way(content: bytes) -> str:
    container = container_of(content)
    size = len(read_one(container).whole)
    if container[size:].strip(b"\x00"):
        raise Doubt("The padding behind the signature is not all zero.")
    return f"The signature has {size} bytes in one case of digits; the padding behind it is zero."


def nothing_follows(content: bytes) -> str:
    updates = len(re.findall(rb"\bstartxref\b", content))
    if not content.endswith(b"\n%%EOF\n") or updates != 2 or content.count(b"%%EOF") != 2:
        raise Doubt(f"The file has {updates} revisions; a dossier has two, its pages and its seal.")
    return "Nothing was added after the seal."


def container_of(content: bytes) -> bytes:
    held = ranges(content)
    written = content[held.before + 1 : held.after - 1]
    if not re.fullmatch(rb"[0-9a-f]*|[0-9A-F]*", written) or len(written) % 2:
        raise Doubt("The signature is not written in one case of hexadecimal digits.")
    return bytes.fromhex(written.decode())


def signed_these_bytes(content: bytes) -> str:
    """RFC 5652, 5.4: the signed attributes hold the digest of the covered bytes, and the signature is over them."""
    held = ranges(content)
    covered = content[: held.before] + content[held.after : held.after + held.rest]
    message = message_in(container_of(content))
    signed_by_its_certificate(message, covered)
    beside = f" {message.beside} bytes beside it (a chain) are not examined." if message.beside else ""
    return f"Signed with the key of the certificate {fingerprint(message.certificate)}.{beside}"


def fingerprint(certificate: Value) -> str:
    return hashlib.sha256(certificate.whole).hexdigest()


def signed_by_its_certificate(message: Message, covered: bytes) -> None:
    digest = hashlib.new(message.made.digest, covered).digest()
    if attribute(message.attributes, MESSAGE_DIGEST) != b"\x04" + bytes([len(digest)]) + digest:
        raise Doubt("The covered bytes have another digest than the one that was signed.")
    named = certificate_signed(message.attributes)
    by = {32: "sha256", 48: "sha384", 64: "sha512"}.get(len(named), "sha256")
    if named != hashlib.new(by, message.certificate.whole).digest():
        raise Doubt("The certificate inside is not the one that the signature names.")
    # What is signed is the SET, not the tag it stands under in the message.
    told = hashlib.new(message.made.over, b"\x31" + message.attributes.whole[1:]).digest()
    if not holds(message, told):
        raise Doubt("The signature was not made over this with the key of the certificate inside.")


def is_stamped(content: bytes) -> bool:
    return message_in(container_of(content)).stamp is not None


def stamped(content: bytes) -> str:
    """RFC 3161 and 5652: a message of its own, over the digest of the seal's signature, beside the seal."""
    seal = message_in(container_of(content))
    if seal.stamp is None:
        raise Doubt("The seal has no time stamp.")
    token = read_signed(seal.stamp, STAMP_INFO, b"\x02\x01\x03")
    if token.data is None or token.stamp is not None:
        raise Doubt("The time stamp is not written as an authority writes it.")
    signed_by_its_certificate(token, token.data)
    _, _, imprint, _, stated, *_ = read_all(read_one(token.data).content)
    by, digest = read_all(imprint.content)
    if by.whole not in HASHES or digest.content != hashlib.new(HASHES[by.whole], seal.signature).digest():
        raise Doubt("The time stamp is over another signature than this seal's.")
    written = re.fullmatch(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z", stated.content)
    if stated.tag != 0x18 or written is None:
        raise Doubt("The time stamp does not state its time as RFC 3161 has it.")
    year, month, day, hour, minute, second = (each.decode() for each in written.groups()[:6])
    beside = f" {token.beside} bytes beside it (a chain) are not examined." if token.beside else ""
    return (
        f"Seen at {year}-{month}-{day} {hour}:{minute}:{second} UTC, says {common_name(token.certificate)}, "
        f"whose certificate has the fingerprint {fingerprint(token.certificate)}.{beside}"
    )


class Made(NamedTuple):
    """How a signature was made: its family, the digest of the data, the digest of what was signed."""

    family: str
    digest: str
    over: str


class Message(NamedTuple):
    """The message a seal or a time stamp is made of. `stamp` is the time stamp beside it; `beside` counts the bytes of
    further certificates."""

    certificate: Value
    attributes: Value
    made: Made
    signature: bytes
    beside: int
    stamp: bytes | None
    data: bytes | None


def message_in(container: bytes) -> Message:
    return read_signed(container, None, b"\x02\x01\x01")


def read_signed(container: bytes, carries: bytes | None, written_as: bytes) -> Message:
    """Every byte of it is either proven by the signature or has to be the one that stands here; what may stand beside
    it is further certificates, which are counted, and a time stamp, which is examined. `carries` is the kind of the
    data inside; None where the data are the file's."""
    outer = read_one(container)
    kind, wrapped = read_all(outer.content)
    inner = read_one(wrapped.content)
    version, digests, encapsulated, certificates, infos = read_all(inner.content)
    tags = [each.tag for each in (outer, wrapped, inner, digests, certificates, infos)]
    whole = (wrapped.content, outer.whole) == (inner.whole, container[: len(outer.whole)])
    fixed = (kind.whole, version.whole, digests.content in HASHES, whole)
    if tags != [0x30, 0xA0, 0x30, 0x31, 0xA0, 0x31] or fixed != (SIGNED_DATA, written_as, True, True):
        raise Doubt("The signature is not the kind of message that a dossier is sealed with.")
    data = data_in(encapsulated, carries)
    (info,) = read_all(infos.content)
    one, named, digest, attributes, made_with, signature, *rest = read_all(info.content)
    tags = [each.tag for each in (info, named, attributes, signature)]
    held = (one.whole, digest.whole == digests.content, made_with.whole in SIGNED_WITH)
    if tags != [0x30, 0x30, 0xA0, 0x04] or held != (b"\x02\x01\x01", True, True) or len(rest) > 1:
        raise Doubt(
            "The signature is not written as a dossier's seal is, or with an algorithm that is not computed here."
        )
    listed = read_all(certificates.content)
    found = [each for each in listed if named.content == issuer_and_serial(each)]
    if len(found) != 1:
        raise Doubt("The signer's certificate is not in the file.")
    family, over = SIGNED_WITH[made_with.whole]
    made = Made(family, HASHES[digest.whole], over or HASHES[digest.whole])
    beside = sum(len(each.whole) for each in listed) - len(found[0].whole)
    stamp = stamp_in(rest[0]) if rest else None
    return Message(found[0], attributes, made, signature.content, beside, stamp, data)


def data_in(encapsulated: Value, carries: bytes | None) -> bytes | None:
    if carries is None:
        if encapsulated.whole != DATA:
            raise Doubt("The seal is over something else than the file.")
        return None
    kind, wrapped = read_all(encapsulated.content)
    data = read_one(wrapped.content)
    if (encapsulated.tag, kind.whole, wrapped.tag, data.tag) != (0x30, carries, 0xA0, 0x04) or (
        data.whole != wrapped.content
    ):
        raise Doubt("The time stamp is not written as an authority writes it.")
    return data.content


def stamp_in(unsigned: Value) -> bytes:
    """Of what no signature covers nothing may stand there but one time stamp."""
    (only,) = read_all(unsigned.content)
    kind, values = read_all(only.content)
    (token,) = read_all(values.content)
    if (unsigned.tag, only.tag, kind.whole, values.tag, token.tag) != (0xA1, 0x30, STAMP_TOKEN, 0x31, 0x30):
        raise Doubt("Something that is no time stamp stands beside the seal's signature.")
    return token.whole


def common_name(certificate: Value) -> str:
    """The last common name of the subject, in printable ASCII: it is somebody's word and goes to a terminal."""
    fields = read_all(read_all(certificate.content)[0].content)
    subject = fields[5 if fields[0].tag == 0xA0 else 4]
    names = [read_all(read_one(each.content).content) for each in read_all(subject.content)]
    said = [
        value.content.decode("utf-8", "replace")
        for kind, value in names
        if kind.whole == b"\x06\x03\x55\x04\x03"
    ]
    return ascii(said[-1][:100]) if said else "an authority without a common name"


def issuer_and_serial(certificate: Value) -> bytes:
    fields = read_all(read_all(certificate.content)[0].content)
    at = 1 if fields[0].tag == 0xA0 else 0
    return fields[at + 2].whole + fields[at].whole


def attribute(attributes: Value, kind: bytes) -> bytes:
    """The one value of the signed attribute of this kind."""
    found = [read_all(each.content) for each in read_all(attributes.content) if each.content.startswith(kind)]
    if len(found) != 1 or len(read_all(found[0][1].content)) != 1:
        raise Doubt("The signed attributes lack what a seal has, or have it twice.")
    return found[0][1].content


def certificate_signed(attributes: Value) -> bytes:
    """RFC 5035: the SHA-256 of the signer's certificate, which is signed with the rest."""
    listed = read_all(read_one(attribute(attributes, SIGNING_CERTIFICATE)).content)[0]
    first = read_all(read_all(listed.content)[0].content)
    return next(each.content for each in first if each.tag == 0x04)


def holds(message: Message, told: bytes) -> bool:
    algorithm, bits = public_key(message.certificate)
    if message.made.family == "RSA" and algorithm.content.startswith(RSA_KEY):
        modulus, exponent = read_all(read_one(bits).content)
        numbers = int.from_bytes(modulus.content, "big"), int.from_bytes(exponent.content, "big")
        return verifies(*numbers, message.signature, told, message.made.over)
    curve = CURVES.get(algorithm.content[len(EC_KEY) :])
    if message.made.family != "ECDSA" or not algorithm.content.startswith(EC_KEY) or curve is None:
        raise Doubt(
            "The certificate's key is neither RSA nor on the curves P-256 and P-384, which is all this script computes "
            "with: use pdfsig for it."
        )
    return verifies_on_curve(curve, bits, message.signature, told)


def public_key(certificate: Value) -> tuple[Value, bytes]:
    fields = read_all(read_all(certificate.content)[0].content)
    algorithm, bits = read_all(fields[6 if fields[0].tag == 0xA0 else 5].content)
    return algorithm, bits.content[1:]


def verifies(modulus: int, exponent: int, signature: bytes, digest: bytes, made_by: str = "sha256") -> bool:
    """RFC 8017, 8.2.2: the padded digest is built and compared, never parsed."""
    size = (modulus.bit_length() + 7) // 8
    found = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    tail = b"\x00" + DIGEST_INFO[made_by] + digest
    return len(signature) == size and found == b"\x00\x01" + b"\xff" * (size - len(tail) - 2) + tail


def verifies_on_curve(curve: Curve, key: bytes, signature: bytes, digest: bytes) -> bool:
    """FIPS 186-4, 6.4 and SEC 1, 4.1.4; the key as an uncompressed point, the signature as two DER integers."""
    size = (curve.prime.bit_length() + 7) // 8
    point = int.from_bytes(key[1 : 1 + size], "big"), int.from_bytes(key[1 + size :], "big")
    if len(key) != 1 + 2 * size or key[0] != 4 or not on_curve(curve, point):
        raise Doubt("The certificate's key is no point of its curve.")
    pair = read_one(signature)
    first, second = read_all(pair.content)
    r, s = int.from_bytes(first.content, "big"), int.from_bytes(second.content, "big")
    written = b"".join(integer(each) for each in (r, s))
    if (pair.tag, pair.whole, pair.content) != (0x30, signature, written):
        return False
    if not (0 < r < curve.order and 0 < s < curve.order):
        return False
    told = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - curve.order.bit_length())
    inverse = pow(s, -1, curve.order)
    found = added(
        curve,
        multiple(curve, told * inverse % curve.order, curve.base),
        multiple(curve, r * inverse % curve.order, point),
    )
    return found is not None and found[0] % curve.order == r


def integer(value: int) -> bytes:
    """A positive INTEGER in its only DER form; those of the curves here are shorter than 128 bytes."""
    content = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes([2, len(content)]) + content


def on_curve(curve: Curve, point: tuple[int, int]) -> bool:
    x, y = point
    inside = max(x, y) < curve.prime
    return inside and (y * y - (x * x * x - 3 * x + curve.b)) % curve.prime == 0


def added(curve: Curve, one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """The sum of two points; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0] and (one[1] + other[1]) % curve.prime == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] - 3) * pow(2 * one[1], -1, curve.prime)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, curve.prime)
    x = (slope * slope - one[0] - other[0]) % curve.prime
    return x, (slope * (one[0] - x) - one[1]) % curve.prime


def multiple(curve: Curve, times: int, point: tuple[int, int]) -> tuple[int, int] | None:
    total: tuple[int, int] | None = None
    doubled: tuple[int, int] | None = point
    while times:
        if times & 1:
            total = added(curve, total, doubled)
        doubled, times = added(curve, doubled, doubled), times >> 1
    return total


def read_one(data: bytes) -> Value:
    """The first value of DER. Doubt for anything that is cut off or written in a longer way than needed."""
    if len(data) < 2:
        raise Doubt("The signature is cut off.")
    size, start = data[1], 2
    if size >= 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
        if not 1 <= count <= 4 or size < 0x80 or size >> (8 * (count - 1)) == 0:
            raise Doubt("A length in the signature is not in its shortest form.")
    if start + size > len(data):
        raise Doubt("The signature is cut off.")
    return Value(data[0], data[start : start + size], data[: start + size])


def read_all(data: bytes) -> list[Value]:
    found = []
    while data:
        found.append(read_one(data))
        data = data[len(found[-1].whole) :]
    return found


# --- What lies inside -------------------------------------------------------------------------------------------


def attachments(content: bytes) -> dict[str, bytes]:
    """By name: the files inside, unpacked. Only what the sealed pages hold is looked at."""
    pages = content[: content.index(b"%%EOF") + 6]
    parts = {number: unpacked(pages, head, start) for number, head, start in streams(pages)}
    found = {}
    for _, head in FILESPEC.findall(pages):
        name, place = re.search(rb"/UF \(([^()\\]{1,100})\)", head), re.search(rb"/EF << /F (\d+) 0 R", head)
        if name is None or place is None or place.group(1) not in parts:
            raise Doubt("An attachment is not described as a dossier describes its own.")
        if name.group(1).decode("ascii") in found:
            raise Doubt("Two attachments bear one name.")
        found[name.group(1).decode("ascii")] = parts[place.group(1)]
    return found


def streams(pages: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    for each in PART.finditer(pages):
        yield each.group(1), each.group(2), each.end()


def unpacked(pages: bytes, head: bytes, start: int) -> bytes:
    size, whole = re.search(rb"/Length (\d+)", head), re.search(rb"/Size (\d+)", head)
    if size is None or whole is None or int(whole.group(1)) > LARGEST_PART:
        raise Doubt("An attachment does not say how long it is, or is too long.")
    packed = pages[start : start + int(size.group(1))]
    if pages[start + len(packed) : start + len(packed) + 11] not in (b"\nendstream\n", b"endstream\ne"):
        raise Doubt("An attachment is not as long as it says.")
    if b"/FlateDecode" not in head:
        return packed
    reader = zlib.decompressobj()
    plain = reader.decompress(packed, int(whole.group(1)) + 1)
    if len(plain) != int(whole.group(1)) or reader.unconsumed_tail or not reader.eof:
        raise Doubt("An attachment does not unpack to the length it says.")
    return plain


def canonical(value: Any) -> bytes:  # Any: JSON
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_canonical(raw: bytes, name: str) -> Any:  # Any: JSON
    value = json.loads(raw.decode(), parse_float=lambda text: refuse(f"{name} holds the number {text}."))
    if canonical(value) != raw:
        raise Doubt(f"{name} is not in canonical form.")
    return value


def refuse(why: str) -> Any:
    raise Doubt(why)


def evidence_recomputes(content: bytes) -> str:
    raw = attached(content, EVIDENCE)
    evidence, digest = read_canonical(raw, EVIDENCE), hashlib.sha256(raw).hexdigest()
    named = {each.decode() for each in SUBJECT.findall(content[: content.index(b"%%EOF")])}
    if named != {digest}:
        raise Doubt(
            f"The attached evidence has the digest {digest}; the file says {', '.join(sorted(named)) or 'none'}."
        )
    wrong = [each["check"] for each in evidence["results"] if own_digest(each) != each["digest"]]
    if wrong:
        raise Doubt(f"These results are not what their digests say: {', '.join(wrong)}.")
    return f"{EVIDENCE} recomputes to {digest}, and so do its {len(evidence['results'])} results."


def own_digest(result: dict[str, Any]) -> str:
    return hashlib.sha256(
        canonical({key: value for key, value in result.items() if key != "digest"})
    ).hexdigest()


def extract_recomputes(content: bytes) -> str:
    entries = entries_of(content)
    before: dict[str, Any] | None = None
    for each in entries:
        body = read_canonical(each["body"].encode(), f"Entry {each['sequence']}")
        if leaf_of(each["body"]) != each["leaf"] or body["sequence"] != each["sequence"]:
            raise Doubt(f"Entry {each['sequence']} is not what its leaf says.")
        if before and each["sequence"] <= before["sequence"]:
            raise Doubt(f"Entry {each['sequence']} stands twice, or out of order.")
        if before and each["sequence"] == before["sequence"] + 1 and body["previous"] != before["leaf"]:
            raise Doubt(f"Entry {each['sequence']} does not follow from the one before it.")
        before = each
    return f"{len(entries)} entries recompute to their leaves."


def signatures_are_about_it(content: bytes) -> str:
    """What was signed last as the validator's conclusion is this evidence."""
    raw = attached(content, EVIDENCE)
    evidence = json.loads(raw)
    if evidence.get("kind") == "audit-report":
        return report_was_asked_for(content, evidence["asked"])
    digest = hashlib.sha256(raw).hexdigest()
    bodies = [json.loads(each["body"]) for each in entries_of(content)]
    signed = [body for body in bodies if body["event"] == "conclusion:signed"]
    if not signed or signed[-1]["facts"]["evidence"] != digest:
        raise Doubt("The newest signed conclusion of the extract is not about this evidence.")
    return f"Entry {signed[-1]['sequence']}: the conclusion was signed on this evidence."


def report_was_asked_for(content: bytes, asked: dict[str, Any]) -> str:
    """Nobody signs a report; the entry that asked for it names what it is of; its leaf is the sample's seed."""
    found = [each for each in entries_of(content) if each["sequence"] == asked["entry"]]
    body: dict[str, Any] = json.loads(found[0]["body"]) if found else {"event": "", "facts": {}}
    same = all(
        body["facts"].get(name) == asked[name]
        for name in ("report", "model", "since", "until", "sample_size")
    )
    if body["event"] != "audit_report:requested" or not same:
        raise Doubt("No entry of the extract asks for this report.")
    if found[0]["leaf"] != asked["seed"]:
        raise Doubt("The seed of the sample is not the leaf of the entry that asked for the report.")
    return f"Entry {asked['entry']} asked for this report; its leaf is the seed of the sample."


def leaf_of(body: str) -> str:
    return hashlib.sha256(b"\x00" + body.encode()).hexdigest()


def entries_of(content: bytes) -> list[dict[str, Any]]:
    extract = read_canonical(attached(content, EXTRACT), EXTRACT)
    if extract["format"] != "countersign-ledger-extract/1" or not extract["entries"]:
        raise Doubt(f"{EXTRACT} is no extract of a ledger, or holds nothing.")
    listed: list[dict[str, Any]] = extract["entries"]
    return listed


def attached(content: bytes, name: str) -> bytes:
    found = attachments(content).get(name)
    if found is None:
        raise Doubt(f"There is no {name} in the file.")
    return found


# --- Beside a bundle --------------------------------------------------------------------------------------------


def stands_in_bundle(content: bytes, bundle: Path) -> str:
    wanted = {each["sequence"]: each["body"] for each in entries_of(content)}
    digest, names_it = hashlib.sha256(content).hexdigest(), 0
    for body in bodies_in(bundle):
        said = json.loads(body)
        if wanted.get(said["sequence"]) == body:
            del wanted[said["sequence"]]
        if said["event"] in SEALED and said["facts"].get("signed") == digest:
            names_it = said["sequence"]
    if wanted:
        raise Doubt(f"The bundle holds entry {min(wanted)} otherwise than the file, or not at all.")
    if not names_it:
        raise Doubt(f"No entry of the bundle names a sealed file with the SHA-256 {digest}.")
    return f"Every entry of the extract stands there byte for byte, and entry {names_it} names this file."


def bodies_in(bundle: Path) -> Iterator[str]:
    with bundle.open("rb") as lines:
        for line in lines:
            said = json.loads(line)
            if isinstance(said, dict) and isinstance(said.get("entry"), dict) and "body" in said["entry"]:
                yield str(said["entry"]["body"])


# --- The report -------------------------------------------------------------------------------------------------


def examine(content: bytes, bundle: Path | None = None) -> list[Checked]:
    checks = [
        asked("The seal covers the whole file", lambda: covers_whole_file(content)),
        asked("The signature is written in one way only", lambda: written_in_one_way(content)),
        asked("Nothing follows the seal", lambda: nothing_follows(content)),
        asked("The signature is over these bytes", lambda: signed_these_bytes(content)),
        asked("The evidence recomputes", lambda: evidence_recomputes(content)),
        asked("The ledger extract recomputes", lambda: extract_recomputes(content)),
        asked("The evidence is what the extract speaks of", lambda: signatures_are_about_it(content)),
    ]
    # A seal that cannot be read has failed above already, with whatever stands beside it.
    if checks[3].holds and is_stamped(content):
        checks.insert(4, asked("The time stamp is over this seal", lambda: stamped(content)))
    if bundle is not None:
        checks.append(asked("The bundle holds what the file says", lambda: stands_in_bundle(content, bundle)))
    return checks


def asked(question: str, answer: Callable[[], str]) -> Checked:
    try:
        return Checked(question, holds=True, said=answer())
    except Doubt as doubt:
        return Checked(question, holds=False, said=str(doubt))
    except Exception as fault:  # noqa: BLE001 (hostile bytes: whatever a reader makes of them, the check has failed)
        return Checked(question, holds=False, said=f"It could not be read for this ({type(fault).__name__}).")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--bundle", type=Path, help="an export of the whole ledger")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    try:
        content = given.file.read_bytes() if given.file.stat().st_size <= LARGEST_FILE else b""
    except OSError as fault:
        sys.stderr.write(f"{given.file} cannot be read ({fault.strerror}).\n")
        return 2
    checks = examine(content, given.bundle)
    sys.stdout.write(as_json(content, checks) if given.json else as_text(content, checks))
    return 0 if all(each.holds for each in checks) else 1


def as_json(content: bytes, checks: list[Checked]) -> str:
    said = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "holds": all(each.holds for each in checks),
        "checks": [each._asdict() for each in checks],
        "cannot": list(CANNOT),
    }
    return json.dumps(said, indent=1) + "\n"


def as_text(content: bytes, checks: list[Checked]) -> str:
    lines = [f"SHA-256 {hashlib.sha256(content).hexdigest()}"]
    lines += [f"{'holds' if each.holds else 'FAILS'}  {each.question}. {each.said}" for each in checks]
    lines += ["What this script cannot say:", *(f"  {line}" for line in CANNOT)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
