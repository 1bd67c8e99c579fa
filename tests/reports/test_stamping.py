"""The time stamp in a seal: fetched from an authority at hand, over this seal's signature, or nothing is sealed."""

from __future__ import annotations

import io
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from mrm.lib.errors import Unavailable
from reports import dossier_verifier as alone
from reports import inspection
from reports.signing import made_key, seal, signing_key
from reports.verify import check_file
from tests.audit import timestamping
from tests.audit.timestamping import Answer

SEED, POSITIONS = 20261124, 60
STAMP = "The time stamp is over this seal"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    return timestamping.Authority.made(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    """The key of all tests here: making one takes a second."""
    path = tmp_path_factory.mktemp("key") / "seal.pem"
    path.write_bytes(made_key())
    return path


@pytest.fixture(autouse=True)
def _at_hand(monkeypatch, settings, key_file):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.MRM_SIGNING_KEY_FILE = str(key_file)


@pytest.fixture
def sealed_by(settings, tsa):
    """A page sealed while such an authority answers, and the queries that it got."""

    def made(behaviour) -> tuple[bytes, list[bytes]]:
        settings.MRM_SIGNING_TSA_ROOTS = settings.MRM_SIGNING_TSA_ROOTS or str(tsa.roots)
        with timestamping.served(behaviour) as service:
            settings.MRM_SIGNING_TSA_URL = service.url
            return sealed_page(), service.asked

    return made


@pytest.fixture
def stamped(sealed_by, tsa) -> bytes:
    return sealed_by(lambda query: Answer(tsa.reply(query)))[0]


def sealed_page() -> bytes:
    # In a thread: a browser of an earlier test leaves an event loop running in this one, and the seal starts its own.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(seal, a_page(), key=signing_key(), label="cards v1").result()


def a_page() -> bytes:
    import pikepdf

    pdf, written = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(written)
    return written.getvalue() + b"\n" * (not written.getvalue().endswith(b"\n"))


def of_the_seal(content: bytes) -> dict[str, bool]:
    """What both verifiers say of the seal; a blank page has no evidence, which is another check's matter."""
    checks = (*alone.examine(content), *check_file(content))
    named = ("The seal", "The signature", "The time stamp", "Nothing follows")
    return {
        f"{at} {each.question}": each.holds
        for at, each in enumerate(checks)
        if each.question.startswith(named)
    }


def said_of(content: bytes) -> list[str]:
    checks = (*alone.examine(content), *check_file(content))
    return [each.said for each in checks if each.question == STAMP]


def turned(content: bytes, at: int, bit: int = 0) -> bytes:
    """One bit of the signature's container, the spelling kept."""
    held, container = inspection.ranges(content), bytearray(alone.container_of(content))
    container[at] ^= 1 << bit
    written = container.hex().encode()
    return content[: held.before + 1] + written + content[held.after - 1 :]


def test_stamped_seal_holds_for_both_verifiers_which_say_when_and_by_whom(stamped):
    assert all(of_the_seal(stamped).values())
    told = said_of(stamped)
    assert len(told) == 2
    assert all(said.startswith("Seen at 20") and "'Test timestamps'" in said for said in told)
    assert told[1].endswith("leads to the roots of MRM_SIGNING_TSA_ROOTS.")
    assert any("time stamp in the seal is the word of" in line for line in alone.CANNOT)


def test_without_an_authority_no_stamp_is_spoken_of():
    content = sealed_page()
    assert said_of(content) == []
    assert all(of_the_seal(content).values())


@pytest.mark.control("security:tamper")
def test_no_changed_bit_of_a_stamp_gets_past_the_script(stamped):
    container = alone.container_of(stamped)
    token = alone.message_in(container).stamp
    start, draw = container.index(token), random.Random(SEED)
    for at in (
        start - 1,
        start,
        *draw.sample(range(start, start + len(token)), POSITIONS),
        start + len(token) - 1,
    ):
        changed = turned(stamped, at, draw.randrange(8))
        assert not all(each.holds for each in alone.examine(changed)[:5]), at


def test_changed_time_is_refused_by_both(stamped):
    container = alone.container_of(stamped)
    at = container.index(b"Z", container.index(b"\x18\x0f20")) - 1
    changed = turned(stamped, at)
    assert [
        each.holds for each in (*alone.examine(changed), *check_file(changed)) if each.question == STAMP
    ] == [
        False,
        False,
    ]


def test_stamp_of_another_seal_is_refused(stamped, tsa):
    from asn1crypto import cms, tsp

    container, held = alone.container_of(stamped), inspection.ranges(stamped)
    message = cms.ContentInfo.load(alone.read_one(container).whole)
    beside = message["content"]["signer_infos"][0]["unsigned_attrs"][0]
    answer = tsp.TimeStampResp.load(tsa.reply_over(b"another seal", "-no_nonce"))
    beside["values"] = [answer["time_stamp_token"]]
    written = message.dump(force=True).ljust(len(container), b"\x00").hex().encode()
    swapped = stamped[: held.before + 1] + written + stamped[held.after - 1 :]
    told = [each.said for each in alone.examine(swapped) if each.question == STAMP]
    assert told == ["The time stamp is over another signature than this seal's."]


def test_authority_outside_the_roots_is_refused_at_verification(stamped, settings, tmp_path):
    settings.MRM_SIGNING_TSA_ROOTS = str(timestamping.Authority.made(tmp_path / "stranger").roots)
    assert said_of(stamped)[1].startswith("The timestamp does not verify")


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda _: Answer(b"", status=503),
        lambda _: Answer(b"<html>please sign in</html>"),
        lambda _: Answer(b"", status=307, headers=(("Location", "http://127.0.0.1:9/"),)),
        lambda _: iter([]),
    ],
)
def test_authority_that_answers_wrongly_leaves_no_seal(sealed_by, behaviour):
    with pytest.raises(Unavailable, match=r"The seal got no time stamp.*Nothing was kept"):
        sealed_by(behaviour)


def test_good_token_over_something_else_leaves_no_seal(sealed_by, tsa):
    with pytest.raises(Unavailable, match="does not verify"):
        sealed_by(lambda _: Answer(tsa.reply_over(b"other bytes", "-no_nonce")))


def test_silent_authority_is_left_within_the_timeout(sealed_by, monkeypatch):
    import threading

    from audit.anchors import authority

    monkeypatch.setattr(authority, "TIMEOUT_SECONDS", 0.3)
    gone = threading.Event()

    def silence(_):
        gone.wait(10)
        yield b""

    try:
        with pytest.raises(Unavailable, match="did not answer within"):
            sealed_by(silence)
    finally:
        gone.set()


def test_without_roots_nobody_is_asked(settings, tsa):
    with timestamping.served(lambda query: Answer(tsa.reply(query))) as service:
        settings.MRM_SIGNING_TSA_URL = service.url
        with pytest.raises(Unavailable, match="MRM_SIGNING_TSA_ROOTS is not set"):
            sealed_page()
    assert service.asked == []


def test_authority_sees_digests_and_not_the_page(sealed_by, tsa):
    """One over nothing, to know how much room its tokens take, and one over the signature."""
    content, asked = sealed_by(lambda query: Answer(tsa.reply(query)))
    signature = alone.message_in(alone.container_of(content)).signature
    assert len(asked) == 2
    assert alone.hashlib.sha256(signature).digest() in asked[1]
    assert all(len(query) < 100 for query in asked)


@pytest.mark.parametrize(
    ("curve", "by"), [("SECP256R1", "sha256"), ("SECP384R1", "sha384"), ("SECP256R1", "sha512")]
)
def test_its_ecdsa_agrees_with_the_library_on_good_and_bad_signatures(curve, by):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(getattr(ec, curve)())
    public = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    used = next(each for name, each in alone.CURVES.items() if each.prime.bit_length() == key.key_size)
    signature = key.sign(b"words", ec.ECDSA(getattr(hashes, by.upper())()))
    told = alone.hashlib.new(by, b"words").digest()
    assert alone.verifies_on_curve(used, public, signature, told)
    assert not alone.verifies_on_curve(used, public, signature, alone.hashlib.new(by, b"other").digest())
    assert not alone.verifies_on_curve(used, public, signature[:-1] + bytes([signature[-1] ^ 1]), told)
    with pytest.raises(alone.Doubt):
        alone.verifies_on_curve(used, public[:-1] + bytes([public[-1] ^ 1]), signature, told)
