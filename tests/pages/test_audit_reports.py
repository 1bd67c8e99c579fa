"""Audit reports on pages and by the API, and the job that makes one."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from jobs.models import Job
from mrm.lib import clock
from reports.models import AuditReport
from tests.pages.reading import links, text

URL = "/audit-reports"


def answers(**told):
    today = clock.now().date().isoformat()
    return {"model": "", "since": today, "until": today, "sample_size": "0"} | told


@pytest.mark.django_db(transaction=True)
def test_auditor_asks_and_has_a_genuine_file_its_twin_and_its_tables(
    cast, browser_of, work, tmp_path, capsys
):
    browser = browser_of(cast.quinn)
    assert browser.post(f"{URL}/ask", answers()).status_code == 303
    work()
    found = AuditReport.objects.get()
    assert Job.objects.get(kind="build-audit-report").result["signed"] == found.signed_digest
    assert f"{URL}/{found.pk}" in links(browser.get(URL))
    assert "Nothing in the period." in text(browser.get(f"{URL}/{found.pk}"))
    assert browser.get(f"{URL}/{found.pk}/tables").content[:2] == b"PK"
    path = tmp_path / "report.pdf"
    path.write_bytes(browser.get(f"{URL}/{found.pk}/pdf").content)
    call_command("verify_dossier", str(path))
    assert "Genuine" in capsys.readouterr().out


def test_api_asks_for_one_and_tells_the_job(cast, client_of):
    asked = {"since": "2026-01-01", "until": "2026-01-31"}
    answer = client_of(cast.quinn).post("/api/v1/audit-reports", asked, format="json")
    assert (answer.status_code, Job.objects.get().payload["sample_size"]) == (202, 25)
    assert client_of(cast.dana).post("/api/v1/audit-reports", asked, format="json").status_code == 403


@pytest.mark.parametrize(
    ("told", "words"), [({"until": "2999-01-01"}, "has not come"), ({"since": "x"}, "date")]
)
def test_form_says_what_cannot_be_answered(cast, browser_of, told, words):
    answer = browser_of(cast.quinn).post(f"{URL}/ask", answers(**told))
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Job.objects.exists()


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "otto", "lia", "root", "olga"])
def test_others_are_refused_and_not_led_there(cast, browser_of, who):
    browser = browser_of(getattr(cast, who))
    assert [browser.get(url).status_code for url in (URL, f"{URL}/ask")] == [403, 403]
    assert URL not in links(browser.get("/"))
