"""A timestamp counts only if it is verified: over this note, for this question, under a root we trust, in time."""

import datetime as dt
import hashlib
import shlex
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

from audit.anchors import AnchorFailed, authority, checked_token, openssl_command, stamps
from audit.anchors.authority import Authority
from audit.models import Anchor
from mrm.lib import clock
from tests.audit import timestamping
from tests.audit.noted import checkpoint, noted
from tests.audit.timestamping import Answer

SAID = noted().text.encode()


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    return timestamping.Authority.made(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def refused(tsa):
    """What the place says to such an answer; the note is held nowhere then."""

    def why(behaviour) -> str:
        with timestamping.served(behaviour) as service, pytest.raises(AnchorFailed) as failed:
            Authority(service.url, str(tsa.roots)).hold(noted())
        return str(failed.value)

    return why


@contextmanager
def _at_most(seconds):
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def _held(tsa):
    with timestamping.served(lambda query: Answer(tsa.reply(query))) as service:
        return Authority(service.url, str(tsa.roots)).hold(noted())


def test_a_good_token_is_kept_and_says_when(tsa):
    before = clock.now() - dt.timedelta(seconds=2)
    stamped = checked_token(_held(tsa), noted().text, tsa.roots)
    assert before < stamped < before + dt.timedelta(seconds=60)


def test_openssl_verifies_the_evidence_by_the_command_we_name(tsa, tmp_path):
    evidence = _held(tsa)
    stamped = checked_token(evidence, noted().text, tsa.roots)
    (tmp_path / "checkpoint-5.txt").write_bytes(SAID)
    (tmp_path / "checkpoint-5.tsr").write_bytes(evidence)
    (tmp_path / "roots.pem").write_bytes(tsa.roots.read_bytes())
    assert _openssl_says_ok(tmp_path, openssl_command(5))
    assert _openssl_says_ok(tmp_path, openssl_command(5, stamped))
    # Two years on the certificates have expired, and only the token's own time makes them count.
    assert not _openssl_says_ok(tmp_path, openssl_command(5, stamped + dt.timedelta(days=730)))
    (tmp_path / "checkpoint-5.txt").write_bytes(noted(root=b"x" * 32).text.encode())
    assert not _openssl_says_ok(tmp_path, openssl_command(5))


def _openssl_says_ok(folder, command):
    run = subprocess.run(
        shlex.split(command), cwd=folder, capture_output=True, check=False, text=True, timeout=30
    )
    assert run.returncode == 0 or "Verification: FAILED" in run.stdout + run.stderr
    return run.returncode == 0


def test_every_question_has_a_nonce_of_its_own(tsa):
    with timestamping.served(lambda query: Answer(tsa.reply(query))) as service:
        place = Authority(service.url, str(tsa.roots))
        place.hold(noted())
        place.hold(noted())
    assert len(set(service.asked)) == 2
    assert all(hashlib.sha256(SAID).digest() in query for query in service.asked)


def test_a_token_over_other_bytes_is_refused(tsa, refused):
    assert "does not verify" in refused(lambda _: Answer(tsa.reply_over(b"other bytes", "-no_nonce")))
    with pytest.raises(AnchorFailed, match="Mismatch between messages"):
        checked_token(tsa.reply_over(b"other bytes"), noted().text, tsa.roots)


@pytest.mark.parametrize("options", [(), ("-no_nonce",)])
def test_a_good_token_for_another_question_is_refused(tsa, refused, options):
    assert "Nonce mismatch" in refused(lambda _: Answer(tsa.reply_over(SAID, *options)))


def test_a_token_of_a_stranger_under_the_same_names_is_refused(tsa, refused, tmp_path):
    stranger = timestamping.Authority.made(tmp_path / "stranger")
    assert "does not verify" in refused(lambda query: Answer(stranger.reply(query)))
    with pytest.raises(AnchorFailed, match="does not verify"):
        checked_token(_held(tsa), noted().text, stranger.roots)


def test_a_digest_by_another_algorithm_is_not_taken_for_ours(tsa):
    with pytest.raises(AnchorFailed, match="another digest than SHA-256"):
        checked_token(tsa.reply_over(SAID, "-sha3-256"), noted().text, tsa.roots)


def test_a_changed_bit_of_the_time_is_refused(tsa):
    evidence = _held(tsa)
    stamp = checked_token(evidence, noted().text, tsa.roots).strftime("%Y%m%d%H%M%SZ").encode()
    assert stamp in evidence
    another = bytes([stamp[0], stamp[1] ^ 1, *stamp[2:]])
    with pytest.raises(AnchorFailed, match="does not verify"):
        checked_token(evidence.replace(stamp, another, 1), noted().text, tsa.roots)


def test_a_refusal_of_the_authority_is_told_in_its_words(tsa, refused):
    # The authority signs no SHA-384; openssl says so in the status of its answer.
    other = tsa.folder / "sha384.tsq"
    command = ["openssl", "ts", "-query", "-data", "roots.pem", "-sha384", "-out", other.name]
    subprocess.run(command, cwd=tsa.folder, check=True, capture_output=True, timeout=30)
    answer = tsa.reply(other.read_bytes())
    assert "gave no timestamp: status 2, 'Message digest algorithm is not supported.'" in refused(
        lambda _: Answer(answer)
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"no", status=500), "HTTP status 500"),
        (Answer(b"", status=404), "HTTP status 404"),
        (Answer(b"later", status=202), "HTTP status 202"),
        (Answer(b""), "no timestamp response"),
        (Answer(b"<html>please sign in</html>"), "no timestamp response"),
        (Answer(b"\x30\x84\xff\xff\xff\xff"), "no timestamp response"),
        (Answer(b"\x30" * 70_000), "more than 65536 bytes"),
    ],
)
def test_an_answer_that_is_none_is_refused_in_words(refused, answer, said):
    why = refused(lambda _: answer)
    assert said in why
    assert why.endswith(".")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(tsa, status):
    with timestamping.served(lambda query: Answer(tsa.reply(query))) as other:
        answer = Answer(b"", status=status, headers=(("Location", other.url),))
        with timestamping.served(lambda _: answer) as service, pytest.raises(AnchorFailed, match=str(status)):
            Authority(service.url, str(tsa.roots)).hold(noted())
        assert (len(service.asked), other.asked) == (1, [])


def _silence(gone):
    gone.wait(20)
    yield b""


def _trickle(gone):
    for _ in range(200):
        yield b"H"
        if gone.wait(0.1):
            return


def _trickling_body(gone):
    yield b"HTTP/1.0 200 OK\r\nContent-Length: 60000\r\n\r\n"
    yield from _trickle(gone)


@pytest.mark.parametrize("behaviour", [_silence, _trickle, _trickling_body])
def test_a_slow_answer_is_left_within_the_timeout(refused, monkeypatch, behaviour):
    monkeypatch.setattr(authority, "TIMEOUT_SECONDS", 0.5)
    gone = threading.Event()
    try:
        with _at_most(5):
            assert "did not answer within 0.5 seconds" in refused(lambda _: behaviour(gone))
    finally:
        gone.set()


def test_what_breaks_off_or_speaks_something_else_is_refused(refused):
    assert "cannot be talked to" in refused(lambda _: iter([b"SSH-2.0-OpenSSH_9.2\r\n\r\n"]))
    assert "cannot be talked to" in refused(lambda _: iter([]))
    cut_off = [b"HTTP/1.0 200 OK\r\nContent-Length: 900\r\n\r\n", b"\x30\x82"]
    assert "no timestamp response" in refused(lambda _: iter(cut_off))


def test_nobody_there_is_said(tsa):
    with timestamping.served(lambda _: Answer(b"")) as service:
        pass
    with pytest.raises(AnchorFailed, match=r"cannot be reached: .*Connection refused"):
        Authority(service.url, str(tsa.roots)).hold(noted())


@pytest.mark.parametrize(
    ("roots", "said"),
    [
        ("", "MRM_ANCHOR_TSA_ROOTS is not set"),
        ("/nowhere.pem", "cannot be read"),
        (__file__, "no certificates in PEM"),
    ],
)
def test_without_roots_nobody_is_asked(roots, said):
    with timestamping.served(lambda _: Answer(b"")) as service, pytest.raises(AnchorFailed, match=said):
        Authority(service.url, roots).hold(noted())
    assert service.asked == []


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://tsa.example/secret-path?key=hunter2", "tsa.example"),
        ("https://tsa.example:8443/", "tsa.example:8443"),
        ("https://name:hunter2@tsa.example/", "tsa.example"),
        ("https://[::1", ""),
        ("https://tsa.example:port/", ""),
        ("file:///etc/passwd", ""),
        ("nonsense", ""),
    ],
)
def test_the_name_of_an_authority_tells_no_secret(url, where):
    assert Authority(url, "").where == where


@pytest.mark.parametrize(
    "url",
    [
        "https://name:hunter2@127.0.0.1:9/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://[::1",
        "http:///hunter2",
    ],
)
def test_an_address_that_is_not_plainly_of_http_is_refused_without_repeating_it(tsa, url):
    with pytest.raises(AnchorFailed, match="no address of http or https") as failed:
        Authority(url, str(tsa.roots)).hold(noted())
    assert "hunter2" not in str(failed.value)


def test_an_address_with_characters_that_none_has_is_refused_without_repeating_it(tsa):
    with pytest.raises(AnchorFailed, match="cannot be talked to") as failed:
        Authority("http://127.0.0.1:9/hunter2 \x01", str(tsa.roots)).hold(noted())
    assert "hunter2" not in str(failed.value)


@pytest.mark.django_db
def test_a_stored_stamp_that_no_longer_verifies_is_a_fault_of_the_ledger(cast, tsa, settings):
    settings.MRM_ANCHOR_TSA_ROOTS = str(tsa.roots)
    evidence, note = _held(tsa), checkpoint()
    altered = evidence[:-1] + bytes([evidence[-1] ^ 1])
    for place, said in (("good.example", evidence), ("bad.example", altered)):
        Anchor.objects.create(
            kind="rfc3161", size=note.size, note=note.text, evidence=said, place=place, at=clock.now()
        )
    assert [(found.code, found.place) for found in stamps.faults()] == [("anchor-token", note.size)]
    settings.MRM_ANCHOR_TSA_ROOTS = ""
    assert stamps.faults() == ()
