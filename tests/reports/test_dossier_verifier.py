"""The script that examines a dossier alone: it is no part of the system, and no changed byte gets past it."""

from __future__ import annotations

import ast
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from mrm.lib import canonical
from reports import dossier_verifier as alone
from reports import inspection, offline
from reports.ledger import bundle_lines
from tests.reports.conftest import sealed_dossier

SEED, POSITIONS = 20261123, 150


def fails(content: bytes) -> list[str]:
    return [each.question for each in alone.examine(content) if not each.holds]


def test_script_needs_nothing_but_python():
    tree = ast.parse(offline.DOSSIER_FILE.read_text())
    named = {
        each.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for each in node.names
    }
    named |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= sys.stdlib_module_names


def test_sealed_file_holds_in_every_check_and_says_what_it_cannot(sealed_file, tmp_path):
    path = tmp_path / "dossier.pdf"
    path.write_bytes(sealed_file)
    (tmp_path / "alone.py").write_bytes(offline.dossier_content())
    run = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "alone.py"), str(path), "--json"],
        capture_output=True,
        check=False,
        cwd="/",
        env={},
    )
    said = json.loads(run.stdout)
    assert (run.returncode, said["holds"], len(said["checks"])) == (0, True, 7)
    assert said["sha256"] == canonical.sha256(sealed_file)
    assert len(said["cannot"]) == 4


@pytest.mark.control("security:tamper")
def test_no_changed_byte_gets_past_it(sealed_file):
    held = inspection.ranges(sealed_file)
    draw = random.Random(SEED)
    anywhere = [draw.randrange(len(sealed_file)) for _ in range(POSITIONS)]
    # The gap is covered by nothing but its own spelling: every third digit of the signature is turned.
    signature = 2 * len(alone.read_one(alone.container_of(sealed_file)).whole)
    gap = [*range(held.before, held.before + signature, 3), held.after - 1]
    for at in (*anywhere, *gap):
        changed = bytearray(sealed_file)
        changed[at] ^= 1 << draw.randrange(8)
        assert fails(bytes(changed)), at


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file + b"\n",
        lambda file: file + file[file.rindex(b"xref") :],
        lambda file: file[:-1],
        lambda _: b"%PDF-1.4\n%%EOF\n",
        lambda _: b"",
        lambda file: file.replace(b"/ByteRange [0 ", b"/ByteRange [1 "),
    ],
)
def test_file_of_another_shape_fails(sealed_file, change):
    assert fails(change(sealed_file))


def test_seal_of_another_file_fails(sealed_file):
    """The signature lifted onto other pages of the same length."""
    at = sealed_file.index(b"/Title (")
    other = sealed_file[: at + 8] + b"X" + sealed_file[at + 9 :]
    assert "The signature is over these bytes" in fails(other)


def test_its_rsa_agrees_with_the_library_on_good_and_bad_signatures():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    numbers, told = key.public_key().public_numbers(), alone.hashlib.sha256(b"words").digest()
    signature = key.sign(b"words", padding.PKCS1v15(), hashes.SHA256())
    assert alone.verifies(numbers.n, numbers.e, signature, told)
    assert not alone.verifies(numbers.n, numbers.e, signature, alone.hashlib.sha256(b"other").digest())
    assert not alone.verifies(numbers.n, numbers.e, signature[:-1] + bytes([signature[-1] ^ 1]), told)
    forged = key.sign(b"words", padding.PKCS1v15(), hashes.SHA384())
    assert not alone.verifies(numbers.n, numbers.e, forged, told)


@pytest.mark.parametrize(
    "der", [b"", b"\x30", b"\x30\x05\x00", b"\x30\x81\x05aaaaa", b"\x30\x82\x00\x85" + b"a" * 133]
)
def test_der_that_is_cut_off_or_longer_than_needed_is_refused(der):
    with pytest.raises(alone.Doubt):
        alone.read_one(der)


# --- Beside a bundle --------------------------------------------------------------------------------------------


@pytest.fixture
def bundled(approved, tmp_path) -> tuple[Path, Path]:
    _, content = sealed_dossier(approved)
    file, bundle = tmp_path / "d.pdf", tmp_path / "ledger.jsonl"
    file.write_bytes(content)
    bundle.write_bytes(b"".join(bundle_lines(actor=approved.cast.quinn)))
    return file, bundle


def test_bundle_holds_the_extract_and_names_the_file(bundled):
    file, bundle = bundled
    assert "names this file" in alone.stands_in_bundle(file.read_bytes(), bundle)
    said = io.StringIO()
    call_command("verify_dossier", str(file), "--bundle", str(bundle), stdout=said)
    assert "The bundle holds what the file says" in said.getvalue()


@pytest.mark.control("security:tamper")
def test_bundle_with_another_entry_fails(bundled):
    file, bundle = bundled
    whole = bundle.read_bytes()
    for entry in alone.entries_of(file.read_bytes())[:5]:
        body = json.dumps(entry["body"], ensure_ascii=False)[1:-1].encode()
        bundle.write_bytes(
            whole.replace(body, body.replace(b"Dana", b"Dora", 1).replace(b"Victor", b"Viktor", 1), 1)
        )
        if bundle.read_bytes() != whole:
            with pytest.raises(alone.Doubt):
                alone.stands_in_bundle(file.read_bytes(), bundle)


def test_bundle_without_the_file_fails(bundled):
    file, bundle = bundled
    lines = [line for line in bundle.read_bytes().splitlines(keepends=True) if b"dossier:signed" not in line]
    bundle.write_bytes(b"".join(lines))
    with pytest.raises(alone.Doubt, match="No entry of the bundle names"):
        alone.stands_in_bundle(file.read_bytes(), bundle)
