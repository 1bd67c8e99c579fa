"""Every address of the resolver, pages and API alike, with the rows of the full world in its path."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from tests.badinput.routes import PART, Route
from tests.badinput.routes import routes as api_routes

# What a part of an address is called in the full world (tests/governance/full_world.py).
ROWS = {
    "run_id": "r_done",
    "result_id": "res_failed",
    "reperformance_id": "reperformance",
    "request_id": "q_open",
    "finding_id": "f_open",
    "question_id": "question",
    "file_id": "file",
    "job_id": "j_queued",
    "snapshot_id": "snapshot",
    "view_id": "view",
    "comparison_id": "compared",
    "pack_id": "pack",
    "successor_id": "pack",
    "sample_id": "sample",
    "sample_run_id": "sr_done",
    "sample_result_id": "sres_failed",
    "sweep_id": "sweep",
    "benchmark_id": "benchmark",
    "deployment_id": "d_open",
    "decision_id": "dec",
    "dossier_id": "dossier",
    "report_id": "audit_report",
    "condition_id": "k_open",
    "delegation_id": "g_standing",
    # Dana has an account, a role, a browser, a token and an app: whoever reaches one of them has reached hers.
    "user_id": "dana",
    "grant_id": "g_open",
    "digest": "ses_dana",
    "token_id": "t_open",
    "factor": "totp",
    "role_request_id": "rr_open",
    "endpoint_id": "endpoint",
    "invitation_id": "i_open",
}
PLAIN = {
    "slug": "card-limit",
    "number": "1",
    "place": "0",
    "sequence": "1",
    "size": "1",
    "act": "resume-version",
    "topic": "opinion",
    "audience": "officer",
}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver; `template` is what it is written as, without the first slash."""

    name: str
    template: str

    @property
    def is_api(self) -> bool:
        return self.template.startswith("api/")

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(name for _, name in PART.findall(self.template))

    def path(self, values: Mapping[str, str]) -> str:
        return "/" + PART.sub(lambda part: values[part[2]], self.template)

    def __str__(self) -> str:
        return self.name


def addresses() -> list[Address]:
    return sorted(_walk(get_resolver().url_patterns, ""), key=lambda each: each.template)


def pages() -> list[Address]:
    return [each for each in addresses() if not each.is_api]


def _walk(patterns: list[URLPattern | URLResolver], above: str) -> Iterator[Address]:
    for pattern in patterns:
        here = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield Address(pattern.name or here, here)


def values_of(names: Mapping[str, str]) -> dict[str, str]:
    """Real rows for every part of an address, so that views are reached and not only refused."""
    found = {part: _text(names[row]) for part, row in ROWS.items()}
    return found | PLAIN


def _text(key: str) -> str:
    return str(uuid.UUID(key)) if len(key) == 32 else key


def operations() -> list[tuple[Route, str]]:
    """Every operation of the API, as its description names them."""
    return [(route, method) for route in api_routes() for method in sorted(route.methods)]
