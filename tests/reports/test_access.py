"""Who may build, who may read, from which stage on, and how the file leaves."""

from __future__ import annotations

import pytest

from jobs.models import Job
from mrm.lib.errors import NotAllowed, NotFound, WrongStage
from reports.selectors import dossier, dossiers_of, pdf_of, why_actor_cannot_build
from reports.services import request_dossier
from tests.reports.conftest import entered

CONTENT = b"%PDF-1.7 sealed"
V1 = "/api/v1/models/card-limit/versions/1/dossiers"


@pytest.mark.parametrize("name", ["victor", "ada", "amir"])
def test_validator_and_approvers_may_ask_for_one(approved, name):
    job = request_dossier(actor=getattr(approved.cast, name), version=approved.version)
    assert (job.kind, job.payload) == (
        "build-dossier",
        {"version": str(approved.version.pk), "language": "en", "paper": "a4"},
    )


@pytest.mark.parametrize("name", ["dana", "otto", "lia", "quinn", "root", "olga"])
def test_nobody_else_may_ask_for_one(approved, name):
    before = Job.objects.count()
    with pytest.raises(NotAllowed, match="reports:dossier:build"):
        request_dossier(actor=getattr(approved.cast, name), version=approved.version)
    assert Job.objects.count() == before


def test_version_that_nobody_concluded_on_is_refused_in_words(case):
    case.evidence()
    with pytest.raises(WrongStage, match="in validation and has no signed conclusion"):
        request_dossier(actor=case.cast.victor, version=case.version)
    assert "conclude first" in why_actor_cannot_build(actor=case.cast.victor, version=case.version)


@pytest.mark.parametrize("name", ["dana", "victor", "ada", "otto", "quinn"])
def test_whoever_reads_dossiers_reads_this_one(approved, name):
    made, content = entered(approved, CONTENT), CONTENT
    reader = getattr(approved.cast, name)
    assert [each.pk for each in dossiers_of(actor=reader, version=approved.version)] == [made.pk]
    assert pdf_of(actor=reader, dossier=dossier(actor=reader, dossier_id=made.pk)) == content


@pytest.mark.parametrize("name", ["lia", "root", "olga"])
def test_to_others_it_does_not_exist(approved, name):
    made = entered(approved, CONTENT)
    stranger = getattr(approved.cast, name)
    with pytest.raises(NotFound):
        dossier(actor=stranger, dossier_id=made.pk)
    with pytest.raises(NotAllowed):
        pdf_of(actor=stranger, dossier=made)


def test_download_is_an_attachment_that_nobody_keeps(approved, client_of):
    made, content = entered(approved, CONTENT), CONTENT
    answer = client_of(approved.cast.quinn).get(f"/api/v1/dossiers/{made.pk}/pdf")
    assert answer.content == content
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="card-limit-v1-dossier-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_api_queues_lists_and_reads(approved, client_of):
    made = entered(approved, CONTENT)
    asked = client_of(approved.cast.ada).post(V1)
    assert asked.status_code == 202
    assert asked["Location"] == f"/api/v1/jobs/{asked.json()['job']}"
    reader = client_of(approved.cast.quinn)
    [listed] = reader.get(V1).json()["results"]
    assert listed == reader.get(f"/api/v1/dossiers/{made.pk}").json()
    assert listed["signed_digest"] == made.signed_digest


@pytest.mark.parametrize(("name", "status"), [("dana", 403), ("quinn", 403), ("lia", 403)])
def test_api_refuses_who_may_not_build(approved, client_of, name, status):
    assert client_of(getattr(approved.cast, name)).post(V1).status_code == status


def test_altered_file_is_not_handed_out(approved, client_of):
    from django.conf import settings

    made = entered(approved, CONTENT)
    path = settings.MRM_VAR_DIR / "dossiers" / made.signed_digest[:2] / made.signed_digest
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    answer = client_of(approved.cast.quinn).get(f"/api/v1/dossiers/{made.pk}/pdf")
    assert answer.status_code == 503


def test_page_asks_and_downloads(approved, client):
    made, content = entered(approved, CONTENT), CONTENT
    client.force_login(approved.cast.victor)
    assert client.post("/models/card-limit/versions/1/dossiers").status_code == 303
    assert client.get(f"/dossiers/{made.pk}/pdf").content == content
    assert client.get("/models/card-limit/versions/1/dossiers").status_code == 405
