"""Only outside is called: every way to name an address inside is refused, also by a name that changes its mind."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mrm.lib import clock
from mrm.lib.errors import Conflict
from notices import outside
from notices.outside import Unreachable, address_of, post, target_of
from tests.notices.receiver import receiving

pytestmark = pytest.mark.control("security:ssrf")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "http://127.0.0.1/x",
        "ftp://hooks.example",
        "file:///etc/passwd",
        "gopher://hooks.example",
        "https://",
        "https:///path",
        "//hooks.example",
        "hooks.example",
        "https://user:word@hooks.example/",
        "https://hooks.example@10.0.0.1/",
        "https://hooks.example/#part",
        "https://hooks.example:notaport/",
        "https://hooks.example:99999/",
        "https://hooks.example/a b",
        "https://hooks.example/\r\nX-Injected: 1",
        "https://hooks.example\\@10.0.0.1/",
        "https://höoks.example/",
        "https://[::1/",
        "https://hooks.example/" + "x" * 500,
        "",
    ],
)
def test_what_is_no_plain_https_address_is_refused(url):
    with pytest.raises(ValueError, match=r".+\."):
        target_of(url)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.8.9.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "127.1",
        "0.0.0.0",  # noqa: S104 (refused, not bound)
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:0a00:0001::1]",
    ],
)
def test_an_address_inside_is_not_called(host):
    target = target_of(f"https://{host}/hook")
    try:
        address = address_of(target)
    except (Conflict, Unreachable):
        return
    pytest.fail(f"{host} would be called at {address}")


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700:4700::1111]", "[64:ff9b::8.8.8.8]"])
def test_an_address_outside_is_called(host):
    assert address_of(target_of(f"https://{host}/hook"))


def answering(monkeypatch, *answers: list[str]) -> list[str]:
    """Names answer so, one list after the other; what was asked is kept."""
    asked, left = [], list(answers)

    def resolver(host, port, *args, **kwargs):
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolver)
    return asked


def test_a_name_with_one_address_inside_is_not_called(monkeypatch):
    answering(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Conflict, match="address inside"):
        address_of(target_of("https://hooks.example/"))


def test_a_name_that_leads_nowhere_is_unreachable(monkeypatch):
    def resolver(*_args, **_kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolver)
    with pytest.raises(Unreachable, match="gaierror"):
        address_of(target_of("https://hooks.example/"))


def test_a_network_that_the_setting_names_is_called_and_no_other(settings):
    settings.MRM_WEBHOOK_NETWORKS = ["10.1.2.0/24"]
    assert address_of(target_of("https://10.1.2.3/")) == "10.1.2.3"
    with pytest.raises(Conflict):
        address_of(target_of("https://10.1.3.3/"))


def test_the_demo_calls_loopback_and_nothing_else_inside(settings):
    settings.MRM_DEMO = True
    assert address_of(target_of("http://127.0.0.1:9/")) == "127.0.0.1"
    with pytest.raises(ValueError, match="Only https"):
        target_of("http://10.0.0.1/")
    with pytest.raises(Conflict):
        address_of(target_of("https://10.0.0.1/"))


@pytest.fixture
def certified(tmp_path, monkeypatch, settings):
    """A certificate for hooks.example alone, which this process trusts, and the context of a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = clock.now()
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False
    )
    certificate = builder.sign(key, hashes.SHA256())
    pem, file = serialization.Encoding.PEM, tmp_path / "server.pem"
    plain = serialization.NoEncryption()
    held = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(held + certificate.public_bytes(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    settings.MRM_WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_the_connection_goes_to_the_address_that_was_looked_at_and_no_name_is_asked_twice(
    monkeypatch, certified
):
    """A name that answers outside first and inside afterwards: what counts is the one answer."""
    with receiving(certified) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        asked = answering(monkeypatch, ["127.0.0.1"], ["169.254.169.254"])
        assert post(target_of(f"https://hooks.example:{port}/hook"), b"{}", {}) == 200
        assert asked == ["hooks.example"]
        assert receiver.calls[0][0]["host"] == f"hooks.example:{port}"


def test_a_certificate_of_another_name_is_not_believed(monkeypatch, certified):
    with receiving(certified) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        answering(monkeypatch, ["127.0.0.1"])
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            post(target_of(f"https://other.example:{port}/hook"), b"{}", {})
        assert receiver.calls == []


def test_a_receiver_that_says_nothing_is_left(settings, monkeypatch):
    settings.MRM_DEMO = True
    monkeypatch.setattr(outside, "STEP_SECONDS", 0.2)
    with receiving() as receiver:
        receiver.pause = 1.0
        with pytest.raises(Unreachable, match="TimeoutError"):
            post(target_of(receiver.url), b"{}", {})


def test_a_receiver_that_drips_is_left_after_the_longest_time(settings, monkeypatch):
    settings.MRM_DEMO = True
    monkeypatch.setattr(outside, "LONGEST_SECONDS", 0.5)
    with receiving() as receiver:
        receiver.drip, began = 0.2, time.monotonic()
        with pytest.raises(Unreachable):
            post(target_of(receiver.url), b"{}", {})
        assert time.monotonic() - began < 3


def test_no_proxy_of_the_environment_is_used(settings, monkeypatch):
    settings.MRM_DEMO = True
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with receiving() as receiver:
        assert post(target_of(receiver.url), b"{}", {}) == 200
        assert receiver.calls[0][0][":path"] == "/hook?of=bank"
