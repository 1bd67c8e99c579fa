"""Pages of a verification: ask for it, watch it, read what it proves."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.pages import SeeOther, only_asked, person_of, signed_in
from jobs.models import Job
from jobs.views import progress_of
from reports import ledger_verification as verifying
from reports import ledger_words as words

_PAGE = "ledger-verification"


@signed_in
@require_http_methods(["GET", "POST"])
def ledger_verify(request: HttpRequest) -> HttpResponse:
    """A POST, because it reads every entry: nobody does that by following a link."""
    if back := only_asked(request, reverse("ledger")):
        return back
    job = verifying.request_verification(actor=person_of(request))
    return SeeOther(reverse(_PAGE, args=[job.pk]))


@signed_in
@require_safe
def ledger_verification(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    job = verifying.verification_job(actor=actor, job_id=job_id)
    title = _("Verification of the ledger")
    context = progress_of(actor, job, _PAGE) | {
        "title": title,
        "crumbs": [{"label": _("Ledger"), "url": reverse("ledger")}, {"label": title}],
        "state": job.result.get("verdict", ""),
        "lede": _lede(job),
        "verdict": _verdict(job),
    }
    return render(request, "reports/verification.html", context)


@signed_in
@require_safe
def ledger_verification_progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The part that is polled; once there is a verdict, the page that shows it takes its place."""
    context = _progress(person_of(request), job_id)
    answer = render(request, "jobs/progress.html", context)
    if not context["poll_url"]:
        answer["HX-Refresh"] = "true"
    return answer


def _progress(actor: User, job_id: uuid.UUID) -> dict[str, Any]:
    return progress_of(actor, verifying.verification_job(actor=actor, job_id=job_id), _PAGE)


def _lede(job: Job) -> str:
    if job.is_open:
        return _(
            "Every entry is computed again from its stored bytes. You may leave this page: the work goes on."
        )
    if not job.result:
        return _("It ended without a verdict.")
    return _("Computed from the stored bytes; nothing was changed.")


def _verdict(job: Job) -> dict[str, Any] | None:
    """What the page says of the verdict; None while there is none."""
    kept = job.result
    if not kept:
        return None
    return {
        "kept": kept,
        "proven": words.proven(kept),
        "unproven": words.unproven(kept),
        "faults": words.fault_lines(kept),
        "more": words.more_faults(kept),
    }
