"""The demo's page "tamper with a copy": pick an attack, see what catches it. Outside the demo it does not exist."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require
from accounts.models import User
from accounts.pages import DONE, PageForm, SeeOther, attempt, filled, person_of, signed_in
from accounts.permissions import Permission
from jobs.models import Job
from jobs.views import progress_of
from mrm.demo import tamper
from mrm.demo.attacks import Attack
from mrm.lib.errors import NotFound
from reports.ledger_words import FaultLine, fault_line

_PAGE = "demo-tampered"
_ATTACKS = {
    Attack.CHANGE: gettext_lazy("Change a word: somebody else did it"),
    Attack.DELETE: gettext_lazy("Delete an entry"),
    Attack.SWAP: gettext_lazy("Swap two entries"),
    Attack.CUT: gettext_lazy("Cut off the end"),
    Attack.REWRITE: gettext_lazy("Rewrite everything after a forged entry and sign it with the stolen key"),
}


class AttackForm(PageForm):
    attack = forms.ChoiceField(
        label=gettext_lazy("What the attacker does to the copy"),
        choices=[(str(attack), words) for attack, words in _ATTACKS.items()],
        widget=forms.RadioSelect,
        initial=str(Attack.CHANGE),
    )


@signed_in
@require_http_methods(["GET", "POST"])
def tamper_with_copy(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.LEDGER_READ)
    form = AttackForm(filled(request))
    asked: list[Job] = []
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda answers: asked.append(_asked(actor, answers)))
        if status == DONE:
            return SeeOther(reverse(_PAGE, args=[asked[0].pk]))
    context = {
        "title": _("Tamper with a copy"),
        "crumbs": [{"label": _("Ledger"), "url": reverse("ledger")}, {"label": _("Tamper with a copy")}],
        "lede": _(
            "Demo only. The ledger is exported, the copy is altered, and the offline verifier looks at both."
        ),
        "form": form,
        "form_action": reverse("demo-tamper"),
        "submit_label": _("Tamper and verify"),
        "cancel_url": reverse("ledger"),
    }
    return render(request, "desk/tamper.html", context, status=status)


@signed_in
@require_safe
def tampered(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    job = _job(actor, job_id)
    context = progress_of(actor, job, _PAGE) | {
        "title": _("What the tampering came to"),
        "crumbs": [
            {"label": _("Ledger"), "url": reverse("ledger")},
            {"label": _("Tamper with a copy"), "url": reverse("demo-tamper")},
            {"label": _("Result")},
        ],
        "lede": str(_ATTACKS.get(job.payload["attack"], "")),
        "told": job.result,
        "sentence": _sentence(job.result),
        "runs": _runs(job.result),
    }
    return render(request, "desk/tampered.html", context)


@signed_in
@require_safe
def tampered_progress(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The part that is polled."""
    actor = person_of(request)
    return render(request, "jobs/progress.html", progress_of(actor, _job(actor, job_id), _PAGE))


def _asked(actor: User, answers: dict[str, Any]) -> Job:
    return tamper.request_tampering(actor=actor, attack=Attack(answers["attack"]))


def _job(actor: User, job_id: uuid.UUID) -> Job:
    require(actor=actor, permission=Permission.LEDGER_READ)
    found = Job.objects.select_related("requested_by__person").filter(pk=job_id, kind=tamper.KIND).first()
    if found is None:
        raise NotFound(_("There is no such job that you may see."))
    return found


def _sentence(told: dict[str, Any]) -> str:
    """What caught it, in one sentence."""
    if not told:
        return ""
    if told["outside"]["verdict"] != "broken":
        return _("Nothing caught it. That must not be: call whoever maintains Countersign.")
    if told["key_only"]["verdict"] == "broken":
        return _(
            "The copy contradicts itself: whoever verifies it finds the fault, without anything from outside."
        )
    if told["attack"] == Attack.REWRITE:
        return _(
            "The copy fits together and is signed with the right key: by itself it cannot be told from the truth."
            " Only the checkpoint from before contradicts it, as one that is held outside would."
        )
    return _(
        "What is left fits together and its signatures hold: by itself it looks complete. Only the checkpoint from"
        " before tells that the end is missing, as one that is held outside would."
    )


def _runs(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The three runs of the verifier, in the order in which a reader follows them."""
    if not told:
        return []
    labels = {
        "original": _("The original, with the public key and the checkpoint from before"),
        "key_only": _("The altered copy, with the public key alone"),
        "outside": _("The altered copy, with the public key and the checkpoint from before"),
    }
    return [
        {"label": label, **told[name], "lines": [_fault(each) for each in told[name]["faults"]]}
        for name, label in labels.items()
    ]


def _fault(found: dict[str, Any]) -> FaultLine:
    return fault_line(found["code"], found["place"])


pages = [
    path("demo/tamper", tamper_with_copy, name="demo-tamper"),
    path("demo/tamper/<uuid:job_id>", tampered, name=_PAGE),
    path("demo/tamper/<uuid:job_id>/progress", tampered_progress, name=f"{_PAGE}-progress"),
]
