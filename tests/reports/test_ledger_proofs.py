"""Proofs and checkpoints on pages and by API: what they say can be checked with the stated bytes alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import checkpoint, tree
from audit.chain import leaf_of
from audit.models import Access, Anchor
from audit.selectors import size
from mrm.lib import clock
from reports import offline
from tests.pages.conftest import browser_of
from tests.pages.reading import links, text
from tests.reports.sealing import sealing_in, tampered
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "browser_of", "build_world", "candidate_folder", "world"]
VERIFIER = Path(__file__).resolve().parents[2] / "audit" / "verifier.py"


@pytest.fixture
def sealing(cast, tmp_path):
    return sealing_in(tmp_path / "sealer")


def climbs_to_the_signed_root(proof, key):
    """Checked with the tree's functions from nothing but the members of the file."""
    said = proof["proof"]
    note = checkpoint.read(said["checkpoint"])
    assert checkpoint.VerifierKey.read(key).has_signed(note)
    content = json.loads(said["entry"]["body"])
    path = [bytes.fromhex(each) for each in said["entry"]["path"]]
    leaf = leaf_of(said["entry"]["body"].encode())
    assert tree.climbed(leaf, index=content["sequence"] - 1, size=note.size, siblings=path) == note.root
    return content


def verified(content, key, tmp_path):
    file = tmp_path / "proof.json"
    file.write_bytes(content)
    command = [sys.executable, "-I", str(VERIFIER), str(file), "--key", key]
    return subprocess.run(command, capture_output=True, check=False, text=True)


@pytest.mark.parametrize("sequence", [1, 5, "last"])
def test_api_gives_the_bytes_that_lead_to_the_signed_root(cast, sealing, client_of, tmp_path, sequence):
    sequence = sealing.sign().size if sequence == "last" else (sealing.sign() and sequence)
    answer = client_of(cast.quinn).get(f"/api/v1/ledger/entries/{sequence}/proof")
    assert answer["Content-Type"] == "application/json"
    content = climbs_to_the_signed_root(json.loads(answer.content), sealing.key.public.text)
    assert content["sequence"] == sequence
    assert verified(answer.content, sealing.key.public.text, tmp_path).returncode == 0


def test_page_hands_out_the_same_bytes(cast, sealing, client_of, browser_of):
    sealing.sign()
    answer = browser_of(cast.quinn).get("/ledger/2/proof.json")
    assert answer.content == client_of(cast.quinn).get("/api/v1/ledger/entries/2/proof").content
    assert answer["Content-Disposition"] == 'attachment; filename="proof-entry-2.json"'


def test_page_of_an_entry_prints_every_step_that_a_reader_follows(cast, sealing, browser_of):
    note = sealing.sign()
    answer = browser_of(cast.quinn).get("/ledger/3/proof")
    page = answer.content.decode()
    assert f"number 3 of the {note.size} entries of the log tests.example/log" in text(answer)
    assert "&quot;sequence&quot;:3" in page
    assert sealing.key.public.text.replace("+", "+") in text(answer)
    # The last hash that the table arrives at is the root of the checkpoint, which stands below it.
    assert page.count(f'title="{note.root.hex()}"') == 2
    assert "python verifier.py proof-entry-3.json --key" in page
    assert {"/ledger/3", "/ledger/3/proof.json", f"/ledger/checkpoints/{note.size}"} <= links(answer)


def test_an_entry_that_is_not_covered_yet_is_no_error_on_the_page_and_409_by_api(
    cast, sealing, browser_of, client_of
):
    client = client_of(cast.quinn)
    answer = browser_of(cast.quinn).get("/ledger/1/proof")
    assert answer.status_code == 200
    assert "Not yet: no checkpoint is over it" in text(answer)
    refused = client.get("/api/v1/ledger/entries/1/proof")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:countersign:problem:not-covered")


def test_an_altered_tree_gives_no_proof(cast, sealing, browser_of):
    sealing.sign()
    tampered("UPDATE audit_entry SET leaf = %s WHERE sequence = 2", b"x" * 32)
    assert browser_of(cast.quinn).get("/ledger/1/proof").status_code == 503


def test_decision_is_proven_without_a_word_about_the_applicant(
    world, sealing, client_of, browser_of, tmp_path
):
    decision = world.decide("decline", "a canary reference")
    assert "Not yet" in text(browser_of(world.cast.lia).get(f"/decisions/{decision.pk}/proof"))
    sealing.sign()
    answer = client_of(world.cast.lia).get(f"/api/v1/decisions/{decision.pk}/proof")
    content = climbs_to_the_signed_root(json.loads(answer.content), sealing.key.public.text)
    record = json.loads(answer.content)["proof"]["record"]
    path = [bytes.fromhex(each) for each in record["path"]]
    leaf, facts = leaf_of(record["body"].encode()), content["facts"]
    climbed = tree.climbed(leaf, index=record["position"], size=facts["size"], siblings=path)
    assert climbed.hex() == facts["root"]
    assert json.loads(record["body"])["decision"] == str(decision.pk)
    assert verified(answer.content, sealing.key.public.text, tmp_path).returncode == 0
    page = browser_of(world.cast.lia).get(f"/decisions/{decision.pk}/proof")
    assert f"The record of decision {decision.pk}" in text(page)
    for shown in (answer.content.decode(), page.content.decode()):
        assert "canary" not in shown
        assert not any(name in shown for name in world.applications["decline"])
    assert f"/decisions/{decision.pk}/proof" in links(
        browser_of(world.cast.lia).get(f"/decisions/{decision.pk}")
    )


def test_a_proof_of_a_decision_is_noted_as_a_read(world, sealing, client_of):
    decision = world.decide()
    sealing.sign()
    client_of(world.cast.lia).get(f"/api/v1/decisions/{decision.pk}/proof")
    [noted] = Access.objects.filter(subject_id=str(decision.pk))
    assert (noted.event, noted.actor_id, noted.via) == ("decision:read", world.cast.lia.ledger_id, "api")


@pytest.mark.parametrize("who", ["dana", "victor", "otto", "root"])
def test_who_may_not_read_decisions_gets_no_proof_of_one(world, sealing, client_of, browser_of, who):
    decision, person = world.decide(), getattr(world.cast, who)
    sealing.sign()
    assert client_of(person).get(f"/api/v1/decisions/{decision.pk}/proof").status_code == 403
    for name in ("proof", "proof.json"):
        assert browser_of(person).get(f"/decisions/{decision.pk}/{name}").status_code == 403
    assert not Access.objects.filter(subject_id=str(decision.pk)).exists()


def test_a_decision_that_nobody_sealed_and_that_does_not_wait_is_an_alarm(world, sealing, client_of):
    decision = world.decide()
    tampered("DELETE FROM audit_unsealed")
    answer = client_of(world.cast.lia).get(f"/api/v1/decisions/{decision.pk}/proof")
    assert answer.status_code == 503
    assert "Call the auditor" in answer.json()["detail"]


# Checkpoints


def test_checkpoints_are_listed_with_where_they_are_held(cast, sealing, browser_of, client_of):
    note, moment = sealing.sign(), clock.now()
    row = Anchor(kind="folder", size=note.size, note=note.text, evidence=b"", place="/outside", at=moment)
    row.save(force_insert=True)
    answer = browser_of(cast.quinn).get("/ledger/checkpoints")
    assert f"/ledger/checkpoints/{note.size}" in links(answer)
    assert "folder," in text(answer)
    assert "/outside," in text(browser_of(cast.quinn).get(f"/ledger/checkpoints/{note.size}"))
    [told] = client_of(cast.quinn).get("/api/v1/ledger/checkpoints").json()["results"]
    assert (told["size"], told["note"], told["root"]) == (note.size, note.text, note.root.hex())
    assert told["key_ids"] == [sealing.key.public.key_id.hex()]
    assert told["held"] == [{"kind": "folder", "place": "/outside", "at": clock.stamp(moment)}]


def test_page_of_a_checkpoint_holds_its_exact_text_and_how_to_check_it(cast, sealing, browser_of, client_of):
    note = sealing.sign()
    page = browser_of(cast.quinn).get(f"/ledger/checkpoints/{note.size}").content.decode()
    assert f"<code>{note.text}</code>" in page
    assert sealing.key.public.text in page
    assert f"--checkpoint checkpoint-{note.size}.txt" in page
    latest = client_of(cast.quinn).get("/api/v1/ledger/checkpoints/latest")
    assert latest["Content-Type"].startswith("text/plain")
    assert checkpoint.read(latest.content.decode()) == note


def test_a_stored_text_that_is_no_checkpoint_is_shown_as_broken(cast, sealing, browser_of):
    note = sealing.sign()
    tampered("UPDATE audit_checkpoint SET note = 'forged'")
    assert "Broken" in text(browser_of(cast.quinn).get("/ledger/checkpoints"))
    page = text(browser_of(cast.quinn).get(f"/ledger/checkpoints/{note.size}"))
    assert "the stored text was altered" in page


def test_checkpoints_go_on_where_the_last_page_ended(cast, sealing, client_of, browser_of, monkeypatch):
    from audit.chain import Subject
    from audit.events import Event
    from audit.services import opened, record
    from reports import ledger

    sizes = []
    for _ in range(3):
        with opened():
            record(event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "x"), facts={})
        sizes.insert(0, sealing.sign().size)
    monkeypatch.setattr(ledger.checkpoints, "__kwdefaults__", {"before": None, "limit": 2})
    client = client_of(cast.quinn)
    first = client.get("/api/v1/ledger/checkpoints").json()
    second = client.get(first["next"]).json()
    assert [each["size"] for each in first["results"] + second["results"]] == sizes
    assert second["next"] is None
    assert f"?before={sizes[1]}" in browser_of(cast.quinn).get("/ledger/checkpoints").content.decode()
    assert client.get("/api/v1/ledger/checkpoints?before=x").status_code == 422


def test_no_checkpoint_yet_is_said(cast, browser_of, client_of):
    assert "No checkpoint is here yet" in text(browser_of(cast.quinn).get("/ledger/checkpoints"))
    assert client_of(cast.quinn).get("/api/v1/ledger/checkpoints/latest").status_code == 404


# Files


def test_verifier_is_handed_out_byte_for_byte_with_its_digest(cast, browser_of, client_of):
    digest = hashlib.sha256(VERIFIER.read_bytes()).hexdigest()
    for answer in (
        browser_of(cast.quinn).get("/ledger/verifier.py"),
        client_of(cast.quinn).get("/api/v1/ledger/verifier"),
    ):
        assert answer.content == VERIFIER.read_bytes()
        assert answer["Content-Disposition"] == 'attachment; filename="verifier.py"'
        assert answer["Content-Type"].startswith("text/x-python")
        assert answer["ETag"] == f'"{digest}"'
    assert digest in browser_of(cast.quinn).get("/ledger/checkpoints").content.decode()


def test_bundle_is_streamed_and_the_downloaded_verifier_finds_it_intact(
    cast, sealing, browser_of, client_of, tmp_path
):
    note = sealing.sign()
    browser = browser_of(cast.quinn)
    (tmp_path / "verifier.py").write_bytes(browser.get("/ledger/verifier.py").content)
    for answer in (browser.get("/ledger/bundle"), client_of(cast.quinn).get("/api/v1/ledger/bundle")):
        assert answer.streaming
        assert answer["Content-Disposition"].startswith('attachment; filename="countersign-ledger-')
        file = tmp_path / "bundle.jsonl"
        file.write_bytes(b"".join(answer.streaming_content))
        command = [sys.executable, "-I", str(tmp_path / "verifier.py"), str(file), "--json"]
        done = subprocess.run([*command, "--key", sealing.key.public.text], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout
        assert json.loads(done.stdout)["covered"] == note.size


def test_stream_is_read_on_from_any_line(cast, client_of):
    client = client_of(cast.quinn)
    first = client.get("/api/v1/ledger/stream?limit=3")
    lines = [json.loads(line) for line in b"".join(first.streaming_content).splitlines()]
    assert [line["cursor"] for line in lines] == ["1", "2", "3"]
    rest = client.get(f"/api/v1/ledger/stream?after={lines[-1]['cursor']}")
    assert len(b"".join(rest.streaming_content).splitlines()) == size() - 3
    for hostile in ("after=x", f"after={10**17}", "limit=0", "limit=10001", "limit=x"):
        assert client.get(f"/api/v1/ledger/stream?{hostile}").status_code in {400, 422}, hostile


def test_proofs_read_as_many_rows_of_a_long_log_as_of_a_short_one(cast, sealing, browser_of):
    from audit.chain import Subject
    from audit.events import Event
    from audit.services import opened, record

    browser = browser_of(cast.quinn)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert "What this proves" in text(browser.get("/ledger/3/proof"))
        return len(queries)

    sealing.sign()
    short = asked()
    with opened():
        for _ in range(200):
            record(event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "x"), facts={})
    sealing.sign()
    assert asked() == short


def test_digest_of_the_verifier_is_of_the_file_that_is_handed_out():
    assert hashlib.sha256(offline.content()).hexdigest() == offline.verifier_digest()
