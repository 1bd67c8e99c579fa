"""The pages of a validator's words and of what lies beside a version."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages.reading import links, text
from tests.registry.documents import PARTS
from tests.validation.cases import NARROW, drafted
from validation.assessing import ask_question
from validation.models import Assessment, Question

PAGE = "/models/card-limit/versions/1/assessment"
WORDS = {"rating": "needs_improvement", "text": "No <b>other</b> year was seen."}


def test_validator_writes_a_topic_with_a_file_it_rests_on(case, browser_of):
    case.tested()
    browser = browser_of(case.cast.victor)
    assert "Still to be written" in text(browser.get(PAGE))
    paper = SimpleUploadedFile("paper.pdf", b"%PDF-1.7 words")
    sent = browser.post(f"{PAGE}/limits", WORDS | {"upload": paper})
    assert (sent.status_code, sent.headers["Location"]) == (303, PAGE)
    answer = browser.get(PAGE)
    assert "No &lt;b&gt;other&lt;/b&gt; year" in answer.content.decode()
    assert "Needs improvement" in text(answer)
    (file,) = [each for each in links(answer) if each.startswith("/version-files/")]
    download = browser.get(file)
    assert download.content == b"%PDF-1.7 words"
    assert download.headers["Content-Disposition"] == 'attachment; filename="paper.pdf"'
    assert "sandbox" in download.headers["Content-Security-Policy"]


def test_words_without_a_rating_are_kept_on_the_page(case, browser_of):
    case.tested()
    answer = browser_of(case.cast.victor).post(f"{PAGE}/limits", {"text": "A long thought."})
    assert answer.status_code == 422
    assert "A long thought." in answer.content.decode()
    assert not Assessment.objects.exists()


def test_developer_reads_and_is_offered_nothing_to_write(case, browser_of):
    case.evidence()
    found = links(browser_of(case.cast.dana).get(PAGE))
    assert not any("/assessment/" in each or each.endswith("/question") for each in found)


def test_question_waits_in_the_developers_queue_until_it_is_answered(case, browser_of):
    browser = browser_of(case.cast.victor)
    assert (
        browser.post("/models/card-limit/versions/1/question", {"topic": "scope", "text": "Why?"}).status_code
        == 303
    )
    asked = Question.objects.get()
    dana = browser_of(case.cast.dana)
    assert f"/questions/{asked.pk}/answer" in links(dana.get("/"))
    assert dana.post(f"/questions/{asked.pk}/answer", {"text": "So."}).status_code == 303
    assert f"/questions/{asked.pk}/answer" not in links(dana.get("/"))
    assert "So." in text(browser.get(PAGE))


@pytest.mark.parametrize("page", ["assessment", "document", "files"])
def test_loan_officer_reads_nothing_that_people_wrote_about_a_version(case, browser_of, page):
    ask_question(actor=case.cast.victor, version=case.version, topic="scope", text="Why?")
    assert browser_of(case.cast.lia).get(f"/models/card-limit/versions/1/{page}").status_code in {403, 404}


def test_developer_writes_the_document_part_by_part_before_submitting(case, browser_of):
    drafted(case.cast, case.version.candidate, NARROW)
    browser, here = browser_of(case.cast.dana), "/models/card-limit/versions/2"
    assert f"{here}/document/writing" in links(browser.get(here))
    browser.post(f"{here}/document/writing", PARTS | {"data": ""})
    assert "Data and population" in text(browser.get(f"{here}/document"))
    form = browser.get(f"{here}/document/writing").content.decode()
    assert PARTS["method"] in form
    browser.post(f"{here}/document/writing", PARTS)
    assert browser.post(f"{here}/submission").status_code == 303


def test_file_without_bytes_is_refused_on_the_page(case, browser_of):
    empty = SimpleUploadedFile("empty.txt", b"")
    answer = browser_of(case.cast.dana).post("/models/card-limit/versions/1/files", {"file": empty})
    assert answer.status_code == 422
