"""The demo's tampering: each attack on a copy is caught by what the page says, and the ledger stays as it is."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.urls import path

from audit import stored
from jobs import runner
from jobs.models import Job, JobState
from mrm.demo import tamper
from mrm.demo.attacks import Attack
from mrm.desk import demo, tampering
from mrm.lib.errors import NotAllowed, NotFound
from mrm.urls import urlpatterns as real
from tests.pages.reading import links, text
from tests.reports.sealing import sealing_in

urlpatterns = [*real, *tampering.pages, path("demo/view-as", demo.view_as, name="demo-view-as")]
pytestmark = pytest.mark.django_db(transaction=True)
# By itself, with the checkpoint held outside, and the first fault then.
CAUGHT = {
    Attack.CHANGE: ("broken", "leaf"),
    Attack.DELETE: ("broken", "sequence"),
    Attack.SWAP: ("broken", "sequence"),
    Attack.CUT: ("intact", "anchor-size"),
    Attack.REWRITE: ("intact", "anchor-root"),
}


@pytest.fixture
def sealing(cast, settings):
    settings.MRM_DEMO, settings.MRM_SEALER_DIR = True, settings.MRM_VAR_DIR / "sealer"
    made = sealing_in(settings.MRM_SEALER_DIR)
    made.sign()
    return made


@pytest.fixture
def client(cast):
    with override_settings(ROOT_URLCONF="tests.desk.test_tampering"):
        made = Client()
        made.force_login(cast.quinn)
        yield made


def entered():
    return [row.leaf for row in stored.rows()]


@pytest.mark.parametrize("attack", list(Attack))
def test_every_attack_is_caught_and_the_ledger_is_only_read(cast, sealing, attack):
    sealing.sign()
    _more(cast, sealing)
    before = entered()
    job = tamper.request_tampering(actor=cast.quinn, attack=attack)
    runner.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.reason
    told = job.result
    assert told["original"]["verdict"] == "intact"
    assert told["outside"]["verdict"] == "broken"
    assert (told["key_only"]["verdict"], told["outside"]["faults"][0]["code"]) == CAUGHT[attack]
    # Only the job itself was entered.
    assert entered()[: len(before)] == before
    assert len(entered()) == len(before) + 2


def _more(cast, sealing):
    """A second checkpoint, so that one is left when the end is cut off."""
    from audit.chain import Subject
    from audit.events import Event
    from audit.services import opened, record

    for _ in range(6):
        with opened():
            record(event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "x"), facts={})
    sealing.sign()


def test_page_offers_the_attacks_and_tells_what_came_of_one(cast, sealing, client):
    page = client.get("/demo/tamper").content.decode()
    assert page.count('type="radio"') == len(Attack)
    answer = client.post("/demo/tamper", {"attack": "rewrite"})
    assert answer.status_code == 303
    assert "<progress" in client.get(answer.url).content.decode()
    assert "<html" not in client.get(f"{answer.url}/progress").content.decode()
    runner.run_job(Job.objects.get(kind=tamper.KIND).pk)
    told = client.get(answer.url)
    assert "Only the checkpoint from before contradicts it, as one that is held outside would." in text(told)
    assert "Somebody Else" in text(told)
    assert "/demo/tamper" in links(client.get("/ledger"))


def test_unknown_attack_is_refused_on_the_form(cast, sealing, client):
    assert client.post("/demo/tamper", {"attack": "x"}).status_code == 422
    assert not Job.objects.filter(kind=tamper.KIND).exists()


def test_who_may_not_read_the_ledger_is_refused(cast, sealing, client):
    client.force_login(cast.lia)
    assert client.get("/demo/tamper").status_code == 403
    assert client.post("/demo/tamper", {"attack": "swap"}).status_code == 403
    with pytest.raises(NotAllowed):
        tamper.request_tampering(actor=cast.lia, attack=Attack.SWAP)


def test_outside_the_demo_there_is_neither_page_nor_job(cast, sealing, settings):
    job = tamper.request_tampering(actor=cast.quinn, attack=Attack.SWAP)
    settings.MRM_DEMO = False
    runner.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.FAILED, "Only the demo tampers with copies.")
    with pytest.raises(NotFound):
        tamper.request_tampering(actor=cast.quinn, attack=Attack.SWAP)
    browser = Client()
    browser.force_login(cast.quinn)
    assert browser.get("/demo/tamper").status_code == 404
    assert "/demo/tamper" not in links(browser.get("/ledger"))


def test_a_key_that_is_not_there_cannot_be_stolen(cast, sealing):
    next(sealing.folder.path.glob("*.key")).unlink()
    job = tamper.request_tampering(actor=cast.quinn, attack=Attack.REWRITE)
    runner.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.reasons) == (
        JobState.FAILED,
        ["The sealer's private key is not on this machine, so there is none to steal."],
    )


def test_before_the_first_checkpoint_it_says_what_to_wait_for(cast, settings):
    settings.MRM_DEMO = True
    job = tamper.request_tampering(actor=cast.quinn, attack=Attack.SWAP)
    runner.run_job(job.pk)
    job.refresh_from_db()
    assert "There is no checkpoint over enough entries yet." in job.reason
