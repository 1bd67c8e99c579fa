"""What goes back: refusals in the shape that MLflow's own client shows, and the headers of every answer."""

from __future__ import annotations

import json
from typing import Any, Final

from django.conf import settings

from mrm.lib.errors import NotAllowed, Refusal, TooOften
from registry.gateway.policy import Route
from registry.gateway.rules import RuleRefused
from registry.gateway.upstream import Answer, UpstreamFailed

# The codes of MLflow's protocol; its client makes the exception out of them.
_CODES: Final = {
    400: "INVALID_PARAMETER_VALUE",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "RESOURCE_DOES_NOT_EXIST",
    413: "INVALID_PARAMETER_VALUE",
    429: "REQUEST_LIMIT_EXCEEDED",
    502: "TEMPORARILY_UNAVAILABLE",
    503: "TEMPORARILY_UNAVAILABLE",
}
_NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A file is kept and never shown: no origin, no script, nothing loaded.
_FILE: Final = f"{_NOTHING}; sandbox"
# MLflow's own pages write their styles by script; nothing of them comes from elsewhere.
_PAGES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_PAGE_ADDRESSES: Final = frozenset({"/", "/static-files/{path:path}", "/build/{filename:path}"})
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# What of MLflow's answer goes on; no cookie and no address of its own is among it.
_PASSED: Final = (
    "content-type",
    "content-length",
    "content-disposition",
    "cache-control",
    "etag",
    "last-modified",
)
# What MLflow can do with an object store and the gate refuses (rule bypass, rule outside). The client goes by these.
_NOT_OFFERED: Final = {
    "multipart_uploads_enabled": False,
    "multipart_downloads_enabled": False,
    "presigned_upload_run_id_supported": False,
    "presigned_upload_model_id_supported": False,
    "features_enabled": {"gateway": False},
}
_ROLES, _TOKENS = "/roles/requests", "/tokens"


def passed(answer: Answer, route: Route) -> Answer:
    """MLflow's answer as the caller gets it. Raises UpstreamFailed for one that leads elsewhere."""
    if answer.status in range(300, 400) and answer.status != 304:
        raise UpstreamFailed("it leads to another address")
    headers = {name: answer.headers[name] for name in _PASSED if name in answer.headers}
    policy = _PAGES if route.template in _PAGE_ADDRESSES else _NOTHING
    if route.is_file:
        policy = _FILE
        if not headers.get("content-disposition", "").startswith("attachment"):
            headers["content-disposition"] = "attachment"
    if "static-files" not in route.template:
        headers["cache-control"] = "no-store"
    return Answer(answer.status, headers | _ALWAYS | {"Content-Security-Policy": policy}, answer.body)


def json_answer(status: int, value: object) -> Answer:
    content = json.dumps(value).encode()
    return Answer(
        status, {"content-type": "application/json", "content-length": str(len(content))}, iter([content])
    )


def offered(server_info: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    """What the server says that it can do, less what is not to be had through the gate."""
    return {name: _NOT_OFFERED.get(name, said) for name, said in server_info.items()}


def refused(refusal: Refusal) -> Answer:
    """`{"error_code", "message"}`: what, why, and the page where to ask."""
    code = _CODES.get(refusal.status, "BAD_REQUEST")
    plain = json_answer(refusal.status, {"error_code": code, "message": refusal.message + _where(refusal)})
    headers = {**plain.headers, "cache-control": "no-store"}
    if refusal.status == 401:
        headers["www-authenticate"] = 'Basic realm="Countersign: any name, and a token as the password"'
    if isinstance(refusal, TooOften):
        headers["retry-after"] = str(refusal.retry_after)
    return Answer(refusal.status, headers | _ALWAYS | {"Content-Security-Policy": _NOTHING}, plain.body)


def _where(refusal: Refusal) -> str:
    if isinstance(refusal, RuleRefused):
        return f" Ask at {settings.MRM_PUBLIC_URL}{refusal.page}."
    if isinstance(refusal, NotAllowed):
        return f" Ask at {settings.MRM_PUBLIC_URL}{_ROLES}."
    if refusal.status == 401:
        return f" Tokens are issued at {settings.MRM_PUBLIC_URL}{_TOKENS}."
    return ""
