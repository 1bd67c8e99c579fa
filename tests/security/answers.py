"""What is wrong with the headers of an answer: an empty list when nothing is."""

from __future__ import annotations

import re

from django.http.response import HttpResponseBase

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The only source that is neither nothing nor ourselves: the icons of the API's own page (mrm/urls.py).
EXTRA_SOURCES = {"/api/docs/": {"img-src data:"}}


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def policy_faults(path: str, policy: str) -> list[str]:
    found = directives(policy)
    faults = [
        f"without {name}"
        for name in ("default-src", "frame-ancestors", "base-uri", "form-action")
        if name not in found
    ]
    faults += [
        f"{name} is {found[name]}"
        for name in ("default-src", "frame-ancestors", "base-uri")
        if found.get(name) != ["'none'"]
    ]
    for name, sources in found.items():
        strange = {f"{name} {source}" for source in sources if source not in ("'none'", "'self'")}
        faults += sorted(strange - EXTRA_SOURCES.get(path, set()))
    return faults


def header_faults(path: str, answer: HttpResponseBase) -> list[str]:
    headers = answer.headers
    faults = policy_faults(path, headers.get("Content-Security-Policy", ""))
    faults += [
        f"{name} is {headers.get(name)}" for name, value in EXPECTED.items() if headers.get(name) != value
    ]
    policy = headers.get("Permissions-Policy", "")
    if "camera=()" not in policy or re.search(r"=\*|\(\*", policy):
        faults.append(f"Permissions-Policy is {policy}")
    if not path.startswith("/static/") and "no-store" not in headers.get("Cache-Control", ""):
        faults.append(f"Cache-Control is {headers.get('Cache-Control')}")
    if "Access-Control-Allow-Origin" in headers or "Server" in headers or "X-Powered-By" in headers:
        faults.append("a header that should not be there")
    if headers.get("Content-Disposition", "").startswith("attachment") and "sandbox" not in directives(
        headers.get("Content-Security-Policy", "")
    ):
        faults.append("a download without a sandbox")
    return faults
