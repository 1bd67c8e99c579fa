"""`manage.py ledger` and `manage.py sealer` as an operator types them."""

import json
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.selectors import the_installation
from audit import lease, selectors, services
from audit.chain import Subject
from audit.checkpoint import VerifierKey, read
from audit.events import Event
from audit.sealer import Sealer
from audit.sealer_folder import Folder

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(settings, tmp_path):
    settings.MRM_SEALER_DIR = tmp_path / "sealer"
    settings.MRM_LEDGER_KEY = ""
    settings.MRM_ANCHOR_FOLDER = ""
    return Folder(settings.MRM_SEALER_DIR)


@pytest.fixture
def key(place):
    call_command("ledger", "init-key", "--origin", "bank.example/ledger")
    (made,) = place.keys().values()
    return made.public


@pytest.fixture
def signed(cast, place, key):
    return sealed(place)


def sealed(place):
    held = lease.take()
    note = Sealer(folder=place, actor=the_installation(), held=held).checkpoint()
    held.release()
    return note


def run(*arguments):
    """The exit code of the command."""
    try:
        call_command("ledger", *arguments)
    except SystemExit as end:
        return end.code
    return 0


def test_the_public_key_is_printed_for_audit(place, capsys):
    call_command("ledger", "init-key", "--origin", "bank.example/ledger")
    printed = VerifierKey.read(capsys.readouterr().out.strip())
    assert list(place.keys()) == [printed.text]


def test_a_second_first_key_is_refused(key):
    with pytest.raises(CommandError, match="rotate-key"):
        call_command("ledger", "init-key", "--origin", "bank.example/ledger")


@pytest.mark.parametrize("origin", ["", "Bank", "a b", "a+b", "x" * 65, "ä", "-a", "a\n"])
def test_an_origin_that_no_note_can_carry_is_refused(place, origin):
    with pytest.raises(CommandError, match="origin"):
        call_command("ledger", "init-key", "--origin", origin)
    assert not place.keys()


def test_the_private_key_is_readable_by_its_owner_only(place, key):
    (file,) = place.path.glob("*.key")
    assert file.stat().st_mode & 0o777 == 0o600
    assert key.text not in file.read_text()


def test_verify_says_unproven_without_a_key_and_intact_with_it(signed, key, settings, capsys):
    assert run("verify") == 3
    assert run("verify", "--key", key.text) == 0
    settings.MRM_LEDGER_KEY = key.text
    assert run("verify", "--json") == 0
    said = capsys.readouterr().out.strip().splitlines()[-1]
    assert json.loads(said)["covered"] == signed.size


def test_export_is_a_file_that_both_verifiers_find_intact(signed, key, tmp_path, capsys):
    bundle = tmp_path / "ledger.jsonl"
    assert run("export", str(bundle)) == 0
    assert run("verify", "--bundle", str(bundle), "--key", key.text) == 0
    offline = subprocess.run(
        [sys.executable, str(ROOT / "audit" / "verifier.py"), str(bundle), "--key", key.text, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (offline.returncode, json.loads(offline.stdout)["verdict"]) == (0, "intact")


def test_a_checkpoint_kept_outside_is_enough_without_a_key(signed, tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text(signed.text)
    assert run("verify", "--checkpoint", str(kept)) == 0
    kept.write_text(signed.text.replace(f"\n{signed.size}\n", f"\n{signed.size + 5}\n"))
    assert run("verify", "--checkpoint", str(kept)) == 1


def test_a_failed_export_leaves_the_file_that_was_there(signed, tmp_path, monkeypatch):
    bundle = tmp_path / "ledger.jsonl"
    bundle.write_text("what was there")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CommandError, match="No space left"):
        run("export", str(bundle))
    assert [file.name for file in tmp_path.glob("*ledger*")] == ["ledger.jsonl"]
    assert bundle.read_text() == "what was there"


def test_a_proof_of_an_entry_verifies_offline(signed, key, tmp_path):
    proof = tmp_path / "proof.json"
    assert run("prove", "--entry", "3", "--output", str(proof)) == 0
    offline = subprocess.run(
        [sys.executable, str(ROOT / "audit" / "verifier.py"), str(proof), "--key", key.text],
        capture_output=True,
        text=True,
        check=False,
    )
    assert offline.returncode == 0, offline.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("prove", "--entry", "999999"), "no entry"),
        (("prove", "--decision", "nonsense"), "UUID"),
        (("prove", "--decision", str(uuid.uuid4())), "no such decision"),
        (("verify", "--key", "nonsense"), "key"),
        (("verify", "--bundle", "/nowhere/at/all"), "No such file"),
        (("stream", "--after", "x"), "cursor"),
        (("anchor",), "No place is configured"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_two(signed, arguments, said):
    with pytest.raises(CommandError, match=said) as refused:
        run(*arguments)
    assert refused.value.returncode == 2


def test_rotation_by_command_is_signed_by_both_keys(signed, place, key, capsys):
    assert run("rotate-key") == 0
    new = VerifierKey.read(capsys.readouterr().out.strip())
    note = sealed(place)
    assert key.has_signed(note)
    assert new.has_signed(note)
    assert run("verify", "--key", key.text) == 0
    assert run("verify", "--key", new.text) == 0


def test_the_sealer_refuses_to_run_without_a_key(place, cast):
    with pytest.raises(CommandError, match="init-key"):
        call_command("sealer")


def test_anchor_brings_the_newest_checkpoint_to_the_folder(signed, settings, tmp_path, capsys):
    settings.MRM_ANCHOR_FOLDER = str(tmp_path / "host")
    (tmp_path / "host").mkdir()
    assert run("anchor") == 0
    (file,) = (tmp_path / "host").iterdir()
    assert read(file.read_text()) == signed


def test_stream_goes_on_behind_its_cursor(signed, cast, capsysbinary):
    assert run("stream", "--limit", "3") == 0
    lines = capsysbinary.readouterr().out.splitlines()
    cursor = json.loads(lines[-1])["cursor"]
    with services.opened():
        services.record(
            event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "x"), facts={}
        )
    assert run("stream", "--after", cursor) == 0
    rest = capsysbinary.readouterr().out.splitlines()
    assert len(rest) == selectors.size() - 3


def test_verify_compares_every_decision_and_access_with_its_record(signed, key, capsys):
    from django.db import connection

    from audit import access_log, guards, segments

    access_log.note_stranger(access_log.Route.API)
    segments.seal(actor=the_installation(), log="access")
    assert run("verify", "--key", key.text) == 0
    guards.lift()
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_access")
    finally:
        guards.install()
    assert run("verify", "--key", key.text) == 1
    assert "row-missing" in capsys.readouterr().out
