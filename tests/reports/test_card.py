"""The model card: two editions of what stands in the records, in the reader's language, with the same bytes each time."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.utils import translation

from mrm.lib import canonical
from mrm.lib.errors import NotAllowed, NotFound
from registry.selectors import inputs_of
from reports import cards
from reports.build.card_facts import CardFor, gather
from tests.pages.conftest import browser_of

__all__ = ["browser_of"]

BOTH = list(CardFor)


def text_of(poppler, drawn):
    return poppler("pdftotext", drawn.content, "-layout", "-")


def test_the_officer_reads_what_it_decides_on_what_and_how_far_to_trust_it(approved, poppler):
    text = text_of(
        poppler, cards.drawn(actor=approved.cast.lia, version=approved.version, audience=CardFor.OFFICER)
    )
    labels = [each.label for each in inputs_of(approved.version).values()]
    assert [each for each in labels if each.split(" (")[0] not in " ".join(text.split())] == []
    for said in (
        "a PD of 0.3500",
        "fails 1",
        "It is not given, and may not use",
        "Let stand by a signed deviation",
        "no signature",
    ):
        assert said in " ".join(text.split())


def test_the_deployer_reads_digests_fields_and_open_findings(approved, poppler):
    version = approved.version
    text = text_of(poppler, cards.drawn(actor=approved.cast.otto, version=version, audience=CardFor.DEPLOYER))
    assert version.artifact_id in "".join(text.split())
    assert [name for name in inputs_of(version) if name not in text] == []
    assert "Shift of the score" in text


def test_the_officers_card_names_no_finding(approved, poppler):
    text = text_of(
        poppler, cards.drawn(actor=approved.cast.lia, version=approved.version, audience=CardFor.OFFICER)
    )
    assert "Shift of the score" not in text


@pytest.mark.parametrize("audience", BOTH)
def test_drawn_again_by_another_it_has_the_same_bytes(approved, audience):
    asked = {"version": approved.version, "audience": audience}
    first, second = (cards.drawn(actor=who, **asked) for who in (approved.cast.quinn, approved.cast.ada))
    assert first == second


@pytest.mark.parametrize("audience", BOTH)
def test_its_attachment_has_the_digest_that_every_footer_prints(approved, audience):
    found = cards.told(actor=approved.cast.quinn, version=approved.version, audience=audience)
    content = cards.drawn(actor=approved.cast.quinn, version=approved.version, audience=audience).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        kept = pdf.attachments["card.json"].get_file().read_bytes()
    assert canonical.sha256(kept) == found.evidence_digest


@pytest.mark.parametrize("audience", BOTH)
def test_it_is_portuguese_where_that_is_read(approved, audience, poppler):
    with translation.override("pt-br"):
        drawn = cards.drawn(actor=approved.cast.quinn, version=approved.version, audience=audience)
    text = " ".join(text_of(poppler, drawn).split())
    assert "a partir de uma PD de 0,3500" in text
    assert "What binds its use" not in text


def test_before_it_is_validated_it_says_so_and_a_draft_has_none(case, poppler):
    text = text_of(poppler, cards.drawn(actor=case.cast.lia, version=case.version, audience=CardFor.OFFICER))
    assert "No validation of this version has been completed" in " ".join(text.split())
    case.version.stage = "draft"
    with pytest.raises(NotFound, match="draft"):
        gather(actor=case.cast.lia, version=case.version, audience=CardFor.OFFICER)


def test_who_reads_no_dossier_reads_no_deployers_card(approved):
    with pytest.raises(NotAllowed):
        gather(actor=approved.cast.lia, version=approved.version, audience=CardFor.DEPLOYER)


def test_the_page_says_what_the_file_says_and_offers_what_may_be_read(approved, browser_of):
    place = f"/models/{approved.version.risk_model.slug}/versions/{approved.version.number}/card"
    page = browser_of(approved.cast.lia).get(f"{place}/officer").content.decode()
    assert "How far it can be trusted" in page
    assert f"{place}/deployer" not in page
    assert f"{place}/deployer" in browser_of(approved.cast.otto).get(f"{place}/officer").content.decode()
    assert browser_of(approved.cast.lia).get(f"{place}/deployer").status_code == 403
    assert browser_of(approved.cast.lia).get(f"{place}/somebody").status_code == 404
