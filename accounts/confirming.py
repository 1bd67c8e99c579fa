"""An act that is asked about once more before it is done: a page of its own, with what it will mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts.pages import DONE, PageForm, attempt, done, filled


@dataclass(frozen=True)
class Question:
    """What is asked, what it means, the word on the button, what is said afterwards, and where one comes from."""

    title: str
    lede: str
    button: str
    told: str
    back_url: str
    crumbs: list[dict[str, str]] = field(default_factory=list)


def confirmed(request: HttpRequest, question: Question, act: Callable[[], object]) -> HttpResponseBase:
    form = PageForm(filled(request))
    status = attempt(form, lambda _: act()) if request.method == "POST" else 200
    if status == DONE:
        return done(request, question.told, question.back_url)
    context: dict[str, Any] = {
        "title": question.title,
        "lede": question.lede,
        "crumbs": [*question.crumbs, {"label": question.title}],
        "form": form,
        "submit_label": question.button,
        "cancel_url": question.back_url,
    }
    return render(request, "layouts/form.html", context, status=status)
