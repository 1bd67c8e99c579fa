"""A key in KMS is sent a digest and nothing else; without its signature nothing is sealed."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding

from mrm.lib.errors import Unavailable
from reports.checks import signing_key_is_named_once
from reports.signing import signing_key
from tests.audit.timestamping import certificate
from tests.reports.test_stamping import of_the_seal, sealed_page

KEYS = {
    "RSASSA_PKCS1_V1_5_SHA_256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "ECDSA_SHA_256": ec.generate_private_key(ec.SECP256R1()),
}


@contextlib.contextmanager
def kms(status: int = 200):
    """The wire protocol of KMS: JSON over POST, the act in a header; keeps what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.headers["X-Amz-Target"], said))
            answer = {"__type": "DisabledException"} if status != 200 else {"Signature": signature_over(said)}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The suite's output is not a server's log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def signature_over(said: dict[str, str]) -> str:
    digest, key = base64.b64decode(said["Message"]), KEYS[said["SigningAlgorithm"]]
    by = Prehashed(hashes.SHA256())
    made = (
        key.sign(digest, padding.PKCS1v15(), by)
        if "RSA" in said["SigningAlgorithm"]
        else key.sign(digest, ec.ECDSA(by))
    )
    return base64.b64encode(made).decode()


@pytest.fixture(autouse=True)
def _named(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "only-for-tests")
    settings.MRM_SIGNING_KMS_KEY, settings.MRM_SIGNING_KMS_REGION = "alias/seal", "sa-east-1"
    settings.MRM_SIGNING_CERTIFICATES = str(tmp_path / "chain.pem")
    certified(settings, KEYS["ECDSA_SHA_256"])


def certified(settings, key) -> None:
    made = certificate("Bank seal", key, issuer="Bank seal").sign(key, hashes.SHA256())
    Path(settings.MRM_SIGNING_CERTIFICATES).write_bytes(made.public_bytes(Encoding.PEM))


@pytest.mark.parametrize("algorithm", KEYS)
def test_key_in_kms_seals_and_is_sent_a_digest_only(settings, algorithm):
    certified(settings, KEYS[algorithm])
    with kms() as (settings.MRM_SIGNING_KMS_ENDPOINT, asked):
        content = sealed_page()
    assert all(of_the_seal(content).values())
    [(target, said)] = asked
    assert target == "TrentService.Sign"
    assert len(base64.b64decode(said.pop("Message"))) == 32
    assert said == {"KeyId": "alias/seal", "MessageType": "DIGEST", "SigningAlgorithm": algorithm}


def test_signer_is_named_by_the_certificate():
    signer = signing_key().signer
    assert (signer.name, signer.is_development) == ("Bank seal", False)


def test_refusal_of_kms_leaves_no_seal(settings):
    said = r"did not sign \(DisabledException\). Nothing was kept"
    with kms(status=400) as (settings.MRM_SIGNING_KMS_ENDPOINT, _), pytest.raises(Unavailable, match=said):
        sealed_page()


def test_silence_of_kms_leaves_no_seal(settings):
    with kms() as (settings.MRM_SIGNING_KMS_ENDPOINT, _):
        pass
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        sealed_page()


def test_certificate_of_another_key_leaves_no_seal(settings):
    certified(settings, ec.generate_private_key(ec.SECP256R1()))
    said = "does not belong to the first certificate"
    with kms() as (settings.MRM_SIGNING_KMS_ENDPOINT, _), pytest.raises(Unavailable, match=said):
        sealed_page()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"MRM_SIGNING_KEY_FILE": "/keys/seal.pem"}, "both name a signing key"),
        ({"MRM_SIGNING_CERTIFICATES": ""}, "needs a certificate"),
        ({"MRM_SIGNING_KMS_KEY": ""}, "without MRM_SIGNING_KMS_KEY"),
        ({"MRM_SIGNING_TSA_URL": "https://tsa.example"}, "MRM_SIGNING_TSA_ROOTS is not set"),
    ],
)
def test_half_a_configuration_is_named_at_the_start_and_seals_nothing(settings, changed, said):
    for name, value in changed.items():
        setattr(settings, name, value)
    [fault] = signing_key_is_named_once()
    assert said in fault.msg
    with pytest.raises(Unavailable, match=said):
        signing_key()
