"""Where a request comes from: the address that is counted, the network that is shown, the browser in a few words."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

_NETWORK = {4: 24, 6: 48}
# A home or an office is given a whole /64 of IPv6 and may take any address of it, so they count as one.
_COUNTED = {4: 32, 6: 64}
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def counted_address(request: HttpRequest) -> str | None:
    """The address that failures are counted by; None where it cannot be told."""
    return _cut(_said(request), _COUNTED)


def network_of(request: HttpRequest) -> str:
    """Enough of the address to know one's own office by, and no more."""
    address = _said(request)
    cut = _cut(address, _NETWORK)
    return f"{cut}/{_NETWORK[ipaddress.ip_address(cut).version]}" if cut else ""


def agent_of(request: HttpRequest) -> str:
    """Browser and system, as far as the browser says them; its own words are not kept."""
    said = request.META.get("HTTP_USER_AGENT", "")
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return ", ".join(filter(None, (browser, system)))


def _said(request: HttpRequest) -> str:
    """The peer of the connection; behind our own proxy, the last address in its header: that one the proxy added
    itself, what stands before it is the client's word."""
    if settings.MRM_BEHIND_PROXY:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
        if forwarded.strip():
            return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _cut(address: str, lengths: dict[int, int]) -> str | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    network = ipaddress.ip_network((found.packed, lengths[found.version]), strict=False)
    return str(network.network_address)
