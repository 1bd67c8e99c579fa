"""Calling an address that somebody typed: only outside, only once resolved, and never where an answer leads to.

A name is resolved once for each attempt and the connection goes to exactly the address that was looked at, so that a
name which answers differently the second time gains nothing. Proxies of the environment are not used."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from mrm.lib.errors import Conflict

# Of each step, and of all together: whoever drips one byte at a time must not hold a worker.
STEP_SECONDS, LONGEST_SECONDS = 5.0, 15.0
LONGEST_URL = 500
_PRINTABLE = re.compile(r"[!-~]+")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# All that is given out to the world (RFC 4291); the rest of the space is local, or nobody's.
_UNICAST = ipaddress.ip_network("2000::/3")
# An IPv4 address inside an IPv6 one that a gateway of the house would unwrap (RFC 6052).
_WRAPPED = ipaddress.ip_network("64:ff9b::/96")

INSIDE = (
    "This address is not called: its name leads nowhere, or to an address inside (private, loopback, link-local). Use"
    " one that is reachable from outside, or have its network named in MRM_WEBHOOK_NETWORKS."
)


class Unreachable(Exception):
    """It did not answer; the text is a kind of error, never what the other side said."""


@dataclass(frozen=True)
class Target:
    """Where to: a host by name or number, its port, and the path with its query."""

    is_encrypted: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Raises ValueError, with a sentence, for what is not called."""
    if len(url) > LONGEST_URL or not _PRINTABLE.fullmatch(url):
        raise ValueError(f"At most {LONGEST_URL} printable ASCII characters without spaces.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("This is no address.") from None
    if parts.scheme not in ("https", "http") or not host:
        raise ValueError("An address begins with https:// and names a host.")
    if "@" in parts.netloc or parts.fragment or "\\" in url:
        raise ValueError("No name, password, fragment or backslash in the address.")
    if parts.scheme == "http" and not (settings.MRM_DEMO and _is_loopback(host)):
        raise ValueError("Only https: the answer must come from whom the certificate names.")
    is_encrypted = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_encrypted, host, port or (443 if is_encrypted else 80), path)


def address_of(target: Target) -> str:
    """The one address that will be connected to. Conflict when any address of the name lies inside: a name that mixes
    them is a trap. Unreachable when it has none now."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(type(error).__name__) from None
    addresses = [str(each[4][0]) for each in found]
    if not addresses or not all(map(_is_called, addresses)):
        raise Conflict(INSIDE)
    return addresses[0]


def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """The status that the receiver answers; nothing else of its answer is read. Raises Unreachable."""
    connection = _Pinned(target, address_of(target))
    try:
        with _ended_in_time(connection):
            connection.request("POST", target.path, body, headers)
            return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from None
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """Connects to one address, and holds the certificate to the name."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=STEP_SECONDS)
        # The header Host leaves the usual port out.
        self.default_port = 443 if target.is_encrypted else 80
        self._target, self._address = target, address

    def connect(self) -> None:
        # Not `create_connection`, which would ask for the address once more.
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(STEP_SECONDS)
        self.sock.connect((self._address, self._target.port))
        if self._target.is_encrypted:
            context = ssl.create_default_context()
            secured = context.wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self.sock = secured
            secured.do_handshake()


@contextlib.contextmanager
def _ended_in_time(connection: _Pinned) -> Iterator[None]:
    """After the longest time the connection is shut down under whoever waits at it."""
    timer = threading.Timer(LONGEST_SECONDS, _shut, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(connection: _Pinned) -> None:
    if connection.sock is not None:
        with contextlib.suppress(OSError):
            # The plain socket's way: the encrypted one would first say goodbye.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_called(address: str) -> bool:
    found = _unwrapped(ipaddress.ip_address(address))
    if settings.MRM_DEMO and found.is_loopback:
        return True
    if any(found in ipaddress.ip_network(network) for network in settings.MRM_WEBHOOK_NETWORKS):
        return True
    if found.version == 6 and found not in _UNICAST:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _unwrapped(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _WRAPPED:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
