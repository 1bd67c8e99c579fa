"""A dossier is one of four editions: two languages on two papers, of the same facts."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest
from django.utils import translation

from mrm.lib import strict_json
from reports import dossier_verifier, tables, verify
from reports.build.content import Paragraph
from reports.build.dossier import document
from reports.build.facts import gather
from reports.build.frozen import freeze, thaw
from reports.edition import ENGLISH_ON_A4, Edition, Language, Paper
from reports.neutral import neutral
from reports.render.pdf import render
from reports.services import request_dossier
from reports.signing import signing_key
from tests.reports.conftest import sealed_dossier
from tests.reports.leftover import kept_by_people_and_data, leftovers

PORTUGUESE_ON_LETTER = Edition(Language.PORTUGUESE, Paper.LETTER)
EDITIONS = [Edition(language, paper) for language in Language for paper in Paper]
V1 = "/api/v1/models/card-limit/versions/1/dossiers"


@pytest.fixture
def facts(approved):
    return gather(actor=approved.cast.victor, version=approved.version, signer=signing_key().signer)


def rows_of(made):
    with zipfile.ZipFile(io.BytesIO(tables.archive(made))) as archive:
        return {
            name: list(csv.reader(io.StringIO(archive.read(name).decode()))) for name in archive.namelist()
        }


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda each: f"{each.language}-{each.paper}")
def test_every_edition_is_verified_here_and_alone(approved, edition):
    dossier, content = sealed_dossier(approved, edition)
    assert dossier.edition == edition
    assert [each.question for each in verify.verify(content).checks if not each.holds] == []
    assert [each.question for each in dossier_verifier.examine(content) if not each.holds] == []


def test_file_names_its_language_and_has_the_size_of_its_paper(facts, poppler):
    content = render(document(facts, PORTUGUESE_ON_LETTER)).content
    assert b"/Lang (pt-BR)" in content
    assert "612 x 792" in poppler("pdfinfo", content)
    assert "A4" in poppler("pdfinfo", render(document(facts)).content)


@pytest.mark.parametrize("edition", [ENGLISH_ON_A4, PORTUGUESE_ON_LETTER])
def test_whoever_draws_it_again_has_no_say_in_its_language(facts, edition):
    with translation.override("en"):
        one = freeze(document(facts, edition))
        drawn = render(thaw(one)).content
    with translation.override("pt-br"):
        assert freeze(document(facts, edition)) == one
        assert render(thaw(one)).content == drawn


def test_content_kept_before_there_were_editions_is_english_on_a4(facts):
    kept = strict_json.loads(freeze(document(facts)), max_bytes=2**26)
    del kept["document"]["edition"]
    assert thaw(json.dumps(kept).encode()) == thaw(freeze(document(facts)))


def test_portuguese_dossier_holds_no_english_but_what_people_and_evidence_say(facts):
    made = thaw(freeze(document(facts, PORTUGUESE_ON_LETTER)))
    assert leftovers(made, kept_by_people_and_data()) == {}


def test_sentence_that_nobody_translated_is_found(facts):
    made = document(facts, PORTUGUESE_ON_LETTER)
    stray = replace(made.sections[0], blocks=(Paragraph("No finding was opened."),))
    found = leftovers(replace(made, sections=(stray,)), kept_by_people_and_data())
    assert {"No", "finding", "was", "opened"} & set(found)


def test_numbers_of_the_tables_are_the_same_in_both_languages(facts):
    editions = (ENGLISH_ON_A4, PORTUGUESE_ON_LETTER)
    english, portuguese = (rows_of(thaw(freeze(document(facts, each)))) for each in editions)
    cells = [
        pair
        for name, rows in english.items()
        for ours, theirs in zip(rows, portuguese[name], strict=True)
        for pair in zip(ours, theirs, strict=True)
        if pair[0][:1].isdigit() or pair[0][:1] == "-"
    ]
    assert len(cells) > 40
    assert [pair for pair in cells if pair[0] != pair[1] and " " not in pair[0]] == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.234,5", "1234.5"),
        ("\u22120,02", "-0.02"),
        ("0,71 a 0,75", "0.71 a 0.75"),
        ("[\u22120,1;\u00a00,2]", "[-0.1;\u00a00.2]"),
        ("<\u00a00,0001", "<\u00a00.0001"),
        ("1,2e\u22126", "1.2e-6"),
        ("23/11/2026 19:07:41 UTC", "2026-11-23 19:07:41 UTC"),
        ("v1.234", "v1.234"),
        ("card-limit, 2", "card-limit, 2"),
    ],
)
def test_cell_is_read_by_programs_in_one_way(written, read):
    assert neutral(written, Language.PORTUGUESE) == read


def test_edition_is_asked_for_by_the_api_and_one_that_is_unknown_is_refused(approved, client_of):
    client = client_of(approved.cast.victor)
    taken = client.post(V1, {"language": "pt-br", "paper": "letter"}, content_type="application/json")
    assert taken.status_code == 202
    refused = client.post(V1, {"language": "fr"}, content_type="application/json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/language")


def test_edition_stands_in_the_job_and_in_the_ledger(approved):
    job = request_dossier(actor=approved.cast.ada, version=approved.version, edition=PORTUGUESE_ON_LETTER)
    assert (job.payload["language"], job.payload["paper"]) == ("pt-br", "letter")
    sealed_dossier(approved, PORTUGUESE_ON_LETTER)
    from audit.models import Entry

    said = Entry.objects.filter(event="dossier:signed").latest("sequence").body
    assert b'"language":"pt-br"' in bytes(said)
    assert b'"paper":"letter"' in bytes(said)
