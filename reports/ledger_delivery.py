"""How files of the ledger leave: as downloads that no browser guesses at and no cache keeps."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse

from mrm.lib import clock
from reports import offline

BUNDLE_TYPE, LINES_TYPE = "application/x-ndjson", "application/x-ndjson"


def verifier_response() -> HttpResponse:
    headers = {**_attachment("verifier.py"), "ETag": f'"{offline.verifier_digest()}"'}
    return HttpResponse(offline.content(), content_type="text/x-python; charset=utf-8", headers=headers)


def stamp_response(evidence: bytes, size: int) -> HttpResponse:
    headers = _attachment(f"checkpoint-{size}.tsr")
    return HttpResponse(evidence, content_type="application/timestamp-reply", headers=headers)


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
