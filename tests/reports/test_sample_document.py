"""The document of a run on a scored sample says that the model is not sealed here, and is drawn from results alone."""

from __future__ import annotations

import io

import pikepdf
import pytest

from audit import guards
from mrm.lib import canonical
from mrm.lib.errors import NotAllowed, NotFound, Unavailable
from reports import sample_documents
from tests.validation import scored
from tests.validation.cases import accepted_model
from validation import sample_selectors
from validation.models import SampleResult, SampleRun
from validation.sample_runs import start_sample_run
from validation.services import freeze_standard


@pytest.fixture
def run(cast) -> SampleRun:
    sample = scored.frozen_sample(cast.dana, accepted_model(cast), scored.table(600))
    done = scored.completed_run(cast, sample)
    return sample_selectors.run(actor=cast.victor, run_id=done.pk)


def test_it_says_that_the_bytes_are_not_sealed_and_shows_every_result(cast, run, poppler):
    text = poppler("pdftotext", sample_documents.drawn(actor=cast.quinn, run=run).content, "-layout", "-")
    assert "NOT sealed here" in text
    assert "Nobody signs" in text
    assert [each for each in run.plan if each not in text] == []


def test_what_is_attached_has_the_digest_of_the_evidence(cast, run):
    content = sample_documents.drawn(actor=cast.quinn, run=run).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        kept = pdf.attachments["evidence.json"].get_file().read_bytes()
    assert canonical.sha256(kept) == run.evidence_digest


def test_drawn_again_it_has_the_same_bytes(cast, run):
    first, second = (sample_documents.drawn(actor=actor, run=run) for actor in (cast.quinn, cast.victor))
    assert first == second


def test_it_is_not_drawn_of_results_that_were_altered(cast, run):
    guards.lift()
    SampleResult.objects.filter(run=run, check_id="discrimination").update(headline="AUC 0.99.")
    guards.install()
    with pytest.raises(Unavailable, match="evidence digest"):
        sample_documents.drawn(actor=cast.quinn, run=run)


def test_who_reads_no_dossier_reads_none_and_a_run_without_results_has_none(cast, run):
    with pytest.raises(NotAllowed):
        sample_documents.drawn(actor=cast.lia, run=run)
    standard = freeze_standard(actor=cast.victor, slug="card-limit-demo")
    going = start_sample_run(actor=cast.victor, sample=run.sample, standard=standard)
    with pytest.raises(NotFound):
        sample_documents.drawn(actor=cast.victor, run=going)
