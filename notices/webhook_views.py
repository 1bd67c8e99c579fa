"""The pages on which an operator says which systems are told of what."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import EVERY_MODEL, require
from accounts.confirming import Question, confirmed
from accounts.pages import DONE, PageForm, attempt, filled, person_of, signed_in
from accounts.paging import page_after
from accounts.permissions import Permission
from notices import endpoints, selectors, words
from notices.endpoints import Wanted
from notices.forms import EndpointForm
from notices.models import Delivery, Endpoint

_MADE = 201


@signed_in
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    here = reverse("webhooks")
    rows = selectors.endpoints(actor=person_of(request))
    page = page_after(rows, "added_at", request.GET.get("after", ""))
    context = {
        "title": _("Webhooks"),
        "lede": _("Which systems are told of what happens here. A message names a thing and links to it."),
        "main_act": {"label": _("Add an endpoint"), "url": reverse("webhook-add")},
        "rows": [(each, _state(each)) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("No system is told"),
        "empty_text": _("An endpoint is an https address of another system. Every message to it is signed."),
        "page": {"next_url": f"{here}?after={page.after}" if page.after else ""},
    }
    return render(request, "notices/webhooks.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def webhook_add(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.WEBHOOK_MANAGE, model_slug=EVERY_MODEL)
    form = EndpointForm(filled(request))
    made: list[tuple[Endpoint, str]] = []

    def add(answers: dict[str, Any]) -> None:
        wanted = Wanted(answers["name"], answers["url"], tuple(answers["events"]))
        made.append(endpoints.add_endpoint(actor=actor, wanted=wanted))

    status = attempt(form, add) if request.method == "POST" else 200
    if status == DONE:
        return _shown_once(request, *made[0])
    context = {
        "title": _("Add an endpoint"),
        "lede": _("It is told of every model, from now on."),
        "crumbs": [*_crumbs(), {"label": _("Add an endpoint")}],
        "form": form,
        "submit_label": _("Add the endpoint"),
        "cancel_url": reverse("webhooks"),
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_safe
def webhook(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    actor, here = person_of(request), reverse("webhook", args=[endpoint_id])
    found = selectors.endpoint(actor=actor, endpoint_id=endpoint_id)
    rows = selectors.deliveries(actor=actor, endpoint_id=endpoint_id)
    page = page_after(rows, "at", request.GET.get("after", ""))
    context = {
        "title": found.name,
        "crumbs": [*_crumbs(), {"label": found.name}],
        "state": _state(found),
        "lede": found.url,
        "endpoint": found,
        "rows": [_row(each) for each in page.rows],
        "is_empty": not page.rows,
        "empty_title": _("Nothing was sent there yet"),
        "empty_text": _("Send a test to see whether it answers."),
        "page": {"next_url": f"{here}?after={page.after}" if page.after else ""},
    }
    return render(request, "notices/webhook.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def webhook_rotate(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    found = selectors.endpoint(actor=actor, endpoint_id=endpoint_id)
    form = PageForm(filled(request))
    made: list[tuple[Endpoint, str]] = []

    def rotate(_answers: dict[str, Any]) -> None:
        made.append(endpoints.rotate_secret(actor=actor, endpoint=found))

    status = attempt(form, rotate) if request.method == "POST" else 200
    if status == DONE:
        return _shown_once(request, *made[0])
    context = {
        "title": _("A new secret for %(name)s") % {"name": found.name},
        "lede": _("Both secrets sign for 24 hours, so that the receiver can change over. It is shown once."),
        "crumbs": [*_crumbs(found), {"label": _("New secret")}],
        "form": form,
        "submit_label": _("Make a new secret"),
        "cancel_url": reverse("webhook", args=[found.pk]),
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def webhook_disable(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    found = selectors.endpoint(actor=actor, endpoint_id=endpoint_id)
    question = Question(
        title=_("Disable %(name)s") % {"name": found.name},
        lede=_(
            "Nothing is sent there any more, not even what waits. This cannot be taken back: add another."
        ),
        button=_("Disable the endpoint"),
        told=_("%(name)s is told of nothing any more.") % {"name": found.name},
        back_url=reverse("webhook", args=[found.pk]),
        crumbs=_crumbs(found),
    )
    return confirmed(request, question, lambda: endpoints.disable_endpoint(actor=actor, endpoint=found))


@signed_in
@require_http_methods(["GET", "POST"])
def webhook_test(request: HttpRequest, endpoint_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    found = selectors.endpoint(actor=actor, endpoint_id=endpoint_id)
    question = Question(
        title=_("Send a test to %(name)s") % {"name": found.name},
        lede=_("A signed message of the type webhook:tested, which says nothing."),
        button=_("Send the test"),
        told=_("The test is on its way. How it went stands in the list."),
        back_url=reverse("webhook", args=[found.pk]),
        crumbs=_crumbs(found),
    )
    return confirmed(request, question, lambda: endpoints.send_test(actor=actor, endpoint=found))


def _shown_once(request: HttpRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    """No redirect: the secret would have to be kept somewhere on the way."""
    context = {
        "title": _("The secret of %(name)s") % {"name": endpoint.name},
        "crumbs": [*_crumbs(endpoint), {"label": _("Secret")}],
        "lede": _("Copy it now: it is kept encrypted, and nobody can show it again."),
        "endpoint": endpoint,
        "secret": secret,
    }
    return render(request, "notices/webhook_secret.html", context, status=_MADE)


def _crumbs(endpoint: Endpoint | None = None) -> list[dict[str, str]]:
    listed = {"label": _("Webhooks"), "url": reverse("webhooks")}
    if endpoint is None:
        return [listed]
    return [listed, {"label": endpoint.name, "url": reverse("webhook", args=[endpoint.pk])}]


def _state(endpoint: Endpoint) -> str:
    return "in_force" if endpoint.disabled_at is None else "disabled"


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "state": words.state_of_delivery(delivery.job),
        "why": words.why_of_delivery(delivery.job),
    }
