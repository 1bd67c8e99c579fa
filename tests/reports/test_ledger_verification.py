"""Verifying the ledger as a job: asked for, done, entered, told in words; broken where it is broken."""

from __future__ import annotations

import pytest

from accounts.services import revoke_role
from audit import search
from audit.chain import Subject
from audit.events import Event
from audit.search import Wanted
from audit.services import opened, record
from jobs.models import Job, JobState
from mrm.lib.errors import Blocked, NotAllowed, NotFound
from reports import ledger_verification as verifying
from tests.pages.conftest import browser_of
from tests.pages.reading import links, text
from tests.reports.sealing import sealing_in, tampered

__all__ = ["browser_of"]
pytestmark = pytest.mark.django_db(transaction=True)
V1 = "/api/v1/ledger/verifications"


@pytest.fixture
def sealing(tmp_path, settings):
    made = sealing_in(tmp_path / "sealer")
    settings.MRM_LEDGER_KEY = made.key.public.text
    return made


def events():
    return [line.event for line in search.lines(Wanted(), before=None, limit=4)]


def verdict(work, actor):
    job = verifying.request_verification(actor=actor)
    work()
    return Job.objects.get(pk=job.pk)


def test_auditor_asks_and_the_job_keeps_and_enters_the_verdict(cast, work, sealing):
    note = sealing.sign()
    job = verdict(work, cast.quinn)
    assert (job.state, job.percent, job.result["verdict"]) == (JobState.SUCCEEDED, 100, "intact")
    assert (job.result["covered"], job.result["faults"], job.result["faults_found"]) == (note.size, [], 0)
    [line] = search.lines(Wanted(event="ledger:verified"), before=None, limit=2)
    facts = search.whole(line.sequence).content["facts"]
    assert (line.subject_type, line.subject_id, line.actor_name) == ("job", str(job.pk), cast.quinn.name)
    assert facts == {
        "verdict": "intact",
        "entries": job.result["entries"],
        "head": job.result["head"],
        "faults": 0,
    }


def test_the_job_says_its_steps_in_words(cast, work):
    job = verdict(work, cast.quinn)
    assert job.steps_done == [
        "Reading the checkpoints held outside",
        "Recomputing every entry",
        "Comparing decisions and accesses with their records",
    ]


@pytest.mark.parametrize("name", ["lia", "root", "olga"])
def test_who_may_not_read_the_ledger_may_not_ask(cast, name):
    before, last = Job.objects.count(), events()
    with pytest.raises(NotAllowed, match="audit:ledger:read"):
        verifying.request_verification(actor=getattr(cast, name))
    assert (Job.objects.count(), events()) == (before, last)


def test_who_lost_the_role_while_the_job_waited_gets_no_verdict(cast, work):
    job = verifying.request_verification(actor=cast.quinn)
    revoke_role(actor=cast.olga, grant=cast.quinn.grants.get(role="auditor"))
    work()
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.FAILED, {})
    assert "ledger:verified" not in events()


def test_a_verdict_is_kept_with_its_entry_or_not_at_all(cast, work, monkeypatch):
    def full(**_):
        raise RuntimeError("disk full")

    monkeypatch.setattr(verifying, "record", full)
    job = verdict(work, cast.quinn)
    assert (job.state, job.result) == (JobState.DEAD, {})


def test_asking_twice_before_it_begins_is_asking_once(cast, work):
    first = verifying.request_verification(actor=cast.quinn)
    assert verifying.request_verification(actor=cast.victor) == first
    work()
    assert verifying.request_verification(actor=cast.quinn) != first


def test_other_jobs_are_no_verifications(cast):
    from jobs.services import request_job

    with opened():
        job = request_job(actor=cast.dana, kind="train", subject=Subject("x", "y"), payload={})
    with pytest.raises(NotFound):
        verifying.verification_job(actor=cast.quinn, job_id=job.pk)


def test_a_mistyped_key_is_no_verdict(cast, work, settings):
    settings.MRM_LEDGER_KEY = "not+a+key"
    job = verdict(work, cast.quinn)
    assert job.state == JobState.FAILED
    assert "MRM_LEDGER_KEY is no public key" in job.reason
    with pytest.raises(Blocked):
        verifying.trusted_key()


def test_checkpoints_in_the_folder_outside_are_compared(cast, work, sealing, settings, tmp_path):
    from audit.anchors.folder import Folder

    outside = tmp_path / "outside"
    outside.mkdir()
    settings.MRM_ANCHOR_FOLDER = str(outside)
    note = sealing.sign()
    Folder(outside).hold(note)
    assert verdict(work, cast.quinn).result["outside"] == note.size
    (outside / "x.checkpoint").write_text("no checkpoint")
    assert verdict(work, cast.quinn).result["folder"]["misfiled"] == 1
    settings.MRM_ANCHOR_FOLDER = str(tmp_path / "nowhere")
    kept = verdict(work, cast.quinn).result
    assert kept["folder"] == {"is_named": True, "is_read": False, "notes": 0, "misfiled": 0}


# On the pages


def test_button_leads_to_the_page_that_shows_progress_without_javascript(cast, browser_of):
    browser = browser_of(cast.quinn)
    answer = browser.post("/ledger/verifications")
    assert answer.status_code == 303
    page = browser.get(answer.url).content.decode()
    assert "<progress" in page
    assert "<noscript>" in page
    assert f'hx-get="{answer.url}/progress"' in page
    part = browser.get(f"{answer.url}/progress").content.decode()
    assert "<html" not in part
    assert "HX-Refresh" not in browser.get(f"{answer.url}/progress")
    assert browser.get("/ledger/verifications").status_code == 303


def test_page_says_what_is_proven_and_what_is_not(cast, work, sealing, browser_of):
    sealing.sign()
    job = verdict(work, cast.quinn)
    page = text(browser_of(cast.quinn).get(f"/ledger/verifications/{job.pk}"))
    size, covered = job.result["entries"], job.result["covered"]
    assert f"All {size} entries follow from one another without a gap" in page
    assert (
        f"The first {covered} entries are the ones under a checkpoint signed with the key you trust, or one that followed it."
        in page
    )
    # The request for the verification itself came after the checkpoint.
    assert size == covered + 1
    assert "The newest entry is under no checkpoint" in page
    assert "Times are the system's own word" in page
    assert "Intact" in page
    # Whoever watched the progress sees the verdict without another click.
    assert browser_of(cast.quinn).get(f"/ledger/verifications/{job.pk}/progress")["HX-Refresh"] == "true"
    ledger = browser_of(cast.quinn).get("/ledger")
    assert f"/ledger/verifications/{job.pk}" in links(ledger)


def test_without_a_key_nothing_is_called_intact(cast, work, browser_of):
    job = verdict(work, cast.quinn)
    assert job.result["verdict"] == "unproven"
    page = text(browser_of(cast.quinn).get(f"/ledger/verifications/{job.pk}"))
    assert "Nothing wrong, not proven" in page


def test_tampered_entry_is_named_and_linked_and_nothing_is_called_proven(cast, work, sealing, browser_of):
    sealing.sign()
    tampered("UPDATE audit_entry SET actor_name = 'Nobody' WHERE sequence = 2")
    job = verdict(work, cast.quinn)
    answer = browser_of(cast.quinn).get(f"/ledger/verifications/{job.pk}")
    page = text(answer)
    assert "The ledger is not what was written" in page
    assert "Entry 2 : the columns shown on these pages say something else than the hashed bytes." in page
    assert "/ledger/2" in links(answer)
    assert "entries follow from one another" not in page
    assert job.result["faults"] == [
        {"code": "projection", "place": 2, "what": job.result["faults"][0]["what"]}
    ]


def test_missing_access_is_told_with_its_number(cast, work, browser_of):
    from audit.access_log import AccessEvent, Via, note

    note(event=AccessEvent.DECISION_READ, actor_id="1", subject=Subject("decision", "x"), via=Via.PAGE)
    tampered("DELETE FROM audit_access")
    job = verdict(work, cast.quinn)
    assert job.result["verdict"] == "broken"
    page = text(browser_of(cast.quinn).get(f"/ledger/verifications/{job.pk}"))
    assert "Accesses: 1 record is sealed or waits, and its row is gone." in page


def test_many_faults_are_counted_and_the_first_are_shown(cast, work, browser_of, monkeypatch):
    monkeypatch.setattr(verifying, "MOST_FAULTS", 3)
    tampered("UPDATE audit_entry SET actor_name = 'Nobody'")
    job = verdict(work, cast.quinn)
    assert len(job.result["faults"]) == 3
    page = text(browser_of(cast.quinn).get(f"/ledger/verifications/{job.pk}"))
    assert f"And {job.result['faults_found'] - 3} more." in page


@pytest.mark.parametrize("code", ["segment-root", "checkpoint-root", "anchor-size", "key", "checkpoint-note"])
def test_every_kind_of_fault_has_words_and_a_place(code):
    from reports.ledger_words import fault_line

    line = fault_line(code, 7)
    assert line.what != code
    assert line.place


def test_loan_officer_is_refused_the_page(cast, work, browser_of):
    job = verdict(work, cast.quinn)
    for path in (f"/ledger/verifications/{job.pk}", f"/ledger/verifications/{job.pk}/progress"):
        assert browser_of(cast.lia).get(path).status_code == 403


# By API


def test_api_queues_repeats_and_answers_the_verdict(cast, work, sealing, client_of):
    sealing.sign()
    client = client_of(cast.quinn)
    asked = client.post(V1, {}, format="json", HTTP_IDEMPOTENCY_KEY="once")
    assert asked.status_code == 202
    assert asked["Location"] == f"{V1}/{asked.json()['job']}"
    assert client.get(asked["Location"]).json()["state"] == "queued"
    work()
    assert client.post(V1, {}, format="json", HTTP_IDEMPOTENCY_KEY="once").json() == asked.json()
    told = client.get(asked["Location"]).json()
    assert (told["state"], told["verdict"], told["percent"]) == ("succeeded", "intact", 100)
    assert told["proven"]
    assert any("no checkpoint" in sentence for sentence in told["unproven"])
    assert {log["log"] for log in told["logs"]} == {"access", "decisions"}


def test_entries_made_meanwhile_do_not_spoil_the_verdict(cast, work, sealing):
    sealing.sign()
    with opened():
        record(event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "x"), facts={})
    assert verdict(work, cast.quinn).result["verdict"] == "intact"
