"""What every answer tells the browser, also an answer that no other layer has dressed: a refused host, a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answerer = Callable[[HttpRequest], HttpResponseBase]

# Nothing of the device is ever asked for, but passkeys and the copying of a digest on our own pages.
_UNUSED: Final = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
_OWN: Final = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
HEADERS: Final[Mapping[str, str]] = {
    # The pages' own policy stands in the settings; this one is for answers that never reached it.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in _UNUSED), *(f"{name}=(self)" for name in _OWN)]
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# A file that is opened in place of being kept has no origin, runs nothing and loads nothing.
DOWNLOAD_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)


class SecurityHeaders:
    """Outermost. What a view has set itself stays, but for the policy of a download."""

    def __init__(self, get_response: Answerer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if answer.headers.get("Content-Disposition", "").startswith("attachment"):
            answer.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
        return answer
