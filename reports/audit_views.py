"""Audit reports on pages: the list, asking for one, the twin, the file and its tables."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.access import allows, require
from accounts.models import User
from accounts.pages import DONE, PageForm, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.lib.charts import numerals
from registry.selectors import visible_models
from reports import audit_reports, delivery
from reports.audit_asked import MOST_SAMPLED, SAMPLED, Asked
from reports.models import AuditReport
from reports.tables import archive
from reports.twin import content_of

_SHOWN = 50
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditReportForm(PageForm):
    model = forms.ChoiceField(label=gettext_lazy("Models"), required=False)
    since = forms.DateField(label=gettext_lazy("From (UTC)"), widget=_DATE, input_formats=["%Y-%m-%d"])
    until = forms.DateField(label=gettext_lazy("Until (UTC)"), widget=_DATE, input_formats=["%Y-%m-%d"])
    sample_size = forms.IntegerField(
        label=gettext_lazy("Decisions to compute again"),
        min_value=0,
        max_value=MOST_SAMPLED,
        help_text=gettext_lazy("Drawn by a seed that exists only once this has been asked for."),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slugs = [(each.slug, each.slug) for each in visible_models(actor=actor)]
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared above)
        field.choices = [("", _("all of them")), *slugs]


@signed_in
@require_safe
def audit_report_list(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    rows = list(audit_reports.audit_reports(actor=actor)[:_SHOWN])
    may_ask = allows(actor=actor, permission=Permission.AUDIT_REPORT_BUILD)
    context = {
        "title": _("Audit reports"),
        "lede": _(
            "What stood and what was done in a period, in one sealed file that anybody can examine without us."
        ),
        "main_act": {"label": _("Ask for an audit report"), "url": reverse("audit-report-ask")}
        if may_ask
        else None,
        "is_empty": not rows,
        "empty_title": _("No audit report is signed yet"),
        "empty_text": _("An auditor asks for one of a period; it is listed here once it is signed."),
        "page": {"next_url": "", "previous_url": ""},
        "columns": [{"label": each} for each in (_("Report"), _("Period"), _("Asked for by"), _("Sample"))],
        "rows": [_row(each) for each in rows],
    }
    return render(request, "reports/audit_reports.html", context)


def _row(each: AuditReport) -> list[dict[str, Any]]:
    said = {"same": numerals.fixed(each.same), "sampled": numerals.fixed(each.sampled)}
    return [
        {"text": each.model_slug or _("All models"), "url": reverse("audit-report", args=[each.pk])},
        {"text": f"{each.since.isoformat()} – {each.until.isoformat()}"},
        {"text": each.built_by.name},
        {"text": _("%(same)s of %(sampled)s the same") % said},
    ]


@signed_in
@require_http_methods(["GET", "POST"])
def audit_report_ask(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.AUDIT_REPORT_BUILD)
    today = clock.now().date()
    initial = {"since": today.replace(day=1), "until": today, "sample_size": SAMPLED}
    form = AuditReportForm(filled(request), initial=initial, actor=actor)

    def ask(answers: dict[str, Any]) -> None:
        audit_reports.request_audit_report(actor=actor, asked=asked_of(answers))

    status = attempt(form, ask) if request.method == "POST" else 200
    if status == DONE:
        words = _("The audit report is being built. It is listed here once it is signed.")
        return done(request, words, reverse("audit-reports"))
    context = {
        "title": _("Ask for an audit report"),
        "lede": _("The asking is an entry of the ledger, and the seed of the sample follows from it."),
        "crumbs": [_crumb(), {"label": _("Ask for an audit report")}],
        "form": form,
        "submit_label": _("Ask for it"),
        "cancel_url": reverse("audit-reports"),
    }
    return render(request, "layouts/form.html", context, status=status)


def asked_of(answers: dict[str, Any]) -> Asked:
    """What a form or the API was given; the id is ours."""
    since, until = answers["since"], answers["until"]
    assert isinstance(since, dt.date)  # noqa: S101 (validated by the form or the serializer)
    assert isinstance(until, dt.date)  # noqa: S101
    return Asked(uuid.uuid4(), answers.get("model", ""), since, until, answers["sample_size"])


@signed_in
@require_GET
def audit_report(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """The twin: the same content on a page."""
    from reports.render import html

    found = audit_reports.audit_report(actor=person_of(request), report_id=report_id)
    document = content_of(found)
    context = {
        "title": document.title,
        "lede": document.cover.outcome.text,
        "crumbs": [_crumb(), {"label": document.label}],
        "sections": [html.section(each) for each in document.sections],
        "pdf_url": reverse("audit-report-pdf", args=[found.pk]),
        "verifier_url": reverse("dossier-verifier"),
        "tables_url": reverse("audit-report-tables", args=[found.pk]),
        "facts": [
            {"term": _("Built"), "at": found.built_at, "text": found.built_by.name},
            {"term": _("Evidence"), "digest": found.evidence_digest},
            {"term": _("Seed of the sample"), "digest": found.seed},
            {"term": _("Signed file"), "digest": found.signed_digest},
            {"term": _("Content"), "digest": found.content_digest},
        ],
    }
    return render(request, "reports/audit_report.html", context)


@signed_in
@require_GET
def audit_report_pdf(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = audit_reports.audit_report(actor=actor, report_id=report_id)
    return delivery.audit_report_response(found, audit_reports.pdf_of(actor=actor, report=found))


@signed_in
@require_GET
def audit_report_tables(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    found = audit_reports.audit_report(actor=person_of(request), report_id=report_id)
    return delivery.audit_tables_response(found, archive(content_of(found)))


def _crumb() -> dict[str, str]:
    return {"label": _("Audit reports"), "url": reverse("audit-reports")}
