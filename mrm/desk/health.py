"""Is the process alive, may it be given traffic, and what does it measure?"""

from __future__ import annotations

import os
from collections.abc import Iterable

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from approvals.models import ApprovalRequest, RequestState
from audit import guards, selectors
from audit.anchors import selectors as anchors
from jobs.models import Job
from mrm import startup
from mrm.desk.standing import is_signed, seconds_unsealed
from mrm.lib import clock
from notices.selectors import oldest_waiting
from scoring.models import Deployment
from validation.models import Finding, FindingState


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """503 until the database answers, keeps every declared invariant, and the models in force are loaded."""
    try:
        connection.ensure_connection()
        missing = guards.missing()
    except DatabaseError:
        return JsonResponse({"ready": False, "why": "The database does not answer."}, status=503)
    if missing:
        why = {"ready": False, "why": "Database guards are missing.", "guards": missing}
        return JsonResponse(why, status=503)
    if not startup.is_warm():
        return JsonResponse({"ready": False, "why": "The models in force are being loaded."}, status=503)
    return JsonResponse({"ready": True})


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Prometheus text: the counters of all web processes, and facts counted from the database now."""
    counters = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        counters = CollectorRegistry()
        MultiProcessCollector(counters)  # type: ignore[no-untyped-call]
    facts = CollectorRegistry()
    facts.register(Facts())
    return HttpResponse(generate_latest(counters) + generate_latest(facts), content_type=CONTENT_TYPE_LATEST)


class Facts(Collector):
    """Counts with names of models, roles and words as labels: never a person, never an application."""

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("mrm_ledger_entries_total", "Entries in the ledger.", selectors.size())
        yield GaugeMetricFamily(
            "mrm_ledger_ok", "1 while the sealer signs in time, else 0.", float(is_signed())
        )
        yield GaugeMetricFamily(
            "mrm_ledger_uncovered_entries", "Entries that no checkpoint is over.", float(_uncovered())
        )
        yield _counted(
            GaugeMetricFamily(
                "mrm_anchor_waiting_seconds",
                "For how long a place has held an older checkpoint than there is.",
                labels=["kind"],
            ),
            [(age.kind, age.waiting.total_seconds()) for age in anchors.ages()],
        )
        yield _counted(
            GaugeMetricFamily(
                "mrm_outbox_oldest_seconds",
                "Age of the oldest that waits to leave: a record for its seal, a notice for its reader.",
                labels=["of"],
            ),
            [("seal", seconds_unsealed()), *oldest_waiting().items()],
        )
        yield _counted(
            GaugeMetricFamily("mrm_jobs", "Jobs by kind and state.", labels=["kind", "state"]),
            Job.objects.values_list("kind", "state").annotate(n=Count("pk")),
        )
        yield _counted(
            GaugeMetricFamily("mrm_findings_open", "Unsettled findings.", labels=["severity", "overdue"]),
            _findings(),
        )
        yield _counted(
            GaugeMetricFamily("mrm_approvals_pending", "Open approval requests.", labels=["step"]),
            [("sign-off", ApprovalRequest.objects.filter(state=RequestState.OPEN).count())],
        )
        yield _counted(
            GaugeMetricFamily("mrm_model_info", "What holds a slot.", labels=["model", "version", "slot"]),
            [
                (slug, str(number), slot, 1)
                for slug, number, slot in Deployment.objects.filter(ended_at=None).values_list(
                    "risk_model__slug", "version__number", "slot"
                )
            ],
        )


def _counted(family: GaugeMetricFamily, rows: Iterable[tuple[str | float, ...]]) -> GaugeMetricFamily:
    for *labels, value in rows:
        family.add_metric([str(label) for label in labels], float(value))
    return family


def _findings() -> list[tuple[str | int, ...]]:
    today = clock.now().date()
    open_findings = Finding.objects.exclude(state=FindingState.CLOSED)
    overdue = open_findings.filter(due_on__lt=today).values_list("severity").annotate(n=Count("pk"))
    in_time = open_findings.filter(due_on__gte=today).values_list("severity").annotate(n=Count("pk"))
    return [(severity, "yes", n) for severity, n in overdue] + [
        (severity, "no", n) for severity, n in in_time
    ]


def _uncovered() -> int:
    newest = selectors.newest_checkpoint()
    return selectors.size() - (newest.size if newest else 0)
