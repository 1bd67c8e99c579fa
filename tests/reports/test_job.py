"""The job `build-dossier` after a validation that really ran: charts, numbers, and nobody's row."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command

from audit.events import Event
from audit.selectors import rows
from jobs.models import Job
from mrm.lib import canonical
from registry import vault
from registry.frames import read_table
from reports import store
from reports.build.ledger import facts_of
from reports.models import Dossier
from reports.services import request_dossier
from tests.reports import world
from tests.validation.cases import NARROW, assess, case_in_validation

# The lease is renewed from a thread of its own, which a test's open transaction would lock out.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def built(cast, drawn, work):
    """A version that fails the age-band ratio by itself, approved with a deviation, and its dossier."""
    case = case_in_validation(cast, drawn, cut_off=NARROW)
    case.started()
    work()
    assess(case.cast.victor, case.version)
    world.approved(case)
    request_dossier(actor=case.cast.victor, version=case.version)
    work()
    return case, Dossier.objects.get()


def test_dossier_is_sealed_entered_and_found_genuine(built, poppler, tmp_path, client_of, capsys):
    case, dossier = built
    content = store.read(dossier.signed_digest)
    # The job's result leads to the file, and the ledger names it.
    assert Job.objects.get(kind="build-dossier").result["signed"] == canonical.sha256(content)
    [entry] = [row for row in rows() if row.event == Event.DOSSIER_SIGNED]
    assert facts_of(entry)["signed"] == dossier.signed_digest
    assert facts_of(entry)["unsigned"] == dossier.unsigned_digest
    assert facts_of(entry)["evidence"] == dossier.evidence_digest
    # Another tool accepts the seal.
    said = poppler("pdfsig", content)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    # The downloaded file is the sealed one, and the command says so.
    answer = client_of(case.cast.quinn).get(f"/api/v1/dossiers/{dossier.pk}/pdf")
    assert answer.content == content
    path = tmp_path / "downloaded.pdf"
    path.write_bytes(answer.content)
    call_command("verify_dossier", str(path))
    assert "Genuine" in capsys.readouterr().out
    path.write_bytes(content + b"\n")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_dossier", str(path))
    assert ended.value.code == 1
    _prints_results_and_nobody(case, poppler("pdftotext", content, "-layout", "-"), content)


def _prints_results_and_nobody(case, text, content):
    for words in (
        "ROC curve",
        "ASSUMED COST MATRIX",
        "was let stand",
        "had been read 1 time",
        "Not assessed.",
    ):
        assert words in text, words
    snapshot = case.version.snapshot
    parts = {
        name: read_table(vault.read_part(snapshot=snapshot.digest, name=name, kept=kept))
        for name, kept in snapshot.split["parts"].items()
    }
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        told = text + "".join(each.get_file().read_bytes().decode() for each in pdf.attachments.values())
    words = set(re.findall(r"[\w.-]+", told.replace(",", " ")))
    tokens = {str(token) for token in parts["held_out_tokens"].iloc[:, 0]}
    # Amounts of five digits and more are a person's own; small numbers are everybody's.
    amounts = {str(value) for value in parts["held_out"]["BILL_AMT1"] if value >= 10_000 and value % 10}
    assert tokens
    assert not tokens & words
    assert not amounts & words
