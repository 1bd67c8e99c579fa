"""How files of the ledger leave: as downloads that no browser guesses at and no cache keeps."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpResponse, StreamingHttpResponse

import audit
from mrm.lib import canonical, clock

BUNDLE_TYPE, LINES_TYPE = "application/x-ndjson", "application/x-ndjson"


@dataclass(frozen=True)
class Verifier:
    """The offline verifier as it is handed out, and the digest to compare it with."""

    content: bytes
    digest: str


@functools.cache
def verifier() -> Verifier:
    content = (Path(audit.__path__[0]) / "verifier.py").read_bytes()
    return Verifier(content, canonical.sha256(content))


def verifier_response() -> HttpResponse:
    found = verifier()
    headers = {**_attachment("verifier.py"), "ETag": f'"{found.digest}"'}
    return HttpResponse(found.content, content_type="text/x-python; charset=utf-8", headers=headers)


def bundle_response(lines: Iterator[bytes]) -> StreamingHttpResponse:
    name = f"countersign-ledger-{clock.now():%Y%m%dT%H%M%SZ}.jsonl"
    return StreamingHttpResponse(lines, content_type=BUNDLE_TYPE, headers=_attachment(name))


def lines_response(lines: Iterator[bytes]) -> StreamingHttpResponse:
    return StreamingHttpResponse(lines, content_type=LINES_TYPE)


def proof_response(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type="application/json", headers=_attachment(name))


def _attachment(name: str) -> dict[str, str]:
    """The name is ours and ASCII."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
