"""The report of a sweep says what its frozen facts say: on paper and on the page, and the same bytes every time."""

from __future__ import annotations

import io
import re

import pytest
from django.utils import translation

from audit import guards
from mrm.lib import canonical
from mrm.lib.errors import NotFound, Unavailable
from registry.models import Sweep
from reports import benchmarks, store
from reports.build.benchmark import FACTS_FILE, document
from reports.build.benchmark_facts import gather
from reports.render.pdf import render
from tests.registry import built
from tests.reports import swept

pytestmark = pytest.mark.django_db

KNOWN = (
    "0.7555", "0.7654", "0.7011–0.7899", "0.1437", "0.4519", "0.0333", "0.0077", "0.0154", "0.4321",
    "8642", "1,100", "22.2", "Column PAY_0 has one value.", "make bench ONLY=data", "Not assessed.",
)  # fmt: skip


@pytest.fixture
def swept_by(cast):
    def made(**changes):
        told = swept.facts(**changes)
        return swept.row(built.accepted_model(cast), built.frozen_snapshot(cast.dana), cast.dana, told)

    return made


@pytest.fixture
def report(cast, swept_by):
    drawn = drawn_of(swept_by())
    store.keep(drawn.content)
    sweep = Sweep.objects.get()
    return benchmarks.keep_benchmark(actor=cast.dana, sweep=sweep, content=drawn.content, pages=drawn.pages)


def drawn_of(sweep):
    return render(document(gather(sweep)))


def said(sweep):
    return str(document(gather(sweep)).sections).replace("\\xa0", " ")


def test_known_numbers_of_the_facts_are_on_paper_and_on_the_page(report, cast, client, poppler):
    text = poppler("pdftotext", store.read(report.pdf_digest), "-layout", "-")
    client.force_login(cast.quinn)
    page = client.get(f"/benchmarks/{report.pk}").content.decode()
    missing = [number for number in KNOWN if number not in text or number not in page]
    assert not missing
    assert f"page {report.pages} of {report.pages}" in text
    assert report.sweep.facts_digest in re.sub(r"\s+", " ", text)


def test_the_same_facts_give_the_same_bytes(report):
    again = drawn_of(Sweep.objects.select_related("risk_model").get())
    assert canonical.sha256(again.content) == report.pdf_digest


def test_the_attached_facts_recompute_to_the_printed_digest(report):
    import pikepdf

    with pikepdf.open(io.BytesIO(store.read(report.pdf_digest))) as pdf:
        raw = pdf.attachments[FACTS_FILE].get_file().read_bytes()
    assert canonical.sha256(raw) == report.sweep.facts_digest


def test_a_second_attempt_keeps_the_first_report(report, cast):
    again = benchmarks.keep_benchmark(actor=cast.dana, sweep=report.sweep, content=b"other", pages=9)
    assert again == report


def test_a_leader_that_was_not_found_better_is_said_not_to_be(swept_by):
    words = said(swept_by(chosen=swept.BASELINE, adjusted="0.2"))
    assert f"it was not found better than {swept.BASELINE}, which is kept" in words
    assert "a tie keeps what is there" in words


def test_better_on_the_rows_that_judge_is_no_reason_to_be_chosen(swept_by):
    told = swept.facts()
    told["candidates"][3]["against_chosen"] = swept.compared("0.0211", "0.0101")
    assert "choosing on the rows that judge" in said(swept_by(candidates=told["candidates"]))


def test_the_share_outside_fitting_is_worked_out_from_the_facts(swept_by):
    # Three candidates of one second each in a sweep of five: two fifths went elsewhere.
    assert "40.0 %" in said(swept_by())


def test_a_sweep_with_trials_does_not_tell_a_share_it_cannot_know(swept_by):
    trial = {"number": 0, "settings": {"rounds": 7}, "validation_auc": None}
    words = said(swept_by(trials=[trial]))
    assert "the trials of settings fitted too" in words
    assert "rounds 7" in words


def test_altered_facts_are_put_into_no_report(swept_by):
    sweep = swept_by()
    guards.lift()
    try:
        Sweep.objects.update(facts=swept.facts(seconds="4.000"))
        with pytest.raises(Unavailable, match="no longer give their digest"):
            gather(Sweep.objects.get(pk=sweep.pk))
    finally:
        guards.install()


def test_the_page_speaks_the_readers_language_and_the_file_english(report, cast, client):
    client.force_login(cast.victor)
    client.post("/i18n/setlang/", {"language": "pt-br", "next": "/"})
    page = client.get(f"/benchmarks/{report.pk}").content.decode()
    assert "Por que cada um dos outros não foi escolhido" in page
    with translation.override("pt-br"):
        assert "0,7654" in said(report.sweep)


@pytest.mark.parametrize("name", ["dana", "victor", "ada", "otto", "quinn"])
def test_whoever_reads_dossiers_reads_it(report, cast, client_of, name):
    reader = client_of(getattr(cast, name))
    [listed] = reader.get("/api/v1/models/card-limit/benchmarks").json()["results"]
    assert listed == reader.get(f"/api/v1/benchmarks/{report.pk}").json()
    content = reader.get(listed["links"]["pdf"]).content
    assert canonical.sha256(content) == listed["pdf_digest"] == report.pdf_digest


@pytest.mark.parametrize("name", ["lia", "root", "olga"])
def test_to_others_it_does_not_exist(report, cast, client, name):
    stranger = getattr(cast, name)
    with pytest.raises(NotFound):
        benchmarks.benchmark(actor=stranger, benchmark_id=report.pk)
    client.force_login(stranger)
    assert [client.get(f"/benchmarks/{report.pk}{end}").status_code for end in ("", "/pdf")] == [404, 404]
