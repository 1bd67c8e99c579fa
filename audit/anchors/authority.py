"""A timestamp authority by RFC 3161: it is asked over HTTP and believed only as far as its token verifies."""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from audit.anchors.place import AnchorFailed, Kind
from audit.anchors.tokens import digest_of, request_for, trusted, verified
from audit.checkpoint import Note

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024
_LONGEST_REASON = 200


@dataclass(frozen=True)
class Authority:
    """The place: an address of http or https, and the PEM file of the roots its certificate must lead to. `named` is
    what its two settings begin with, for whoever has to put them right."""

    url: str
    roots: str
    named: str = "MRM_ANCHOR_TSA"
    kind = Kind.RFC3161

    @property
    def where(self) -> str:
        """The host, and the port if one is named: a path or a query may hold a secret."""
        try:
            parts = urlsplit(self.url)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return ""
        return f"{parts.hostname or ''}{port}"

    def hold(self, note: Note) -> bytes:
        """Have the note's text stamped; the answer as it came is the evidence. Raises AnchorFailed."""
        said = note.text.encode()
        request = request_for(said)
        return self.answer_to(request.as_bytes(), digest_of(said), request.nonce)

    def answer_to(self, query: bytes, digest: bytes, nonce: int | None) -> bytes:
        """The answer to a question about this SHA-256, verified. Raises AnchorFailed."""
        self._refuse_misconfiguration()
        # Before anybody is asked: without roots an answer could not be checked.
        roots = trusted(Path(self.roots))
        answer = self._answer(query)
        verified(answer, digest, roots, nonce)
        return answer

    def _refuse_misconfiguration(self) -> None:
        is_http = self.url.lower().startswith(("http://", "https://"))
        if not is_http or not self.where or "@" in urlsplit(self.url).netloc:
            raise AnchorFailed(
                f"{self.named}_URL is no address of http or https without a name and password in it."
            )
        if not self.roots:
            raise AnchorFailed(
                f"{self.named}_ROOTS is not set: a timestamp that cannot be checked is not taken. "
                "Name a PEM file with the authority's root certificate."
            )

    def _answer(self, query: bytes) -> bytes:
        """Waits no longer than the timeout in all, however slowly the server trickles; each of its reads is in time.
        The thread that waits on ends with the server's patience: at most one a try."""
        outcome: SimpleQueue[bytes | AnchorFailed] = SimpleQueue()
        threading.Thread(target=_put, args=(outcome, lambda: self._asked(query)), daemon=True).start()
        try:
            said = outcome.get(timeout=TIMEOUT_SECONDS)
        except Empty:
            raise self._too_late() from None
        if isinstance(said, AnchorFailed):
            raise said
        return said

    def _asked(self, query: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            # Only http and https get this far.
            request = urllib.request.Request(self.url, data=query, headers=headers)  # noqa: S310
            with _opener().open(request, timeout=TIMEOUT_SECONDS) as answer:
                return self._read(answer)
        except urllib.error.HTTPError as refused:
            refused.close()
            raise self._failed(f"answered with HTTP status {refused.code}") from None
        except TimeoutError:
            raise self._too_late() from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._too_late() from None
            # A proxy on the way may have put words of its own into it.
            raise self._failed(f"cannot be reached: {str(error.reason)[:_LONGEST_REASON]}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            # Their texts may quote the address or what the server sent.
            raise self._failed(f"cannot be talked to: {type(error).__name__}") from None

    def _read(self, answer: http.client.HTTPResponse) -> bytes:
        if answer.status != http.HTTPStatus.OK:
            raise self._failed(f"answered with HTTP status {answer.status}")
        content = answer.read(LARGEST_ANSWER + 1)
        if len(content) > LARGEST_ANSWER:
            raise self._failed(f"answered with more than {LARGEST_ANSWER} bytes")
        return content

    def _too_late(self) -> AnchorFailed:
        return self._failed(f"did not answer within {TIMEOUT_SECONDS:g} seconds")

    def _failed(self, what: str) -> AnchorFailed:
        return AnchorFailed(f"The timestamp authority {self.where} {what}.")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever answers is whom the settings name: a redirect is an answer like any other refusal."""

    def redirect_request(self, *_: Any) -> None:  # Any: the base class has no types for these
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect)


def _put(outcome: SimpleQueue[bytes | AnchorFailed], ask: Callable[[], bytes]) -> None:
    try:
        outcome.put(ask())
    except AnchorFailed as failure:
        outcome.put(failure)
