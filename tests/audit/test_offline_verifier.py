"""The one file an examiner downloads: it finds every change, says where, and promises nothing it did not verify."""

import ast
import base64
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verifier
from audit.checkpoint import SigningKey
from tests.audit import made
from tests.audit.made import FIRST, SECOND, THIEF

FILE = Path(verifier.__file__)
VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")

# The eight leaves of the reference implementation of RFC 6962 (certificate-transparency, merkle tree tests).
LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# RFC 8032, 7.1, tests 1 to 3: public key, message, signature.
SIGNED = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def examined(content, key=None, notes=()):
    return verifier.examine(io.BytesIO(content), key=key, notes=notes)


def faults(found):
    return [(fault.code, fault.place) for fault in found.faults]


@pytest.fixture(scope="module")
def whole():
    """64 entries, the last of them under a checkpoint too."""
    return made.made(made.full_plan(sizes=(1, 7, 39, 40, 64)))


@pytest.fixture(scope="module")
def small():
    return made.made(made.small_plan())


# Known answers


def test_tree_has_the_roots_of_the_reference_implementation():
    tree = verifier.Tree()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.append(verifier.leaf_of(bytes.fromhex(leaf)))
        assert tree.root() == root


@pytest.mark.parametrize(("public", "message", "signature"), SIGNED)
def test_signatures_of_the_rfc_verify_and_no_other_message_does(public, message, signature):
    public, message, signature = map(bytes.fromhex, (public, message, signature))
    assert verifier.verifies(public, signature, message)
    assert not verifier.verifies(public, signature, message + b"x")


def test_a_published_signed_note_verifies_under_its_published_key():
    # The example of golang.org/x/mod/sumdb/note.
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    said = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    content = base64.b64decode(line)
    assert content[:4] == hashlib.sha256(b"PeterNeumann\n\x01" + public).digest()[:4]
    assert verifier.verifies(public, content[4:], said)


def test_signatures_of_the_library_verify_and_altered_ones_do_not():
    chance = random.Random(8032)
    for size in range(20):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = private.public_key().public_bytes_raw(), chance.randbytes(size * 7)
        signature = private.sign(message)
        altered = bytearray(signature)
        altered[chance.randrange(64)] ^= 1 << chance.randrange(8)
        assert verifier.verifies(public, signature, message)
        assert not verifier.verifies(public, bytes(altered), message)


def test_a_signature_has_one_form_and_so_has_a_key():
    public, message, signature = (bytes.fromhex(each) for each in SIGNED[1])
    s = int.from_bytes(signature[32:], "little") + verifier.L
    assert not verifier.verifies(public, signature[:32] + s.to_bytes(32, "little"), message)
    assert verifier._point((1).to_bytes(32, "little"))  # the neutral point
    assert not verifier._point((verifier.P + 1).to_bytes(32, "little"))  # the same in other bytes
    assert not verifier._point((1 | 1 << 255).to_bytes(32, "little"))


def test_openssl_verifies_the_same_checkpoint(whole, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl here.")
    note, public = whole.notes[7], FIRST.public.public
    prefix = bytes.fromhex("302a300506032b6570032100")  # SubjectPublicKeyInfo of Ed25519, RFC 8410
    (tmp_path / "key").write_bytes(prefix + public)
    (tmp_path / "signature").write_bytes(note.signatures[0].value)
    for said, expected in ((note.body.encode(), 0), (note.body.encode() + b"x", 1)):
        (tmp_path / "said").write_bytes(said)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in said -sigfile signature"
        done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == expected
        assert verifier.verifies(public, note.signatures[0].value, said) == (expected == 0)


# Verdicts


def test_a_whole_ledger_is_intact_with_a_key_or_a_checkpoint_from_outside(whole):
    for outside in ({"key": whole.key_text}, {"key": FIRST.public.text}, {"notes": [whole.notes[7].text]}):
        found = examined(whole.content, **outside)
        assert (found.verdict, faults(found)) == ("intact", [])
    assert (found.entries, found.segments, found.records, found.checkpoints) == (64, 3, 10, 5)
    assert (found.head, found.covered, found.outside) == (whole.leaves[-1].hex(), 64, 7)
    assert found.root == made.tree.root(whole.leaves).hex()


def test_without_anything_from_outside_it_is_unproven(whole):
    found = examined(whole.content)
    assert (found.verdict, faults(found)) == ("unproven", [])
    assert any("No public key was given" in each for each in found.unproven)


def test_a_key_that_signed_nothing_here_proves_nothing():
    # A thief's ledger that names the key you trust in a rotation, after everything that was signed.
    forged = made.made(made.full_plan(keys={1: THIEF, 60: FIRST}, sizes=(1, 7, 39, 50)))
    unsigned = made.made(made.full_plan(keys={1: FIRST}, sizes=()))
    for each, covered in ((forged, 50), (unsigned, 0)):
        found = examined(each.content, key=FIRST.public.text)
        assert (found.verdict, faults(found), found.covered) == ("unproven", [], covered)


def test_a_key_is_never_in_force_twice():
    returned = made.made(made.full_plan(keys={1: FIRST, 8: SECOND, 40: FIRST}, sizes=(8, 39)))
    assert faults(examined(returned.content)) == [("key", 40)]


def test_a_key_of_another_log_is_a_fault(whole):
    assert faults(examined(whole.content, key=THIEF.public.text)) == [("key", 0)]


def test_an_empty_ledger_is_read_and_proves_nothing():
    empty = made.made(made.Plan(entries=0, keys={}, sizes=(), origin=""))
    found = examined(empty.content)
    assert (found.verdict, found.head, found.root) == ("unproven", "0" * 64, "")


@pytest.mark.control("ledger:tamper-evidence")
def test_no_flipped_byte_leaves_a_bundle_intact(small):
    chance = random.Random(64)
    for place in range(len(small.content)):
        flipped = bytearray(small.content)
        flipped[place] ^= 1 << chance.randrange(8)
        assert examined(bytes(flipped), key=small.key_text).verdict in {"broken", "unreadable"}, place


def test_a_bundle_cut_after_any_line_or_byte_is_unreadable(small):
    for end in range(len(small.lines)):
        assert examined(b"".join(small.lines[:end]), key=small.key_text).verdict == "unreadable"
    for end in range(0, len(small.content), 7):
        assert examined(small.content[:end], key=small.key_text).verdict == "unreadable"


def test_what_follows_the_end_is_refused(small):
    for more in (b"\n", b" ", small.lines[-1], small.lines[-2]):
        assert examined(small.content + more, key=small.key_text).verdict == "unreadable"


# Positions


def _first_fault(whole, lines):
    found = examined(b"".join(made.recounted(lines)), key=whole.key_text)
    assert found.verdict == "broken"
    return faults(found)[0]


@pytest.mark.parametrize("sequence", range(1, 65))
def test_a_missing_entry_is_seen_where_it_is_missing(whole, sequence):
    lines = list(whole.lines)
    del lines[whole.first_entry + sequence - 1]
    assert _first_fault(whole, lines) == (
        ("sequence", sequence + 1) if sequence < 64 else ("checkpoint-size", 64)
    )


@pytest.mark.parametrize("sequence", range(1, 65))
def test_an_entry_that_stands_twice_is_seen_where_it_stands(whole, sequence):
    lines = list(whole.lines)
    lines.insert(whole.first_entry + sequence, lines[whole.first_entry + sequence - 1])
    assert _first_fault(whole, lines) == ("sequence", sequence)


@pytest.mark.parametrize("sequence", range(1, 64))
def test_two_entries_that_changed_places_are_seen(whole, sequence):
    lines, at = list(whole.lines), whole.first_entry + sequence - 1
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    assert _first_fault(whole, lines) == ("sequence", sequence + 1)


@pytest.mark.parametrize("sequence", range(1, 65))
def test_an_entry_of_another_ledger_is_seen_where_it_stands(whole, sequence):
    foreign = made.made(made.full_plan(story="foreign", keys={2: FIRST}, sizes=(2, 7, 39, 40, 64)))
    lines, at = list(whole.lines), whole.first_entry + sequence - 1
    lines[at] = foreign.lines[at]
    # The first of another ledger names no entry before it, so the second is the first to contradict it.
    assert _first_fault(whole, lines) == ("previous", max(sequence, 2))


@pytest.mark.parametrize("column", ["actor_id", "actor_name", "at", "event", "subject_id", "subject_type"])
def test_a_column_that_says_something_else_is_seen(whole, column):
    lines, at = list(whole.lines), whole.first_entry + 8
    entry = json.loads(lines[at])
    entry["entry"][column] += "x"
    lines[at] = made.line(entry)
    assert faults(examined(b"".join(made.sealed(lines)))) == [("projection", 9)]


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", "[" * 5000 + "]" * 5000, '{"version":1}', "1" * 5000, "NaN", '"\\ud800"', " {}"],
)
def test_a_body_that_is_none_is_one_fault_and_read_no_further(whole, body):
    lines, at = list(whole.lines), whole.first_entry + 63
    entry = json.loads(lines[at])["entry"]
    entry |= {"body": body, "leaf": hashlib.sha256(b"\x00" + body.encode()).hexdigest()}
    lines[at] = made.line({"entry": entry})
    assert faults(examined(b"".join(made.sealed(lines)))) == [("canonical", 64), ("checkpoint-root", 64)]


@pytest.mark.parametrize(("levels", "expected"), [(62, []), (63, [("canonical", 9)])])
def test_a_body_is_nested_at_most_64_deep_on_every_python(whole, levels, expected):
    # The body and its facts are two levels; they hold so many lists, one in another.
    lines, at = list(whole.lines), whole.first_entry + 8
    entry = json.loads(lines[at])["entry"]
    body = entry["body"].replace('"grade":2', f'"grade":{"[" * levels}{"]" * levels}')
    entry |= {"body": body, "leaf": hashlib.sha256(b"\x00" + body.encode()).hexdigest()}
    lines[at] = made.line({"entry": entry})
    found = faults(examined(b"".join(made.sealed(lines))))
    assert [each for each in found if each[0] == "canonical"] == expected


def test_a_body_that_is_not_text_is_held_in_hex(small):
    def with_raw(raw):
        entry = json.loads(small.lines[-2])["entry"]
        del entry["body"]
        entry |= {"raw": raw, "leaf": hashlib.sha256(b"\x00" + bytes.fromhex(raw)).hexdigest()}
        return examined(b"".join(made.sealed([*small.lines[:-2], made.line({"entry": entry}), b""])))

    assert faults(with_raw("ff00"))[0] == ("canonical", 4)
    assert with_raw("7b7d").verdict == "unreadable"  # these bytes are UTF-8 and must stand as text


# Checkpoints and keys


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n", "\r\n"),
        lambda note: note.replace("\n", "\n ", 1),
        lambda note: note + "\n",
        lambda note: note + note.split("\n")[4] + "\n",
        lambda note: note[:-1],
        lambda note: note.replace("/", "/\x1b", 1),
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.replace("\n7\n", "\n٧\n"),
        lambda note: note.replace("\n7\n", "\n7\t\n"),
        lambda note: note.replace("—", "-"),
        lambda note: note.replace("=\n\n", "\n\n"),
        lambda note: note.replace("=\n", "\n"),
        lambda note: note.upper(),
        lambda note: note.replace("\n\n", "\nmore\n\n"),
        lambda note: note.replace("\n", "\u2028", 1),
        lambda _: "x" * 3000,
        lambda _: "",
    ],
)
def test_a_checkpoint_is_written_in_one_way_only(whole, change):
    note = whole.notes[7].text
    altered = change(note)
    assert altered != note
    assert faults(examined(whole.content, notes=[altered])) == [("anchor-note", 0)]
    lines = [*whole.lines]
    lines[2] = made.line({"checkpoint": altered})
    assert faults(examined(b"".join(made.sealed(lines)))) == [("checkpoint-note", 3)]


def test_a_checkpoint_of_another_log_is_none_of_this(whole):
    other = SigningKey("other.example/ledger", bytes(32))
    note = made.checkpoint.signed(origin=other.origin, size=7, root=whole.notes[7].root, keys=[other])
    assert faults(examined(whole.content, notes=[note.text])) == [("anchor-note", 0)]
    lines = [*whole.lines]
    lines[2] = made.line({"checkpoint": note.text})
    assert faults(examined(b"".join(made.sealed(lines)))) == [("checkpoint-order", 7)]


def test_base64_with_spare_bits_is_refused(whole):
    lines = whole.notes[7].text.split("\n")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spare = alphabet[alphabet.index(lines[2][-2]) + 1]
    lines[2] = f"{lines[2][:-2]}{spare}="
    assert base64.b64decode(lines[2]) == whole.notes[7].root
    assert verifier.read_note("\n".join(lines)) is None


@pytest.mark.control("ledger:stolen-key")
def test_a_ledger_rewritten_with_the_stolen_key_is_contradicted_by_an_old_checkpoint_only(whole):
    forged = made.made(made.full_plan(story="forged", sizes=(1, 7, 39, 40, 64)))
    found = examined(forged.content, key=forged.key_text)
    assert found.verdict == "intact"
    assert any("whoever holds the private key could have rewritten" in each for each in found.unproven)
    caught = examined(forged.content, key=forged.key_text, notes=[whole.notes[39].text])
    assert (caught.verdict, faults(caught)) == ("broken", [("anchor-root", 39)])


def test_a_ledger_cut_back_is_contradicted_by_a_newer_checkpoint(whole):
    shorter = made.made(made.full_plan(entries=50, sizes=(1, 7, 39, 40, 50)))
    assert examined(shorter.content, key=shorter.key_text).verdict == "intact"
    assert faults(examined(shorter.content, notes=[whole.anchor])) == [("anchor-size", 64)]


def test_a_rotation_counts_when_both_keys_signed_it(whole):
    note = made.signed(whole.plan, 40, whole.leaves, [SECOND])
    lines = list(whole.lines)
    lines[4] = made.line({"checkpoint": note.text})
    assert faults(examined(b"".join(made.sealed(lines)), key=whole.key_text)) == [("key", 40)]
    before = [*lines[:4], *lines[6:]]  # nothing was signed since the rotation
    assert faults(examined(b"".join(made.recounted(before)), key=FIRST.public.text)) == []


@pytest.mark.parametrize("signer", [FIRST, THIEF])
def test_only_the_key_in_force_signs(whole, signer):
    note = made.signed(whole.plan, 64, whole.leaves, [signer])
    lines = list(whole.lines)
    lines[5] = made.line({"checkpoint": note.text})
    assert faults(examined(b"".join(made.sealed(lines)))) == [("checkpoint-signature", 64)]


def test_a_rotation_that_names_another_key_brings_none():
    plan = made.full_plan(keys={1: FIRST, 40: SECOND}, sizes=(64,))
    rows = made.entries_of(made.made(plan).lines)
    kept = [made.fact_of(row) for row in rows]
    kept[39].facts["previous"] = THIEF.public.text
    rows = made.chained(kept)
    leaves = [bytes.fromhex(row["leaf"]) for row in rows]
    note = made.signed(plan, 64, leaves, [FIRST, SECOND])
    assert faults(examined(b"".join(made.bundle(plan, rows, [note])))) == [("key", 40)]


# Segments


def _with_segment(whole, place, **changes):
    lines, at = list(whole.lines), len(whole.notes) + place
    content = json.loads(lines[at])["segment"]
    lines[at] = made.line({"segment": {**content, **changes}})
    return faults(examined(b"".join(made.sealed(lines))))


def test_a_segment_is_what_its_entry_says(whole):
    first, _, third = ([each.hex() for each in segment.records] for segment in whole.plan.segments)
    assert _with_segment(whole, 1, log="access") == [("segment-size", 1)]
    assert _with_segment(whole, 1, records=first[:2]) == [("segment-size", 1)]
    assert _with_segment(whole, 1, records=first[::-1]) == [("segment-root", 1)]
    assert _with_segment(whole, 2, records=[third[0]]) == [("segment-root", 2), ("segment-record", 3)]
    assert _with_segment(whole, 2, records=[]) == [("segment-size", 2)]
    assert _with_segment(whole, 2, number=3) == [("segment-number", 3), ("segment-entry", 2)]
    assert _with_segment(whole, 3, number=4) == [("segment-number", 4), ("segment-entry", 3)]


@pytest.mark.parametrize("second", [made.records(3, "d")[1:], made.records(2, "e") * 2])
def test_a_record_stands_once(second):
    segments = (made.Segment(2, "decisions", made.records(3, "d")), made.Segment(4, "access", second))
    content = made.made(made.small_plan(segments=segments)).content
    assert faults(examined(content)) == [("segment-record", 2)]


def test_two_entries_that_seal_one_segment_are_seen():
    sealed = made.Segment(2, "access", made.records(2))
    facts = [
        made.fact_of(row) for row in made.entries_of(made.made(made.small_plan(segments=(sealed,))).lines)
    ]
    plan = made.small_plan(segments=(sealed,))
    rows = made.chained([*facts[:3], facts[1]])
    assert faults(examined(b"".join(made.bundle(plan, rows, [])))) == [("segment-entry", 1)]


def test_a_missing_segment_and_one_without_entry_are_seen(whole):
    lines = list(whole.lines)
    del lines[len(whole.notes) + 3]
    assert faults(examined(b"".join(made.recounted(lines)))) == [("segment-entry", 3)]
    more = [
        *whole.lines[:9],
        made.line({"segment": {"log": "access", "number": 4, "records": []}}),
        *whole.lines[9:],
    ]
    assert faults(examined(b"".join(made.recounted(more)))) == [("segment-entry", 4)]


def test_the_first_line_counts_and_the_last_line_seals(whole):
    lines = list(whole.lines)
    lines[0] = made.line({"bundle": made.header(whole.plan.origin, 5, 3, 65)})
    assert faults(examined(b"".join(made.sealed(lines)))) == [("count", 0)]
    assert faults(examined(b"".join(lines)))[-1] == ("end", len(lines))


# Proofs


def test_a_proof_holds_for_every_entry_and_every_size(whole):
    for size in whole.notes:
        for sequence in range(1, size + 1):
            key = (FIRST if size < 40 else SECOND).public.text
            found = examined(made.proof(whole, sequence, size=size), key=key)
            assert (found.verdict, found.covered) == ("intact", size)


def test_a_proof_of_a_record_holds_and_no_changed_byte_leaves_it_intact():
    bodies = [f'{{"nonce":"{number}"}}' for number in range(5)]
    leaves = tuple(made.chain.leaf_of(body.encode()) for body in bodies)
    plan = made.small_plan(segments=(made.Segment(3, "access", leaves),))
    whole = made.made(plan)
    for position in range(5):
        content = made.proof(whole, 3, size=4, position=position, bodies=bodies)
        assert examined(content, key=FIRST.public.text).verdict == "intact"
        assert examined(content).verdict == "unproven"
        assert faults(examined(content, key=THIEF.public.text)) == [("key", 0)]
    for place in range(len(content)):
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert examined(flipped, key=FIRST.public.text).verdict in {"broken", "unreadable"}, place


def test_a_record_is_proven_in_a_segment_only(small):
    proof = json.loads(made.proof(small, 2, size=4))
    proof["proof"]["record"] = {"body": "{}", "path": [], "position": 0}
    assert faults(examined(made.line(proof))) == [("proof-record", 2)]


# Bad input, the command and the file itself

HOSTILE = (
    b"",
    b"\n",
    b"\x00\n",
    b"\xff\xfe{\x00",
    b"\xef\xbb\xbf{}\n",
    b"[" * 100_000 + b"\n",
    b'{"bundle":' * 50_000 + b"\n",
    b"[" * 900 + b"]" * 900 + b"\n",
    b'{"bundle":' + b"9" * 100_000 + b"}\n",
    b'{"bundle":1e999999}\n',
    b'{"bundle":-0}\n',
    b'{"bundle":NaN}\n',
    b'{"bundle":{"origin":"\\ud800"}}\n',
    b'{"bundle":{},"bundle":{}}\n',
    b'{"proof":null}\n',
    b'{"proof":{"format":"countersign-proof/1"}}\n',
    b'{"proof":{"format":"countersign-proof/1","record":0}}\n',
    b"x" * (2 * 1024 * 1024 + 1) + b"\n",
    os.urandom(5000),
    b"null\n",
    b'"bundle"\n',
    b"{}\n",
)


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_file_holds_the_answer_is_a_verdict(content):
    assert examined(content).verdict == "unreadable"


@pytest.mark.parametrize(
    "line",
    [b"", b" ", b"\r", b"null", b'{"entry":null}', b'{"segment":[]}', b'{"checkpoint":1}', b'{"other":{}}'],
)
def test_a_line_that_is_none_makes_a_bundle_unreadable(small, line):
    for at in range(1, len(small.lines)):
        lines = [*small.lines[:at], line + b"\n", *small.lines[at:]]
        assert examined(b"".join(made.sealed(lines))).verdict == "unreadable"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"leaf":"', b'"leaf":"x'),
        (b'"sha256":"', b'"sha256":"x'),
        (b'"entries":4', b'"entries":-4'),
        (b'"entries":4', b'"entries":true'),
        (b'"records":["', b'"records":["0'),
        (b"ledger/1", b"ledger/2"),
    ],
)
def test_hashes_and_counts_are_written_in_one_way_only(small, old, new):
    content = small.content.replace(old, new, 1)
    assert content != small.content
    assert examined(content).verdict == "unreadable"


def test_lines_stand_in_the_order_of_their_kinds(small):
    lines = list(small.lines)
    for at in (1, 3, 4):
        moved = [*lines[:at], *lines[at + 1 : -1], lines[at], lines[-1]]
        verdict = examined(b"".join(made.sealed(moved))).verdict
        assert verdict == ("unreadable" if at < 4 else "broken")


def run(python, *arguments):
    return subprocess.run(
        [python, str(FILE), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )


def test_the_command_says_the_verdict_in_words_in_json_and_by_its_exit(whole, tmp_path):
    (tmp_path / "bundle").write_bytes(whole.content)
    (tmp_path / "note").write_text(whole.anchor, encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    bundle, note = tmp_path / "bundle", tmp_path / "note"
    expected = {
        (bundle, "--key", whole.key_text): (0, "INTACT"),
        (bundle, "--checkpoint", note, "--checkpoint", note): (0, "INTACT"),
        (bundle,): (3, "UNPROVEN"),
        (bundle, "--checkpoint", tmp_path / "binary"): (1, "BROKEN"),
        (bundle, "--checkpoint", tmp_path / "none"): (2, "UNREADABLE"),
        (bundle, "--key", "nonsense"): (2, "UNREADABLE"),
        (tmp_path / "none",): (2, "UNREADABLE"),
        (tmp_path,): (2, "UNREADABLE"),
        (tmp_path / "binary",): (2, "UNREADABLE"),
    }
    for arguments, (code, word) in expected.items():
        done = run(sys.executable, *arguments)
        assert (done.returncode, done.stdout.split(":")[0], done.stderr) == (code, word, "")
    for arguments in list(expected)[2:5]:
        done = run(sys.executable, *arguments, "--json")
        said = json.loads(done.stdout)
        assert (said["format"], verifier.EXITS[said["verdict"]]) == ("countersign-verdict/1", done.returncode)


def pythons():
    """Every other version that is here and starts: a name on the PATH may be a stub. What is not here is no test left
    out: that the file's syntax and imports are those of the oldest is asked below on any machine."""
    roots = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    for version in VERSIONS:
        named = [each / f"python{version}" for each in roots if (each / f"python{version}").exists()]
        path = str(named[0]) if named else shutil.which(f"python{version}")
        if path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            yield pytest.param(path, id=version)


@pytest.mark.parametrize("python", [*pythons(), pytest.param(sys.executable, id="running")])
def test_every_supported_python_says_the_same(whole, python, tmp_path):
    lines = list(whole.lines)
    del lines[whole.first_entry + 20]
    contents = (whole.content, b"".join(lines), made.proof(whole, 9, size=39), *HOSTILE[5:7])
    for number, content in enumerate(contents):
        (tmp_path / str(number)).write_bytes(content)
        done = run(python, tmp_path / str(number), "--key", FIRST.public.text, "--json")
        expected = examined(content, key=FIRST.public.text)
        assert (done.stderr, json.loads(done.stdout)) == ("", expected.plain())
        assert done.returncode == verifier.EXITS[expected.verdict]


def test_the_file_needs_nothing_but_the_standard_library_of_the_oldest_python():
    parsed = ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {each.name for node in ast.walk(parsed) if isinstance(node, ast.Import) for each in node.names}
    names |= {node.module for node in ast.walk(parsed) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names
