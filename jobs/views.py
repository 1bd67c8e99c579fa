"""Pages of background work: all jobs, one job with its progress, and stopping it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows
from accounts.models import User
from accounts.pages import done, only_asked, person_of, signed_in
from accounts.permissions import Permission
from jobs import selectors, services, words
from jobs.forms import JobFilterForm
from jobs.models import Job, JobState
from jobs.paging import page_of
from mrm.lib import clock
from mrm.lib.errors import Malformed

_POLL_SECONDS, _LONGEST_POLL_SECONDS = 2, 30
# Kinds whose result has a page of its own, by the name of its address.
_PAGES = {"verify-ledger": "ledger-verification", "tamper-with-copy": "demo-tampered"}


@signed_in
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    form = JobFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the list cannot be narrowed by."))
    asked = {name: value for name, value in form.cleaned_data.items() if value and name != "after"}
    rows = selectors.visible_jobs(actor=person_of(request)).filter(**asked)
    page = page_of(rows, form.cleaned_data["after"])
    more = f"{reverse('jobs')}?{urlencode(asked | {'after': page.after})}" if page.after else ""
    back = f"{reverse('jobs')}?{urlencode(asked)}" if form.cleaned_data["after"] else ""
    context = {
        "title": _("Jobs"),
        "lede": _("Long work in the background: what runs, what waits, how it ended."),
        "filter_form": form,
        "jobs": [(job, words.kind_words(job.kind), _elapsed(job)) for job in page.jobs],
        "is_empty": not page.jobs,
        "empty_title": _("No job is here"),
        "empty_text": _("An import, a training or a validation run appears here as soon as it is asked for."),
        "page": {"next_url": more, "previous_url": back},
    }
    return render(request, "jobs/jobs.html", context)


@signed_in
@require_safe
def job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.job(actor=actor, job_id=job_id)
    kind = words.kind_words(found.kind)
    context = progress_of(actor, found) | {
        "title": kind,
        "crumbs": [{"label": _("Jobs"), "url": reverse("jobs")}, {"label": kind}],
        "lede": _lede(found),
        "result_links": _result_links(found),
        "reasons": found.reasons if found.reasons != [found.reason] else [],
    }
    return render(request, "jobs/job.html", context)


@signed_in
@require_safe
def progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The part that is polled: slower the longer the job takes, and no more once it has ended."""
    actor = person_of(request)
    context = progress_of(actor, selectors.job(actor=actor, job_id=job_id))
    return render(request, "jobs/progress.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    if back := only_asked(request, reverse("job", args=[job_id])):
        return back
    actor = person_of(request)
    found = selectors.job(actor=actor, job_id=job_id)
    held = services.cancel_job(actor=actor, job=found)
    told = _("The job is cancelled.")
    if held.state == JobState.RUNNING:
        told = _("The job was told to stop; it ends within a few seconds. Nothing it did half is kept.")
    return done(request, told, reverse("job", args=[found.pk]))


def progress_of(actor: User, found: Job, page: str = "job") -> dict[str, Any]:
    """What the part that is polled shows. `page` names the page it stands on; its part is named `<page>-progress`."""
    is_stopping = found.is_open and found.cancel_requested_at is not None
    may_cancel = found.is_open and not is_stopping and allows(actor=actor, permission=Permission.JOB_CANCEL)
    return {
        "job": found,
        "shown": {
            "state": "cancelling" if is_stopping else found.state,
            "percent": found.percent,
            "step": words.step_words(found.step) if found.is_open else "",
            "reason": found.reason,
        },
        "done_steps": _steps(found),
        "elapsed": _elapsed(found),
        "poll_url": reverse(f"{page}-progress", args=[found.pk]) if found.is_open else "",
        "poll_seconds": _poll_seconds(found),
        "page_url": reverse(page, args=[found.pk]),
        "cancel_url": reverse("job-cancel", args=[found.pk]) if may_cancel else "",
        "result_links": _result_links(found),
    }


def _steps(found: Job) -> list[dict[str, str]]:
    done_steps = [{"label": words.step_words(str(step)), "state": "done"} for step in found.steps_done]
    if found.state == JobState.RUNNING and found.step:
        return [*done_steps, {"label": words.step_words(found.step), "state": "current"}]
    if found.state in (JobState.FAILED, JobState.DEAD) and found.step:
        return [*done_steps, {"label": words.step_words(found.step), "state": "failed"}]
    return done_steps


def _elapsed(found: Job) -> float:
    begun = found.started_at or found.created_at
    return ((found.ended_at or clock.now()) - begun).total_seconds()


def _poll_seconds(found: Job) -> int:
    """Two seconds at first, then a tenth of the time it has taken so far."""
    return max(_POLL_SECONDS, min(int(_elapsed(found) / 10), _LONGEST_POLL_SECONDS))


def _lede(found: Job) -> str:
    if found.is_open:
        return _("You may leave this page: the work goes on, and its end is kept here.")
    return _("It has ended.")


def _result_links(found: Job) -> list[dict[str, str]]:
    """Where what the job made can be seen. What has no page here is left out."""
    result = found.result
    wanted: list[tuple[str, str, list[object]]] = []
    if "snapshot" in result:
        wanted.append((_("The frozen snapshot"), "snapshot", [result["snapshot"]]))
    if "model" in result and "version" in result:
        wanted.append((_("The registered version"), "version", [result["model"], result["version"]]))
    if "reperformance" in result:
        wanted.append((_("The comparison, number by number"), "reperformance", [result["reperformance"]]))
    if "comparison" in result:
        wanted.append((_("The comparison"), "comparison", [result["comparison"]]))
    if found.kind in _PAGES and result:
        wanted.append((_("What came of it, in words"), _PAGES[found.kind], [found.pk]))
    links = []
    for label, name, args in wanted:
        try:
            links.append({"label": label, "url": reverse(name, args=args)})
        except NoReverseMatch:
            continue
    return links
