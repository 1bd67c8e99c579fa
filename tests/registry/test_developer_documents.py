"""The developer's document and the files beside a version: written before submission, unchanged after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from mrm.lib import canonical
from mrm.lib.errors import Blocked, Invalid, NotAllowed, NotFound, TooLarge, Unavailable, WrongStage
from quant.features.plain import SchemaFault
from registry import document_template, vault, version_files
from registry.developer_documents import lacking_parts, newest_document, write_document
from registry.document_template import template
from registry.models import VersionFile
from registry.registration import register_version, sealed_from
from registry.services import submit_version
from registry.version_files import Brought, add_file
from tests.registry import built
from tests.registry.documents import PARTS


@pytest.fixture
def draft(cast):
    """Nobody has written about it yet."""
    model = built.accepted_model(cast, "card-limit", 1)
    candidate, folder = built.recorded_candidate(cast, model, built.frozen_snapshot(cast.dana))
    return register_version(
        actor=cast.dana, proposal=built.proposal(cast, candidate), sealed=sealed_from(folder)
    )


def write(cast, draft, parts=PARTS, by="dana"):
    return write_document(actor=getattr(cast, by), version=draft, parts=parts)


def test_submission_names_every_part_that_is_still_to_be_written(cast, draft):
    write(cast, draft, PARTS | {"data": "", "limitations": "None."})
    with pytest.raises(Blocked, match="does not say yet: Data and population, Limitations"):
        submit_version(actor=cast.dana, version=draft)
    write(cast, draft)
    assert submit_version(actor=cast.dana, version=draft).stage == "in_validation"


def test_guidance_copied_says_nothing(cast, draft):
    part = template().parts[0]
    for words in (part.guidance.english, f"  {part.guidance.portuguese} "):
        write(cast, draft, PARTS | {part.key: words})
        assert lacking_parts(draft) == [part]


@pytest.mark.parametrize(("tier", "parts"), [(1, 12), (2, 11), (3, 5), (None, 12)])
def test_each_tier_asks_for_its_parts_and_an_unknown_one_for_all(tier, parts):
    assert len(template().lacking({}, tier)) == parts


def test_half_a_document_is_kept_and_the_next_revision_replaces_it(cast, draft, events):
    write(cast, draft, {"purpose": "Half of it."})
    write(cast, draft, {"purpose": "More of it."})
    newest = newest_document(draft)
    assert (newest.revision, newest.parts) == (2, {"purpose": "More of it."})
    assert events()[-1] == "document:written"


def test_document_of_a_submitted_version_does_not_change(cast, draft):
    write(cast, draft)
    submit_version(actor=cast.dana, version=draft)
    with pytest.raises(WrongStage, match="no longer a draft"):
        write(cast, draft)


@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_writes_it(cast, draft, who, events):
    before = events()
    with pytest.raises(NotAllowed):
        write(cast, draft, by=who)
    assert (newest_document(draft), events()) == (None, before)


@pytest.mark.parametrize("parts", [{"poem": "Roses."}, {"data": "x" * 20_001}])
def test_parts_that_the_template_does_not_have_or_hold_are_refused(cast, draft, parts):
    with pytest.raises(Invalid):
        write(cast, draft, parts)
    assert newest_document(draft) is None


@pytest.mark.parametrize(
    "changed", [{"format": "other/1"}, {"parts": []}, {"parts": [{"key": "a"}]}, {"strange": 1}]
)
def test_template_of_another_shape_is_refused(changed):
    raw = {"format": document_template.FORMAT, "slug": "s", "parts": []} | changed
    with pytest.raises(SchemaFault):
        document_template.load(raw)


# --- Files ------------------------------------------------------------------------------------------------------


def add(cast, draft, content=b"%PDF-1.7", name="paper.pdf", by="dana"):
    return add_file(actor=getattr(cast, by), version=draft, brought=Brought(name, content))


def test_file_comes_back_byte_for_byte_and_lies_encrypted(cast, draft):
    row = add(cast, draft, b"the words of a paper")
    assert version_files.content_of(actor=cast.quinn, found=row) == b"the words of a paper"
    objects = [
        each.read_bytes()
        for each in (Path(settings.MRM_VAR_DIR) / "version-files").rglob("*")
        if each.is_file()
    ]
    assert any(canonical.sha256(each) == row.kept for each in objects)
    assert not any(b"words" in each for each in objects)


def test_same_bytes_are_one_file(cast, draft, events):
    first = add(cast, draft)
    before = events()
    assert add(cast, draft, name="again.pdf").pk == first.pk
    assert events() == before


@pytest.mark.parametrize("name", ["", "a\x00b", "x" * 201, "C:\\"])
def test_name_that_no_file_could_have_is_refused(cast, draft, name):
    with pytest.raises(Invalid):
        add(cast, draft, name=name)


def test_path_before_a_name_is_dropped(cast, draft):
    assert add(cast, draft, name="C:\\Users\\dana\\paper.pdf").name == "paper.pdf"


def test_empty_and_oversized_files_are_refused(cast, draft, monkeypatch):
    with pytest.raises(Invalid, match="not added"):
        add(cast, draft, b"")
    monkeypatch.setattr(version_files, "MAX_BYTES", 3)
    with pytest.raises(TooLarge):
        add(cast, draft, b"four")
    assert not VersionFile.objects.exists()


def test_bytes_of_another_version_do_not_open(cast, draft):
    row = add(cast, draft)
    with pytest.raises(Unavailable):
        vault.read_file(version="another", digest=row.digest, kept=row.kept)


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_developers_and_validators_add_files(cast, draft, who):
    with pytest.raises(NotAllowed):
        add(cast, draft, by=who)


def test_loan_officer_sees_no_file_of_a_version(cast, draft):
    row = add(cast, draft)
    with pytest.raises(NotFound):
        version_files.file(actor=cast.lia, file_id=row.pk)
