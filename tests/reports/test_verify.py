"""The verifier believes nothing: one byte anywhere, another spelling of the same signature, anything appended."""

from __future__ import annotations

import io
import random

import pytest

from reports import inspection
from reports.verify import check_file, check_ledger, verify

pytestmark = pytest.mark.control("dossier:tamper-evident")
SAMPLE = 24


def fails(content: bytes) -> list[str]:
    return [each.question for each in check_file(content) if not each.holds]


def test_sealed_file_is_genuine(sealed):
    assert [each for each in verify(sealed).checks if not each.holds] == []


def test_any_changed_byte_outside_the_signature_is_seen_without_the_ledger(sealed_file):
    held = inspection.ranges(sealed_file)
    draw = random.Random(5)
    covered = [*range(held.before), *range(held.after, len(sealed_file))]
    for at in sorted(draw.sample(covered, SAMPLE)):
        changed = bytearray(sealed_file)
        changed[at] ^= 1 << draw.randrange(8)
        assert fails(bytes(changed)), at


def test_any_changed_byte_of_the_signature_is_seen_with_the_ledger(sealed):
    held = inspection.ranges(sealed)
    for at in random.Random(6).sample(range(held.before, held.after), SAMPLE):
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert not all(each.holds for each in check_ledger(bytes(changed))), at


def test_padding_behind_the_signature_must_be_zero(sealed_file):
    held = inspection.ranges(sealed_file)
    changed = bytearray(sealed_file)
    changed[held.after - 2] = ord("1")
    assert "The signature is written in one way only" in fails(bytes(changed))


def test_other_case_of_the_digits_is_another_file(sealed_file):
    held = inspection.ranges(sealed_file)
    gap = sealed_file[held.before : held.after]
    at = held.before + next(place for place, digit in enumerate(gap) if digit in b"ABCDEFabcdef")
    changed = bytearray(sealed_file)
    changed[at : at + 1] = sealed_file[at : at + 1].swapcase()
    assert fails(bytes(changed)) == ["The signature is written in one way only"]


@pytest.mark.parametrize("tail", [b"\n", b"\x00", b"%%EOF\n", b"% a comment\n"])
def test_nothing_may_be_appended(sealed_file, tail):
    assert "The seal covers the whole file" in fails(sealed_file + tail)


def test_update_after_the_seal_is_seen(sealed_file):
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    target = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed_file))
    writer.root["/Changed"] = generic.pdf_name("/Later")
    writer.update_root()
    writer.write(target)
    assert "Nothing follows the seal" in fails(target.getvalue())


def test_genuine_seal_of_another_key_is_not_in_the_ledger(sealed, approved, settings, tmp_path):
    """Whoever has a key of their own can seal the same pages: only the ledger knows which file was ours."""
    from reports.signing import seal, signing_key

    settings.MRM_VAR_DIR = tmp_path
    unsigned = sealed[: sealed.index(b"%%EOF") + 6]
    forged = seal(unsigned, key=signing_key(), label=approved.version.label)
    assert fails(forged) == []
    verdict = verify(forged)
    assert not verdict.is_genuine
    assert "No entry names" in verdict.checks[-1].said


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n%%EOF", b"\x00" * 500, b"/ByteRange [0 1 2 3]"])
def test_rubbish_is_refused_in_words(content):
    checks = check_file(content)
    assert not any(each.holds for each in checks)
    assert all(each.said for each in checks)


def test_second_opinion_accepts_the_seal(sealed_file, poppler):
    said = poppler("pdfsig", sealed_file)
    assert "Signature is Valid" in said
    assert "DEVELOPMENT KEY, NOT FOR PRODUCTION" in said
