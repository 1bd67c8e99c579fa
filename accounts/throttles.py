"""How often one person may ask for something in a minute, or one address whose person is not known yet. The counts are
rows of the database, so every process and thread counts together; a window is a minute of the clock, so at its edge
twice the limit may pass within seconds.

A score is not counted: the row would cost every score a write of its own and make one client's scores wait for each
other. Its rate is limited in front of the application (docs/configuration.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import failures
from accounts.models import ThrottleWindow, User
from accounts.origin import counted_address
from mrm.lib import clock
from mrm.lib.errors import TooOften

if TYPE_CHECKING:
    # The framework imports this module while it makes that class.
    from rest_framework.views import APIView

SECONDS: Final = 60
KEPT_MINUTES: Final = 10
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
UNCOUNTED: Final = frozenset({"api-score"})
# Reads that cost as much as work.
EXPORTS: Final = frozenset(
    {
        "api-audit-report-pdf",
        "api-audit-report-tables",
        "api-benchmark-pdf",
        "api-dossier-pdf",
        "api-model-card",
        "model-card-pdf",
        "api-ledger-bundle",
        "api-sample-run-pdf",
        "api-ledger-stream",
        "audit-report",
        "audit-report-pdf",
        "audit-report-tables",
        "benchmark-pdf",
        "api-dossier-tables",
        "dossier",
        "dossier-pdf",
        "dossier-tables",
        "inventory-as-of-csv",
        "ledger-bundle",
        "sample-run-pdf",
    }
)
# Unsafe requests by the name of their address; all others are "writes".
SCOPES: Final[Mapping[str, str]] = {
    "api-challenge-open": "challenges",
    "api-snapshot-list": "uploads",
    "snapshot-import": "uploads",
    "api-version-file-list": "uploads",
    "version-files": "uploads",
    "api-sample-list": "uploads",
    "sample-import": "uploads",
    "api-audit-report-list": "jobs",
    "audit-report-ask": "jobs",
    "api-dossier-list": "jobs",
    "api-ledger-verification-request": "jobs",
    "api-assembly-request": "jobs",
    "api-feature-view-list": "jobs",
    "api-feature-view-publish": "jobs",
    "api-sweep-list": "jobs",
    "api-training-request": "jobs",
    "api-sample-run-list": "jobs",
    "api-reperformance-list": "jobs",
    "api-comparison-list": "jobs",
    "api-validation-run-list": "jobs",
    "api-version-list": "jobs",
    "dossier-build": "jobs",
    "ledger-verify": "jobs",
    "run-reperform": "jobs",
    "run-start": "jobs",
    "sample-run-start": "jobs",
    "comparison-request": "jobs",
    "assembly-request": "jobs",
    "sweep-request": "jobs",
    "training-request": "jobs",
    "version-register": "jobs",
    # An endpoint's name is looked up when it is added, and called when it is tested.
    "api-webhook-list": "jobs",
    "api-webhook-test": "jobs",
    "webhook-add": "jobs",
    "webhook-test": "jobs",
}
# One statement: a new row, one more, or nothing where the limit is reached, which also writes nothing.
_COUNT: Final = """
    INSERT INTO accounts_throttlewindow (scope, who, minute, count) VALUES (%s, %s, %s, 1)
    ON CONFLICT (scope, who, minute) DO UPDATE SET count = accounts_throttlewindow.count + 1
    WHERE accounts_throttlewindow.count < %s
    RETURNING count
"""


class OperationThrottle(BaseThrottle):
    """The framework asks it at every operation, once it knows who asks."""

    def allow_request(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 (the framework's signature)
        if isinstance(request.user, User):
            take(request=request._request, user=request.user)  # noqa: SLF001 (it has the resolved name)
        return True


def take(*, request: HttpRequest, user: User) -> None:
    """Count this request. Raises TooOften where its scope is used up for this user and minute."""
    scope = scope_of(request)
    if scope:
        _take(scope, str(user.pk))


def take_stranger(*, request: HttpRequest) -> None:
    """Count what nobody in particular sends, by its address: a sign-in keeps a row even before it fails. Raises
    TooOften."""
    address = counted_address(request)
    if request.method not in _SAFE and address is not None:
        _take("strangers", failures.key_of(address))


def _take(scope: str, who: str) -> None:
    limit = settings.MRM_LIMITS[scope]
    moment = clock.now().timestamp()
    if limit and not _is_counted(scope, who, int(moment // SECONDS), limit):
        raise too_often(limit, moment)


def too_often(limit: int, moment: float) -> TooOften:
    """The refusal of who has used up this minute, with the seconds until the next one."""
    wait = math.ceil(SECONDS - moment % SECONDS)
    words = _("At most %(limit)s requests of this kind are done in a minute. Try again in %(wait)s seconds.")
    return TooOften(words % {"limit": limit, "wait": wait}, wait)


def scope_of(request: HttpRequest) -> str:
    """The scope that counts this request; "" for none."""
    name = (request.resolver_match and request.resolver_match.url_name) or ""
    if name in EXPORTS and request.method == "GET":
        return "exports"
    if request.method in _SAFE or name in UNCOUNTED:
        return ""
    return SCOPES.get(name, "writes")


def sweep() -> int:
    """Forget windows that nothing asks about any more."""
    oldest = int(clock.now().timestamp() // SECONDS) - KEPT_MINUTES
    return ThrottleWindow.objects.filter(minute__lt=oldest).delete()[0]


def _is_counted(scope: str, who: str, minute: int, limit: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [scope, who, minute, limit])
        return cursor.fetchone() is not None
