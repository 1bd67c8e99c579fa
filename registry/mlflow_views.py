"""Pages of taking in what somebody logged in MLflow: which models there are, what one lacks, and asking for it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require
from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import NotFound, Unavailable
from registry import selectors, submissions
from registry.decision_policies import propose_policy
from registry.forms import ModelUriForm, SubmissionForm
from registry.logged_models import LoggedModel
from registry.models import DatasetSnapshot, RiskModel
from registry.views import about, dictionaries_to_choose

_SHOWN = 50


@signed_in
@require_safe
def mlflow_models(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    entry = _entry(actor, slug)
    uri = request.GET.get("uri", "")
    if uri:
        return redirect(f"{reverse('mlflow-register', args=[slug])}?{urlencode({'uri': uri})}")
    found, refusal = _recent(actor, entry)
    context = about(entry) | {
        "title": _("Register from MLflow"),
        "lede": _(
            "The newest models that were logged in MLflow. Nothing is approved or scored by registering."
        ),
        "entry": entry,
        "models": found,
        "is_empty": not found,
        "empty_title": refusal or _("Nothing was logged in MLflow yet"),
        "empty_text": _("A data scientist logs a model with the ordinary client; Connect has the two lines."),
        "filter_form": ModelUriForm(),
    }
    return render(request, "registry/mlflow_models.html", context, status=503 if refusal else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def mlflow_register(request: HttpRequest, slug: str) -> HttpResponse:
    actor = person_of(request)
    entry = _entry(actor, slug)
    uri, here = request.GET.get("uri", ""), reverse("mlflow-models", args=[slug])
    choices = list(selectors.visible_snapshots(actor=actor)[:_SHOWN])
    if not choices:
        raise NotFound("No snapshot is frozen yet. Import the table that the model was trained for.")
    snapshot = _chosen(request, choices)
    looked = submissions.look(actor=actor, risk_model=entry, uri=uri, snapshot=snapshot)
    form = SubmissionForm(
        filled(request),
        initial={"snapshot": str(snapshot.pk)},
        snapshots=[(str(each.pk), each.name) for each in choices],
        dictionaries=dictionaries_to_choose(actor, slug),
    )

    def submit(answers: dict[str, Any]) -> None:
        submissions.require_complete(looked, entry)
        policy = propose_policy(actor=actor, risk_model=entry, rules=form.rules()).policy
        words = uuid.UUID(answers["dictionary"])
        submission = submissions.Submission(
            risk_model=entry,
            uri=looked.model.uri,
            snapshot=snapshot,
            policy=policy,
            dictionary=selectors.dictionary(actor=actor, slug=slug, dictionary_id=words),
            change_note=answers["change_note"],
        )
        submissions.request_submission(actor=actor, submission=submission)

    status = attempt(form, submit) if request.method == "POST" else 200
    if status == DONE:
        words = _(
            "The registration is queued: the estimator is fetched, examined and sealed. Next: you submit the draft."
        )
        return done(request, words, reverse("model", args=[slug]))
    context = about(entry) | {
        "title": _("Register %(name)s from MLflow") % {"name": looked.model.name},
        "lede": _("What MLflow holds now is copied and sealed. A later change there reaches no score."),
        "looked": looked,
        "wanted": [{"label": _WANTED[wanted.key](), "lacks": wanted.lacks} for wanted in looked.wanted],
        "snapshot": snapshot,
        "form": form,
        "submit_label": _("Register"),
        "cancel_url": here,
    }
    return render(request, "registry/mlflow_register.html", context, status=status)


_WANTED = {
    "entry": lambda: _("Inventory entry: purpose, owner, limitations; data that passed its rules"),
    "format": lambda: _("Format: native, and nothing in it that runs code"),
    "signature": lambda: _("Signature: numeric columns by name"),
    "example": lambda: _("Input example, to be replayed"),
    "columns": lambda: _("Columns that the snapshot has, or tables that make them"),
}


def _entry(actor: User, slug: str) -> RiskModel:
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=slug)
    return selectors.risk_model(actor=actor, slug=slug)


def _recent(actor: User, entry: RiskModel) -> tuple[list[LoggedModel], str]:
    """The list, or why there is none now."""
    try:
        return submissions.recent(actor=actor, risk_model=entry, limit=_SHOWN), ""
    except Unavailable as refusal:
        return [], refusal.message


def _chosen(request: HttpRequest, choices: list[DatasetSnapshot]) -> DatasetSnapshot:
    """The snapshot of the form, of the address, or the newest."""
    asked = request.POST.get("snapshot") or request.GET.get("snapshot", "")
    return next((each for each in choices if str(each.pk) == asked), choices[0])
