"""One content, three media: what a PDF was drawn from is kept, and page, tables and PDF say the same."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.test import Client

from mrm.lib import canonical
from mrm.lib.errors import Malformed, NotFound, Unavailable
from reports import store, tables, twin, verify
from reports.build.content import Column, Digest, Facts, Figure, Linked, Noted, Section, Table
from reports.build.dossier import document
from reports.build.facts import gather
from reports.build.frozen import freeze, thaw
from reports.build.numbering import index, numbered
from reports.edition import ENGLISH_ON_A4
from reports.render.pdf import render
from reports.signing import signing_key
from tests.pages.reading import text
from tests.reports.conftest import entered, sealed_dossier
from validation.findings import Raised, open_finding

DIGEST = re.compile(r"[0-9a-f]{64}")


def browser(user) -> Client:
    made = Client()
    made.force_login(user)
    return made


def pieces(cell) -> list[str]:
    """What of a cell a page shows in one run of text; a digest is shortened there."""
    if isinstance(cell, Digest):
        return []
    said = [text for text, _ in cell.lines] if isinstance(cell, Linked) else [tables.text_of(cell)]
    if isinstance(cell, Noted):
        said = [cell.text, cell.note]
    return [" ".join(each.split()) for each in said]


def drawn(case):
    return document(gather(actor=case.cast.victor, version=case.version, signer=signing_key().signer))


def test_frozen_content_draws_the_same_bytes(approved):
    made = drawn(approved)
    frozen = freeze(made)
    assert render(thaw(frozen)).content == render(made).content
    assert freeze(thaw(frozen)) == frozen


@pytest.mark.parametrize("wrong", [b"{}", b'{"format":"other/1","document":{}}', b"[]", b"%PDF"])
def test_other_bytes_are_no_document(wrong):
    with pytest.raises((ValueError, Malformed)):
        thaw(wrong)


@pytest.mark.control("SR26-2:documentation")
def test_dossier_is_drawn_again_whatever_has_happened_since(approved):
    dossier, _ = sealed_dossier(approved)
    open_finding(actor=approved.cast.victor, version=approved.version, raised=Raised("New", "Later.", "low"))
    approved.version.risk_model.name = "Another name"
    approved.version.risk_model.save(update_fields=["name"])
    assert twin.drawn_again(dossier) == dossier.unsigned_digest


def test_verification_draws_the_pages_again_and_says_when_they_differ(approved):
    dossier, content = sealed_dossier(approved)
    told = {each.question: each for each in verify.verify(content).checks}
    assert told["The pages can be drawn again"].holds
    path = store._store()._path(dossier.content_digest)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"Card limit", b"Card limbo", 1))
    told = {each.question: each for each in verify.verify(content).checks}
    assert not told["The pages can be drawn again"].holds
    with pytest.raises(Unavailable):
        twin.content_of(dossier)


def test_dossier_without_its_content_says_so(approved):
    with pytest.raises(NotFound, match="before its content was kept"):
        twin.content_of(entered(approved, b"%PDF-1.7 old"))


def test_every_block_that_holds_numbers_has_an_evidence_id_and_a_digest(approved):
    made = drawn(approved)
    assert [section.number for section in made.sections] == list(range(1, 22))
    held = [
        block for each in made.sections for block in each.blocks if isinstance(block, Table | Facts | Figure)
    ]
    assert all(re.fullmatch(r"\d+\.\d+", block.number) for block in held)
    assert all(DIGEST.fullmatch(block.proof) for block in held), [b.number for b in held if not b.proof]
    assert len({block.number for block in held}) == len(held)


def test_numbers_of_a_check_rest_on_its_result(approved):
    made, result = drawn(approved), approved.result("psi_score")
    resting = {
        block.number
        for each in made.sections
        for block in each.blocks
        if getattr(block, "proof", "") == result.digest
    }
    listed = {entry.number: entry.proof for entry in index(made.sections)}
    assert all(listed[number] == result.digest for number in resting)


def test_index_lists_every_id_before_it(approved):
    made = drawn(approved)
    before = [entry.number for entry in index([each for each in made.sections if each.number < 20])]
    printed = [row[0] for block in made.sections[19].blocks if isinstance(block, Table) for row in block.rows]
    assert set(before) <= set(printed)


def test_ids_follow_the_order_of_the_blocks():
    facts = Facts((("a", "1"),))
    (section,) = numbered([Section(7, "S", (facts, facts))], {7: "d"})
    assert [(block.number, block.proof) for block in section.blocks] == [("7.1", "d"), ("7.2", "d")]


def test_archive_holds_every_table_and_is_the_same_when_packed_again(approved):
    made = drawn(approved)
    packed = tables.archive(made)
    assert tables.archive(thaw(freeze(made))) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = set(archive.namelist())
        listed = list(csv.reader(io.StringIO(archive.read("index.csv").decode())))
    assert names == {"index.csv", *(f"{row[0]}.csv" for row in listed[1:])}


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd", "-cmd", "\t=1"])
def test_cell_that_a_spreadsheet_would_compute_is_a_text(cell):
    block = Table((Column("Head", 1.0),), ((cell,), ("-0.5",)), number="1.1")
    made = type("Made", (), {"sections": (Section(1, "S", (block,)),), "edition": ENGLISH_ON_A4})()
    with zipfile.ZipFile(io.BytesIO(tables.archive(made))) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("1.1.csv").decode())))
    assert rows == [["Head"], [f"'{cell}"], ["-0.5"]]


def test_page_says_what_the_paper_says(approved):
    dossier, _ = sealed_dossier(approved)
    page = browser(approved.cast.quinn).get(f"/dossiers/{dossier.pk}")
    said = text(page)
    for section in twin.content_of(dossier).sections:
        assert section.title.split(":")[0] in said
        cells = [
            cell for block in section.blocks if isinstance(block, Table) for row in block.rows for cell in row
        ]
        lacking = [words for cell in cells for words in pieces(cell) if words not in said]
        assert lacking == []
    download = browser(approved.cast.quinn).get(f"/dossiers/{dossier.pk}/tables")
    assert download.headers["ETag"] == f'"{canonical.sha256(download.content)}"'


def test_loan_officer_reads_no_dossier(approved):
    dossier, _ = sealed_dossier(approved)
    for page in ("", "/tables", "/pdf"):
        assert browser(approved.cast.lia).get(f"/dossiers/{dossier.pk}{page}").status_code == 404
