"""Examine a sealed dossier without the system that made it.

    python dossier_verifier.py FILE.pdf [--bundle LEDGER.jsonl] [--json]

Python 3.9 or later is all it takes: this one file imports nothing else, opens no network and writes nothing.

What it recomputes, from the PDF alone: that the seal covers every byte but itself, is written in one way only and is
the last thing in the file; that the covered bytes have the digest that was signed, and that the signature over it was
made with the key of the certificate inside (RSA); every digest of the evidence; every leaf of the attached ledger
extract, and that entries which follow one another name each other. With --bundle, an export of the whole ledger: that
the extract stands in it byte for byte, and that one of its entries names this very file. Examine the bundle itself with
verifier.py.

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
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # SHA-256, PKCS #1 v1.5 (RFC 8017, 9.2)
# Object identifiers and algorithms as DER writes them, the parameters left out or NULL (RFC 5652, 8017, 5035).
SIGNED_DATA, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("300b06092a864886f70d010701")
MESSAGE_DIGEST, RSA_KEY = bytes.fromhex("06092a864886f70d010904"), bytes.fromhex("06092a864886f70d010101")
SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
SHA256_WITH = (bytes.fromhex("300b0609608648016503040201"), bytes.fromhex("300d06096086480165030402010500"))
RSA_WITH = tuple(
    bytes.fromhex(each)
    for each in (
        "300b06092a864886f70d010101",
        "300d06092a864886f70d0101010500",
        "300b06092a864886f70d01010b",
        "300d06092a864886f70d01010b0500",
    )
)
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
    "Times: they are the word of the system that wrote them.",
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
    if attribute(message.attributes, MESSAGE_DIGEST) != b"\x04\x20" + hashlib.sha256(covered).digest():
        raise Doubt("The covered bytes have another digest than the one that was signed.")
    fingerprint = hashlib.sha256(message.certificate.whole).digest()
    if certificate_signed(message.attributes) != fingerprint:
        raise Doubt("The certificate inside is not the one that the signature names.")
    modulus, exponent = rsa_key(message.certificate)
    # What is signed is the SET, not the tag it stands under in the message.
    told = hashlib.sha256(b"\x31" + message.attributes.whole[1:]).digest()
    if not verifies(modulus, exponent, message.signature, told):
        raise Doubt("The signature was not made over this with the key of the certificate inside.")
    beside = (
        f" {message.beside} bytes beside it (a chain, a time stamp) are not examined."
        if message.beside
        else ""
    )
    return f"Signed with the key of the certificate {fingerprint.hex()}.{beside}"


class Message(NamedTuple):
    """The message a seal is made of. `beside` counts the bytes of further certificates and of what was not signed."""

    certificate: Value
    attributes: Value
    signature: bytes
    beside: int


def message_in(container: bytes) -> Message:
    """Every byte of it is either proven by the signature or has to be the one that stands here; what may stand beside
    it (further certificates, a time stamp) is counted."""
    outer = read_one(container)
    kind, wrapped = read_all(outer.content)
    inner = read_one(wrapped.content)
    version, digests, data, certificates, infos = read_all(inner.content)
    tags = [each.tag for each in (outer, wrapped, inner, digests, certificates, infos)]
    fixed = (kind.whole, version.whole, data.whole, digests.content in SHA256_WITH)
    if tags != [0x30, 0xA0, 0x30, 0x31, 0xA0, 0x31] or fixed != (SIGNED_DATA, b"\x02\x01\x01", DATA, True):
        raise Doubt("The signature is not the kind of message that a dossier is sealed with.")
    (info,) = read_all(infos.content)
    one, named, digest, attributes, made_with, signature, *rest = read_all(info.content)
    tags = [each.tag for each in (info, named, attributes, signature)]
    held = (one.whole, digest.whole in SHA256_WITH, made_with.whole in RSA_WITH)
    if tags != [0x30, 0x30, 0xA0, 0x04] or held != (b"\x02\x01\x01", True, True) or len(rest) > 1:
        raise Doubt("The signature is not written as a dossier's seal is.")
    listed = read_all(certificates.content)
    found = [each for each in listed if named.content == issuer_and_serial(each)]
    if len(found) != 1:
        raise Doubt("The signer's certificate is not in the file.")
    beside = sum(len(each.whole) for each in (*listed, *rest)) - len(found[0].whole)
    return Message(found[0], attributes, signature.content, beside)


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


def rsa_key(certificate: Value) -> tuple[int, int]:
    fields = read_all(read_all(certificate.content)[0].content)
    key = fields[6 if fields[0].tag == 0xA0 else 5]
    algorithm, bits = read_all(key.content)
    if not algorithm.content.startswith(RSA_KEY):
        raise Doubt(
            "The certificate's key is not RSA, which is all this script computes with: use pdfsig for it."
        )
    modulus, exponent = read_all(read_one(bits.content[1:]).content)
    return int.from_bytes(modulus.content, "big"), int.from_bytes(exponent.content, "big")


def verifies(modulus: int, exponent: int, signature: bytes, digest: bytes) -> bool:
    """RFC 8017, 8.2.2: the padded digest is built and compared, never parsed."""
    size = (modulus.bit_length() + 7) // 8
    found = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    tail = b"\x00" + DIGEST_INFO + digest
    return len(signature) == size and found == b"\x00\x01" + b"\xff" * (size - len(tail) - 2) + tail


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
