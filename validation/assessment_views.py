"""Pages of a validator's judgement in words: the assessment, writing one topic, a question and its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import allows, require
from accounts.pages import DONE, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from mrm.lib.errors import NotFound
from registry import selectors as registry
from registry import version_files
from registry.document_views import brought_of
from registry.models import ModelVersion
from validation import assessing, assessments
from validation.assessing import Written
from validation.assessment_forms import AnswerForm, AssessmentForm, QuestionForm
from validation.assessment_page import earlier_revisions, facts_of, topic_lines
from validation.topics import Topic


@signed_in
@require_safe
def assessment(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    version = registry.version(actor=actor, slug=slug, number=number)
    asks = allows(actor=actor, permission=Permission.ASSESSMENT_WRITE, model_slug=slug)
    lines = topic_lines(actor=actor, version=version)
    context = {
        "title": _("Assessment of %(label)s") % {"label": version.label},
        "lede": _(
            "The validator's judgement in words, beside what the checks measured. It is a part of the evidence."
        ),
        "state": version.stage,
        "crumbs": [*_crumbs(version), {"label": _("Assessment")}],
        "topics": lines,
        "lacking": [str(each.label) for each in assessments.topics_to_assess(version)],
        "questions": assessments.questions(actor=actor, version=version),
        "may_answer": allows(actor=actor, permission=Permission.QUESTION_ANSWER, model_slug=slug),
        "earlier": earlier_revisions(actor=actor, version=version),
        "why_not": assessments.why_no_assessment(actor=actor, version=version) if asks else "",
        "ask_url": reverse("question-ask", args=[slug, number]) if asks else "",
        "document_url": reverse("document", args=[slug, number]),
        "files_url": reverse("version-files", args=[slug, number]),
        "facts": facts_of(version),
    }
    return render(request, "validation/assessment.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def assessment_write(request: HttpRequest, slug: str, number: int, topic: str) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.ASSESSMENT_WRITE, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    if topic not in Topic.values:
        raise NotFound(_("There is no such topic."))
    there = version_files.files_of(actor=actor, version=version)
    newest = next(
        (each for each in assessments.assessments(actor=actor, version=version) if each.topic == topic), None
    )
    form = AssessmentForm(
        filled(request),
        request.FILES or None,
        there=[(str(each.pk), each.name) for each in there],
        initial={} if newest is None else {"rating": newest.rating, "text": newest.text},
    )

    def write(answers: dict[str, Any]) -> None:
        chosen = [each for each in there if str(each.pk) in answers.get("rests_on", ())]
        written = Written(topic, answers["rating"], answers["text"], chosen)
        if answers["upload"]:
            brought = brought_of(answers["upload"])
            assessing.write_with_file(actor=actor, version=version, written=written, brought=brought)
        else:
            assessing.write_assessment(actor=actor, version=version, written=written)

    status = attempt(form, write) if request.method == "POST" else 200
    page = reverse("assessment", args=[slug, number])
    if status == DONE:
        lacking = assessments.topics_to_assess(version)
        still = _("Your assessment is kept. Next: %(title)s.")
        words = _("Your assessment is kept; every topic of the plan is written. Next: conclude.")
        return done(request, still % {"title": lacking[0].label} if lacking else words, page)
    context = {
        "title": _("Assess: %(topic)s") % {"topic": Topic(topic).label},
        "lede": _(
            "With it the evidence has another digest: a page that is open for signing has to be read again."
        ),
        "crumbs": [*_crumbs(version), {"label": _("Assessment"), "url": page}],
        "form": form,
        "enctype": "multipart/form-data",
        "submit_label": _("Keep this assessment"),
        "cancel_url": page,
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def question_ask(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.ASSESSMENT_WRITE, model_slug=slug)
    version = registry.version(actor=actor, slug=slug, number=number)
    form = QuestionForm(filled(request))

    def ask(answers: dict[str, Any]) -> None:
        assessing.ask_question(actor=actor, version=version, **answers)

    status = attempt(form, ask) if request.method == "POST" else 200
    page = reverse("assessment", args=[slug, number])
    if status == DONE:
        return done(request, _("Your question is kept. Next: a developer of the model answers it."), page)
    context = {
        "title": _("Ask about %(label)s") % {"label": version.label},
        "lede": _("Whoever signs is shown the question, answered or not."),
        "crumbs": [*_crumbs(version), {"label": _("Assessment"), "url": page}],
        "form": form,
        "submit_label": _("Ask"),
        "cancel_url": page,
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def question_answer(request: HttpRequest, question_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = assessments.question(actor=actor, question_id=question_id)
    version = question.version
    slug = version.risk_model.slug
    require(actor=actor, permission=Permission.QUESTION_ANSWER, model_slug=slug)
    form = AnswerForm(filled(request))

    def answer(answers: dict[str, Any]) -> None:
        assessing.answer_question(actor=actor, question=question, text=answers["text"])

    status = attempt(form, answer) if request.method == "POST" else 200
    page = reverse("assessment", args=[slug, version.number])
    if status == DONE:
        words = _("Your answer is kept. Next: %(name)s reads it.") % {"name": question.asked_by.name}
        return done(request, words, page)
    context = {
        "title": _("Answer a question about %(label)s") % {"label": version.label},
        "lede": question.text,
        "crumbs": [*_crumbs(version), {"label": _("Assessment"), "url": page}],
        "form": form,
        "submit_label": _("Send the answer"),
        "cancel_url": page,
    }
    return render(request, "layouts/form.html", context, status=status)


def _crumbs(version: ModelVersion) -> list[dict[str, str]]:
    slug = version.risk_model.slug
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {
            "label": _("Version %(number)s") % {"number": version.number},
            "url": reverse("version", args=[slug, version.number]),
        },
    ]
