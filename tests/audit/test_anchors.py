"""When a checkpoint is brought outside, what is recorded of it, and that no place that fails stops anything."""

import datetime as dt
import email
import os
import resource
import socketserver
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import OperationalError, connection, transaction

from audit import anchors
from audit.anchors import AnchorFailed, Kind, services
from audit.anchors.folder import Folder, name_of
from audit.anchors.mail import Mail
from audit.models import Anchor, Checkpoint
from mrm.lib import clock
from tests.audit import timestamping
from tests.audit.noted import checkpoint, noted

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[2]
FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture(autouse=True)
def _nobody_has_failed_yet(monkeypatch):
    monkeypatch.setattr(services, "_failed", {})


@pytest.fixture
def folder(settings, tmp_path):
    path = tmp_path / "outside"
    path.mkdir()
    settings.MRM_ANCHOR_FOLDER = str(path)
    return path


@pytest.fixture
def post(settings):
    settings.MRM_ANCHOR_MAIL, settings.MRM_MAIL_FROM = "audit@bank.example", "ledger@bank.example"


def _rows():
    return list(Anchor.objects.order_by("id").values_list("kind", "size"))


def test_a_checkpoint_is_brought_to_every_place_and_recorded(cast, folder, post):
    note = checkpoint()
    outcomes = anchors.anchor_due()
    assert [(each.kind, each.ok) for each in outcomes] == [(Kind.FOLDER, True), (Kind.MAIL, True)]
    assert [(each.kind, each.where, each.note, each.evidence) for each in anchors.anchors_of(5)] == [
        (Kind.FOLDER, str(folder), note.text, b""),
        (Kind.MAIL, "audit@bank.example", note.text, b""),
    ]
    assert anchors.held_in(folder).notes == (note,)


def test_a_timestamp_is_recorded_with_evidence_that_verifies(cast, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    tsa = timestamping.Authority.made(tmp_path / "tsa")
    note = checkpoint()
    with timestamping.served(lambda query: timestamping.Answer(tsa.reply(query))) as service:
        settings.MRM_ANCHOR_TSA_URL, settings.MRM_ANCHOR_TSA_ROOTS = service.url, str(tsa.roots)
        (outcome,) = anchors.anchor_due()
    assert outcome.ok
    (anchored,) = anchors.anchors_of(5)
    assert anchored.where in service.url
    assert anchors.checked_token(anchored.evidence, note.text, tsa.roots).date()


def test_a_timestamp_that_does_not_verify_is_not_recorded(cast, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    tsa = timestamping.Authority.made(tmp_path / "tsa")
    checkpoint()
    other = tsa.reply_over(b"other bytes")
    with timestamping.served(lambda _: timestamping.Answer(other)) as service:
        settings.MRM_ANCHOR_TSA_URL, settings.MRM_ANCHOR_TSA_ROOTS = service.url, str(tsa.roots)
        (outcome,) = anchors.anchor_due()
    assert not outcome.ok
    assert "does not verify" in outcome.said
    assert _rows() == []


def test_without_places_or_checkpoints_nothing_is_due(cast, folder, settings):
    assert anchors.anchor_due() == ()
    checkpoint()
    settings.MRM_ANCHOR_FOLDER = ""
    assert anchors.anchor_due() == ()


def test_by_hand_it_is_said_what_is_missing(cast, settings, tmp_path):
    with pytest.raises(AnchorFailed, match="No place is configured"):
        anchors.anchor_all()
    settings.MRM_ANCHOR_FOLDER = str(tmp_path)
    with pytest.raises(AnchorFailed, match="no checkpoint yet"):
        anchors.anchor_all()


def test_a_place_that_fails_stops_no_other_and_leaves_no_row(cast, settings, post, tmp_path):
    settings.MRM_ANCHOR_FOLDER = str(tmp_path / "not-mounted")
    checkpoint()
    failed, held = anchors.anchor_due()
    assert (failed.ok, held.ok) == (False, True)
    assert "not-mounted" in failed.said
    assert _rows() == [("mail", 5)]


def test_a_full_disk_leaves_no_row(cast, folder):
    note = checkpoint()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    place = Folder(folder)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40, limit[1]))
    try:
        with pytest.raises(AnchorFailed):
            services._hold_and_record(place, note)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert _rows() == []
    assert list(folder.iterdir()) == []


def test_a_rewritten_log_is_told_by_the_folder_it_cannot_reach(cast, folder):
    Folder(folder).hold(noted(root=b"as it was before it was rewritten"[:32]))
    checkpoint()
    (outcome,) = anchors.anchor_due()
    assert "holds another checkpoint of this size" in outcome.said
    assert _rows() == []


def test_a_place_that_failed_rests_before_it_is_asked_again(cast, settings, tmp_path, monkeypatch):
    settings.MRM_ANCHOR_FOLDER = str(tmp_path / "late")
    checkpoint()
    assert not anchors.anchor_due()[0].ok
    (tmp_path / "late").mkdir()
    assert anchors.anchor_due() == ()
    monkeypatch.setattr(services, "REST_SECONDS", 0.0)
    assert anchors.anchor_due()[0].ok


def test_a_person_does_not_wait_for_the_rest_to_end(cast, settings, tmp_path):
    settings.MRM_ANCHOR_FOLDER = str(tmp_path / "late")
    checkpoint()
    anchors.anchor_due()
    (tmp_path / "late").mkdir()
    assert anchors.anchor_all()[0].ok
    # A place that took something is no longer one that failed.
    settings.MRM_ANCHOR_MINUTES = 0
    checkpoint(6)
    assert anchors.anchor_due()[0].ok


def test_by_hand_every_place_gets_what_it_lacks_whatever_the_interval(cast, folder, post):
    checkpoint(5)
    anchors.anchor_due()
    checkpoint(6)
    assert anchors.anchor_due() == ()
    assert [each.ok for each in anchors.anchor_all()] == [True, True]
    assert _rows() == [("folder", 5), ("mail", 5), ("folder", 6), ("mail", 6)]


def test_by_hand_a_folder_gets_back_a_lost_file_and_audit_no_second_mail(cast, folder, post):
    note = checkpoint()
    anchors.anchor_all()
    (folder / name_of(note)).unlink()
    assert [each.ok for each in anchors.anchor_all()] == [True, True]
    assert anchors.held_in(folder).notes == (note,)
    assert len(mail.outbox) == 1
    assert _rows() == [("folder", 5), ("mail", 5)]


def test_a_checkpoint_that_is_no_note_is_brought_nowhere(cast, folder, post):
    Checkpoint.objects.create(size=5, note="bank.example\n5\nsomething\n", at=clock.now())
    assert [each.ok for each in anchors.anchor_due()] == [False, False]
    assert (_rows(), mail.outbox, list(folder.iterdir())) == ([], [], [])


def test_what_was_held_but_not_recorded_is_said(cast, folder):
    checkpoint()
    with pytest.raises(AnchorFailed, match="the database did not record it"):
        # The database records anchors of its own checkpoints only.
        services._hold_and_record(Folder(folder), noted(root=b"z" * 32))


class _Dying:
    """A database that answers nothing more about the ledger from the first statement on that has `words` in it."""

    def __init__(self, words):
        self.words, self.is_gone = words, False

    def __call__(self, execute, sql, params, many, context):
        self.is_gone = self.is_gone or self.words in sql
        if self.is_gone and "audit_" in sql:
            raise OperationalError("the server closed the connection")
        return execute(sql, params, many, context)


def test_a_database_that_does_not_answer_does_not_stop_the_sealer(cast, folder):
    checkpoint()
    with connection.execute_wrapper(_Dying("audit_checkpoint")):
        assert anchors.anchor_due() == ()
    assert anchors.anchor_due()[0].ok


def test_a_database_that_dies_before_the_record_lets_the_place_rest(cast, post):
    checkpoint()
    with connection.execute_wrapper(_Dying('INSERT INTO "audit_anchor"')):
        (outcome,) = anchors.anchor_due()
    assert "did not record it (OperationalError)" in outcome.said
    # The mail is out: it must not go out again at every round.
    assert (anchors.anchor_due(), len(mail.outbox), _rows()) == ((), 1, [])


def test_inside_a_transaction_nothing_is_anchored(cast, folder):
    checkpoint()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        anchors.anchor_due()
    assert _rows() == []


def test_a_name_longer_than_its_column_is_refused(cast, settings, tmp_path):
    settings.MRM_ANCHOR_FOLDER = str(tmp_path / ("x" * 250))
    checkpoint()
    assert "more than 200 characters" in anchors.anchor_due()[0].said


def test_a_place_gets_one_checkpoint_an_interval(cast, folder):
    with time_machine.travel(NOON, tick=False) as clock_:
        checkpoint(5)
        assert anchors.anchor_due()
        checkpoint(6)
        clock_.shift(59 * MINUTE)
        assert anchors.anchor_due() == ()
        clock_.shift(MINUTE)
        assert anchors.anchor_due()
    assert _rows() == [("folder", 5), ("folder", 6)]


def test_without_a_newer_checkpoint_there_is_nothing_to_bring(cast, folder):
    with time_machine.travel(NOON, tick=False) as clock_:
        checkpoint(5)
        anchors.anchor_due()
        clock_.shift(DAY)
        assert not anchors.due(Kind.FOLDER, str(folder), now=clock.now())


def test_the_interval_is_of_each_place_by_itself(cast, folder):
    with time_machine.travel(NOON, tick=False):
        checkpoint(5)
        anchors.anchor_due()
        checkpoint(6)
        assert not anchors.due(Kind.FOLDER, str(folder), now=NOON)
        assert anchors.due(Kind.FOLDER, "/another", now=NOON)
        assert anchors.due(Kind.MAIL, str(folder), now=NOON)


def test_a_clock_that_fell_back_a_day_stops_anchoring_for_no_day(cast, folder):
    with time_machine.travel(NOON, tick=False) as clock_:
        checkpoint(5)
        anchors.anchor_due()
        clock_.shift(-DAY)
        checkpoint(6)
        assert anchors.anchor_due()
        # Once anchored under the clock as it now is, the interval counts again.
        checkpoint(7)
        assert anchors.anchor_due() == ()
        clock_.shift(HOUR)
        assert anchors.anchor_due()


def test_a_clock_that_leapt_ahead_and_was_set_right_holds_nothing_up(cast, folder):
    with time_machine.travel(NOON, tick=False) as clock_:
        checkpoint(5)
        anchors.anchor_due()
        clock_.shift(DAY)
        checkpoint(6)
        assert anchors.anchor_due()
        clock_.shift(-DAY)
        checkpoint(7)
        assert anchors.anchor_due()
        checkpoint(8)
        assert anchors.anchor_due() == ()


def test_audit_gets_one_mail_with_the_note_attached_and_in_the_body(cast, post):
    note = checkpoint()
    anchors.anchor_due()
    anchors.anchor_due()
    (message,) = mail.outbox
    assert (message.to, message.from_email) == (["audit@bank.example"], "ledger@bank.example")
    assert message.subject == "Checkpoint of bank.example/ledger: 5 entries"
    assert note.text in message.body
    assert [attached[:2] for attached in message.attachments] == [("checkpoint-5.txt", note.text.encode())]


def test_the_attached_note_survives_the_line_ends_of_mail(cast, post):
    note = checkpoint()
    anchors.anchor_due()
    on_the_wire = mail.outbox[0].message().as_bytes().replace(b"\n", b"\r\n")
    parts = [part for part in email.message_from_bytes(on_the_wire).walk() if part.get_filename()]
    assert [part.get_payload(decode=True) for part in parts] == [note.text.encode()]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}, "MRM_MAIL_URL is not set"),
        ({"EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": __file__}, "ImproperlyConfigured"),
        ({"MRM_MAIL_FROM": ""}, "MRM_MAIL_FROM is not set"),
        ({"MRM_MAIL_FROM": "ledger@bank.example\nBcc: someone@else.example"}, "BadHeaderError"),
    ],
)
def test_a_mail_that_cannot_be_sent_is_refused_in_words(cast, post, settings, wrong, said):
    checkpoint()
    for name, value in wrong.items():
        setattr(settings, name, value)
    (outcome,) = anchors.anchor_due()
    assert said in outcome.said
    assert (_rows(), mail.outbox) == ([], [])


def test_a_mail_that_goes_to_nobody_was_not_sent(post):
    with pytest.raises(AnchorFailed, match="took no message"):
        Mail("", "ledger@bank.example").hold(noted())


@contextmanager
def _mail_server(greeting):
    class Greets(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(greeting)

    with socketserver.TCPServer(("127.0.0.1", 0), Greets) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_mail_server_that_refuses_is_named_but_not_quoted(cast, post, settings):
    checkpoint()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with _mail_server(b"554 not with the password hunter2\r\n") as settings.EMAIL_PORT:
        (refused,) = anchors.anchor_all()
    assert "the mail server answered 554" in refused.said
    assert "hunter2" not in refused.said
    (unreached,) = anchors.anchor_all()
    assert "Connection refused" in unreached.said
    assert _rows() == []


def test_pages_learn_where_a_checkpoint_is_held_and_what_each_place_holds_last(cast, folder, post):
    with time_machine.travel(NOON, tick=False) as clock_:
        checkpoint(5)
        anchors.anchor_all()
        clock_.shift(HOUR)
        newest = checkpoint(7)
        anchors.anchor_all()
        anchors.carried_by_dossier(note=newest, where="dossier 1")
        anchors.carried_by_dossier(note=newest, where="dossier 1")
        anchors.carried_by_dossier(note=newest, where="dossier 2")
    assert [each.kind for each in anchors.anchors_of(5)] == ["folder", "mail"]
    assert [each.where for each in anchors.anchors_of(7)][2:] == ["dossier 1", "dossier 2"]
    assert anchors.anchors_of(6) == ()
    assert [(each.kind, each.where, each.size, each.at) for each in anchors.newest_by_place()] == [
        ("folder", str(folder), 7, NOON + HOUR),
        ("mail", "audit@bank.example", 7, NOON + HOUR),
        ("pdf", "dossier 2", 7, NOON + HOUR),
    ]


def test_the_age_of_a_place_is_how_long_it_has_lacked_a_checkpoint(cast, folder, settings):
    with time_machine.travel(NOON, tick=False) as clock_:
        checkpoint(5)
        anchors.anchor_due()
        settings.MRM_ANCHOR_MAIL = "audit@bank.example"
        clock_.shift(10 * MINUTE)
        held, lacking = anchors.ages()
        assert (held.size, held.at, held.waiting) == (5, NOON, dt.timedelta(0))
        assert (lacking.size, lacking.at, lacking.waiting) == (0, None, 10 * MINUTE)
        checkpoint(6)
        clock_.shift(5 * MINUTE)
        assert [each.waiting for each in anchors.ages()] == [5 * MINUTE, 15 * MINUTE]
        clock_.shift(-DAY)
        assert anchors.ages()[0].waiting == dt.timedelta(0)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "dummy localhost 25 '' '' False False"),
        ("smtp+tls://ledger:a%2Fb@mail.example:587", "smtp mail.example 587 'ledger' 'a/b' True False"),
        ("smtp+ssl://mail.example:465", "smtp mail.example 465 '' '' False True"),
    ],
)
def test_the_mail_server_is_one_address_in_the_environment(url, said):
    program = (
        "from mrm.settings import testing as s; print(s.EMAIL_BACKEND.split('.')[-2], s.EMAIL_HOST, s.EMAIL_PORT,"
        " repr(s.EMAIL_HOST_USER), repr(s.EMAIL_HOST_PASSWORD), s.EMAIL_USE_TLS, s.EMAIL_USE_SSL)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "MRM_MAIL_URL": url},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout.strip() == said
