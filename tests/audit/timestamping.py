"""A timestamp authority for tests: certificates of its own, tokens by openssl, served over HTTP on 127.0.0.1."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIGURATION = """\
[tsa]
default_tsa = only
[only]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512, sha3-256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """Certificates and the key in `folder`; answers queries as RFC 3161 wants it."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Authority:
        if shutil.which("openssl") is None:
            pytest.skip("no openssl was found")
        folder.mkdir(parents=True, exist_ok=True)
        _certificates(folder)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIGURATION.format(folder=folder))
        return cls(folder)

    @property
    def roots(self) -> Path:
        return self.folder / "roots.pem"

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(query)
        said = ("-config", "tsa.cnf", "-section", "only", "-queryfile", "query.tsq", "-out", "answer.tsr")
        self._openssl("-reply", *said)
        return (self.folder / "answer.tsr").read_bytes()

    def reply_over(self, content: bytes, *options: str) -> bytes:
        """A good answer to a question that was never asked: over `content`, with a nonce of its own, under whatever
        else openssl's `ts -query` is told."""
        digest = hashlib.sha256(content).hexdigest()
        self._openssl("-query", "-digest", digest, "-cert", *options, "-out", "other.tsq")
        return self.reply((self.folder / "other.tsq").read_bytes())

    def _openssl(self, *arguments: str) -> None:
        command = ["openssl", "ts", *arguments]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=30)


def _certificates(folder: Path) -> None:
    """Two authorities made here bear the same names, so that only their keys tell them apart."""
    root_key, tsa_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = (
        certificate("Test root", root_key, issuer="Test root")
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    tsa = (
        certificate("Test timestamps", tsa_key, issuer="Test root")
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    (folder / "roots.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.pem").write_bytes(tsa.public_bytes(serialization.Encoding.PEM))
    (folder / "tsa.key").write_bytes(
        tsa_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def certificate(name: str, key: ec.EllipticCurvePrivateKey, *, issuer: str) -> x509.CertificateBuilder:
    # The real clock: openssl asks no other.
    today = dt.datetime.now(tz=dt.UTC)  # noqa: TID251
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=365))
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass(frozen=True)
class Answer:
    """What a server says to a query."""

    content: bytes
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/timestamp-reply"),)


# From the query's bytes: an answer, or pieces that are sent as they come and no more.
Behaviour = Callable[[bytes], "Answer | Iterator[bytes]"]


@dataclass
class Service:
    """An HTTP server; `asked` holds every query it got."""

    url: str
    behaviour: Behaviour
    asked: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def served(behaviour: Behaviour) -> Iterator[Service]:
    service = Service("", behaviour)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    server.daemon_threads, server.block_on_close = True, False
    service.url = f"http://127.0.0.1:{server.server_port}/tsr"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(service: Service) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            service.asked.append(query)
            answer = service.behaviour(query)
            # Whoever asked may have left: that is what some of these tests are about.
            with contextlib.suppress(OSError):
                self._say(answer)

        def do_GET(self) -> None:
            """Only a followed redirect comes here."""
            service.asked.append(b"GET")
            self.send_error(404)

        def _say(self, answer: Answer | Iterator[bytes]) -> None:
            if not isinstance(answer, Answer):
                for piece in answer:
                    self.wfile.write(piece)
                return
            self.send_response(answer.status)
            for name, value in (*answer.headers, ("Content-Length", str(len(answer.content)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """The suite's output is not a server's log."""

    return Handler
