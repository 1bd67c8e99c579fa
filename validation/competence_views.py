"""The page of who is on record as competent for what, and recording it of somebody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.pages import DONE, PageForm, attempt, done, filled, offer, person_of, signed_in
from mrm.lib import clock
from validation import competence
from validation.competence import Claimed
from validation.models import Competence
from validation.signing import LONGEST_RATIONALE
from validation.topics import Area


class CompetenceForm(PageForm):
    """Of whom, for what, resting on what, until which day."""

    person = forms.ChoiceField(label=gettext_lazy("Who"))
    area = forms.ChoiceField(label=gettext_lazy("Area"), choices=Area.choices)
    rests_on = forms.CharField(
        label=gettext_lazy("What it rests on"),
        help_text=gettext_lazy("Training, years of work, models validated before."),
        max_length=LONGEST_RATIONALE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    until = forms.DateField(
        label=gettext_lazy("Until the end of this day (UTC)"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "person", people)


@signed_in
@require_http_methods(["GET", "POST"])
def competences(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    rows = competence.competences(actor=actor)
    # Whoever posts is answered by the service, also where no form is shown.
    is_asked = request.method == "POST" or competence.may_record(actor)
    people = {each.username: each for each in competence.colleagues(actor=actor)} if is_asked else {}
    offered = [(each.username, each.name) for each in people.values()]
    form = CompetenceForm(filled(request), people=offered)
    status = attempt(form, lambda answers: _keep(actor, people, answers)) if request.method == "POST" else 200
    if status == DONE:
        told = _("It is on record for %(name)s.") % {"name": people[form.cleaned_data["person"]].name}
        return done(request, told, reverse("competences"))
    context = {
        "title": _("Competence on record"),
        "lede": _("What each validator is able to judge. Nobody records their own, and it blocks nothing."),
        "crumbs": [
            {"label": _("Findings"), "url": reverse("findings")},
            {"label": _("Competence on record")},
        ],
        "form": form if is_asked else None,
        "rows": _rows(rows),
        "is_empty": not rows,
        "empty_title": _("No competence is on record"),
        "empty_text": _("A validator records that of a colleague here."),
        "submit_label": _("Put it on record"),
    }
    return render(request, "validation/competences.html", context, status=status)


def _keep(actor: User, people: dict[str, User], answers: dict[str, Any]) -> None:
    # The day is over when the next one begins.
    until = dt.datetime.combine(answers["until"] + dt.timedelta(days=1), dt.time(), dt.UTC)
    claimed = Claimed(answers["area"], answers["rests_on"], until)
    competence.record_competence(actor=actor, of=people[answers["person"]], claimed=claimed)


def _rows(rows: list[Competence]) -> list[dict[str, Any]]:
    """The newest of a person and area counts until its end; what stood there before it is said to have ended."""
    found, seen, now = [], set(), clock.now()
    for each in rows:
        is_newest = (each.person_id, each.area) not in seen
        seen.add((each.person_id, each.area))
        found.append({"kept": each, "state": "in_force" if is_newest and each.until > now else "ended"})
    return found
