"""Section 19 of the dossier: what the clauses of the packs are answered by, and which packs count."""

from __future__ import annotations

import pytest

from reports.build.content import Heading, Linked, NotAssessed, Paragraph, Table
from reports.build.dossier import document
from reports.build.facts import gather
from reports.signing import signing_key
from tests.tiers import USES
from tests.validation.cases import pack_signature
from tests.validation.test_packs import of_the_bank
from validation.installing import install_pack, review_pack

COUNTRY = {"jurisdictions": list(USES[0].jurisdictions)}


def section_19(case):
    facts = gather(actor=case.cast.victor, version=case.version, signer=signing_key().signer)
    return next(section for section in document(facts).sections if section.number == 19).blocks


@pytest.fixture
def under_a_pack(case):
    """A concluded version of a country with a pack."""
    pack = install_pack(actor=case.cast.victor, content=of_the_bank("0.80", **COUNTRY))
    case.evidence(jeffreys_portfolio="amber")
    return case, pack


def test_without_a_pack_no_clause_is_claimed(approved):
    (said,) = section_19(approved)
    assert isinstance(said, NotAssessed)
    assert "no clause is claimed" in said.why


def test_a_pack_is_printed_with_its_day_its_digest_and_that_nobody_reviewed_it(under_a_pack):
    case, pack = under_a_pack
    case.concluded()
    _, heading, about, table = section_19(case)
    assert isinstance(heading, Heading)
    assert heading.word.text == "unreviewed"
    assert isinstance(about, Paragraph)
    assert all(each in about.text for each in (pack.digest, "2026-11-23"))
    assert isinstance(table, Table)
    assert len(table.rows) == len(pack.content["clauses"])


def test_a_review_before_the_conclusion_is_printed_with_its_name(under_a_pack):
    case, pack = under_a_pack
    review_pack(actor=case.cast.ada, pack=pack, **pack_signature(case.cast.ada, pack))
    case.concluded()
    _, heading, about, _ = section_19(case)
    assert heading.word.text == "reviewed"
    assert "Ada Abreu" in about.text


def test_a_pack_or_review_after_the_conclusion_does_not_alter_the_section(under_a_pack):
    case, pack = under_a_pack
    case.concluded()
    before = section_19(case)
    review_pack(actor=case.cast.ada, pack=pack, **pack_signature(case.cast.ada, pack))
    install_pack(actor=case.cast.victor, content=of_the_bank("0.80", revision=2, **COUNTRY))
    assert section_19(case) == before


def test_each_clause_has_an_answer_that_stands_in_the_file_or_says_why_not(under_a_pack):
    case, _ = under_a_pack
    case.concluded()
    facts = gather(actor=case.cast.victor, version=case.version, signer=signing_key().signer)
    keys = {
        block.key for each in document(facts).sections for block in each.blocks if isinstance(block, Heading)
    }
    rows = section_19(case)[-1].rows
    linked = {key for row in rows if isinstance(row[2], Linked) for _, key in row[2].lines if key}
    assert linked
    assert linked <= keys
    stands = {row[0].text: (row[1].text, row[3]) for row in rows}
    assert stands["A scoring system is validated again periodically."][0] == "not answered"
    assert all(why != "—" for word, why in stands.values() if word != "answered")
