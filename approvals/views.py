"""Pages of approval: ask for it, and the one page on which an approver decides."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from approvals import selectors, services, words
from approvals.asked import Asked, asked_of
from approvals.ceremony import signature_on_page
from approvals.content import shown_of
from approvals.forms import SignOffForm
from approvals.models import ApprovalRequest
from approvals.pages import acts_on_request, crumbs_of, home_of
from approvals.policy import CONDITIONAL
from approvals.services import meaning_of
from registry import selectors as registry


@signed_in
@require_POST
def request_open(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = registry.version(actor=actor, slug=slug, number=number)
    opened = services.open_request(actor=actor, version=version)
    said = ngettext(
        "The approval of %(label)s is asked for. Next: %(count)s independent approver signs.",
        "The approval of %(label)s is asked for. Next: %(count)s independent approvers sign.",
        opened.quorum,
    )
    if opened.quorum == 0:
        said = _("%(label)s is approved: its tier asks for no approver. Next: an operator deploys it.")
    told = said % {"label": version.label, "count": opened.quorum}
    return done(request, told, reverse("version", args=[slug, number]))


@signed_in
@require_http_methods(["GET", "POST"])
def sign_off(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=request_id)
    now = shown_of(question).digest
    others = {each.username: each for each in selectors.delegators_of(actor)}
    named = [(username, each.name) for username, each in others.items()]
    form = SignOffForm(
        filled(request),
        verdicts=_verdicts(question),
        others=named,
        takes_conditions=question.act in CONDITIONAL,
        initial={"shown": now},
    )

    def sign(answers: dict[str, Any]) -> None:
        verdict = answers["verdict"]
        signature = signature_on_page(actor, answers, meaning_of(verdict))
        services.sign_off(
            actor=actor,
            request=question,
            verdict=verdict,
            signature=signature,
            on_behalf_of=others.get(answers.get("on_behalf_of", "")),
            conditions=form.demands(),
        )

    status = attempt(form, sign) if request.method == "POST" else 200
    if status == DONE:
        return done(request, _signed(actor, question, form.cleaned_data["verdict"]), home_of(question))
    if form.is_bound:
        form.shown_anew(now)
    why_not = selectors.why_actor_cannot_sign(actor=actor, request=question)
    asked = asked_of(actor=actor, request=question)
    # Whoever may not sign sees why, and no form; what was entered is never taken away.
    context = _page(actor, question, asked) | {
        "form": form if form.is_bound or why_not is None else None,
        "why_not": why_not,
        "digest": now,
        "acts": acts_on_request(actor, question, why_not),
    }
    return render(request, "approvals/sign_off.html", context, status=status)


def _page(actor: User, question: ApprovalRequest, asked: Asked) -> dict[str, Any]:
    version = question.version
    return {
        "title": asked.title,
        "lede": asked.lede,
        "state": version.stage if version is not None and question.state == "open" else question.state,
        "crumbs": [*crumbs_of(question), {"label": _("Sign-off")}],
        "asked": asked,
        "question": question,
        "cancel_url": home_of(question),
        "signer": actor.name,
        "meaning": _("Your decision on what is asked, having seen what is named below."),
        "meaning_code": meaning_of(""),
        "next_words": asked.next_words,
        "submit_label": _("Sign"),
    }


def _verdicts(question: ApprovalRequest) -> list[tuple[str, str]]:
    with_conditions = [("approve_with_conditions", _("Approve with conditions"))]
    return [
        ("approve", _("Approve")),
        *(with_conditions if question.act in CONDITIONAL else []),
        ("return", _("Return to whoever asks")),
        ("reject", _("Reject")),
        ("dissent", _("Dissent: speak against it, and leave the decision to the others")),
    ]


def _signed(actor: User, question: ApprovalRequest, verdict: str) -> str:
    label = {"label": words.subject_words(question)}
    if verdict == "reject":
        return _("You rejected %(label)s. The request ends here.") % label
    if verdict == "return":
        return _("You gave %(label)s back. Next: whoever asked.") % label
    if verdict == "dissent":
        return _("Your dissent on %(label)s is kept and printed. The others decide.") % label
    missing = selectors.missing_signoffs(selectors.request(actor=actor, request_id=question.pk))
    if missing == 0:
        return _("You approved %(label)s, and the quorum is complete.") % label
    said = ngettext(
        "You approved %(label)s. Next: %(count)s more approver signs.",
        "You approved %(label)s. Next: %(count)s more approvers sign.",
        missing,
    )
    return said % (label | {"count": missing})
