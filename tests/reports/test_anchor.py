"""A dossier is an anchor: the checkpoint it carries contradicts a ledger that was rewritten since."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.selectors import the_installation
from audit import guards, lease
from audit.sealer import Sealer
from audit.sealer_folder import Folder
from reports import inspection
from reports.offline import verifier_digest
from reports.verify import check_ledger
from tests.reports.conftest import sealed_dossier

pytestmark = pytest.mark.control("dossier:anchor")
QUESTION = "The ledger leads to the checkpoint inside"


@pytest.fixture
def anchored(approved, tmp_path):
    folder = Folder(tmp_path / "sealer")
    folder.add_key("tests.example/log")
    note = Sealer(folder=folder, actor=the_installation(), held=lease.take()).checkpoint()
    dossier, content = sealed_dossier(approved)
    return note, dossier, content


def test_dossier_carries_the_newest_checkpoint_and_is_recorded_as_its_anchor(anchored):
    from audit.anchors.selectors import anchors_of

    note, dossier, content = anchored
    assert inspection.checkpoint_of(content) == note
    assert [(each.kind, each.where) for each in anchors_of(note.size)] == [("pdf", f"dossier {dossier.pk}")]
    assert {each.question: each.holds for each in check_ledger(content)}[QUESTION]


def test_ledger_cut_off_below_the_checkpoint_is_contradicted_by_the_file(anchored):
    note, _, content = anchored
    guards.lift()
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_entry WHERE sequence >= %s", [note.size])
    finally:
        guards.install()
    assert not {each.question: each.holds for each in check_ledger(content)}[QUESTION]


def test_dossier_prints_the_digest_of_the_offline_verifier(anchored, poppler, tmp_path):
    _, _, content = anchored
    assert verifier_digest() in poppler("pdftotext", content, "-layout", "-").replace("\n", "").replace(
        " ", ""
    )
