"""Administration of people: who has an account, whether it may sign in, where it is signed in, what speaks for it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import lockout, people, selectors, services, sessions
from accounts.confirming import Question, confirmed
from accounts.forms import PeopleFilterForm
from accounts.models import User
from accounts.pages import person_of, signed_in
from accounts.proofs import factors_of
from mrm.lib.errors import Malformed

_MOST = 20


@signed_in
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the list cannot be narrowed by."))
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    page = people.page_of(actor=person_of(request), **asked)
    here, search = reverse("people"), {"search": asked["search"]} if "search" in asked else {}
    context = {
        "title": _("People"),
        "lede": _("Everybody who has an account here. People are counted, not accounts."),
        "main_act": {"label": _("Invite somebody"), "url": reverse("invite")},
        "filter_form": form,
        "people": page.rows,
        "is_empty": not page.rows,
        "empty_title": _("Nobody is found"),
        "empty_text": _("The search looks for a part of a name or of a user name."),
        "page": {
            "next_url": f"{here}?{urlencode(search | {'after': page.after})}" if page.after else "",
            "previous_url": f"{here}?{urlencode(search)}" if "after" in asked else "",
        },
    }
    return render(request, "accounts/people.html", context)


@signed_in
@require_safe
def person(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """All accounts of whoever this account belongs to."""
    actor = person_of(request)
    found = people.user(actor=actor, user_id=user_id).person
    context = {
        "title": found.name,
        "crumbs": [{"label": _("People"), "url": reverse("people")}, {"label": found.name}],
        "lede": _(
            "What this person signs in with, and where. Roles are another matter, and need a second person."
        ),
        "accounts": [_account(actor, each) for each in people.accounts_of(actor=actor, person=found)],
    }
    return render(request, "accounts/person.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def user_disable(request: HttpRequest, user_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    user = people.user(actor=actor, user_id=user_id)
    question = _about(
        user,
        _("Disable the account %(username)s"),
        _("It is signed out everywhere and its tokens end, at once. What it did stays as it is."),
        _("Disable the account"),
        _("The account %(username)s is disabled: nothing of it counts any more."),
    )
    return confirmed(request, question, lambda: services.disable_user(actor=actor, user=user))


@signed_in
@require_http_methods(["GET", "POST"])
def user_enable(request: HttpRequest, user_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    user = people.user(actor=actor, user_id=user_id)
    question = _about(
        user,
        _("Enable the account %(username)s"),
        _("It may sign in again, with the roles it still holds. Tokens that ended stay ended."),
        _("Enable the account"),
        _("The account %(username)s may sign in again."),
    )
    return confirmed(request, question, lambda: services.enable_user(actor=actor, user=user))


@signed_in
@require_http_methods(["GET", "POST"])
def user_sign_out(request: HttpRequest, user_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    user = people.user(actor=actor, user_id=user_id)
    question = _about(
        user,
        _("Sign %(username)s out everywhere"),
        _("Whatever they were entering is lost. They may sign in again."),
        _("Sign out everywhere"),
        _("%(username)s is signed out everywhere."),
    )
    return confirmed(request, question, lambda: sessions.end_all_sessions(actor=actor, user=user))


@signed_in
@require_http_methods(["GET", "POST"])
def lockout_lift(request: HttpRequest, user_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    user = people.user(actor=actor, user_id=user_id)
    question = _about(
        user,
        _("Lift the lockout of %(username)s"),
        _("Speak to them first: wrong passwords that were not theirs mean that somebody else is trying."),
        _("Lift the lockout"),
        _("%(username)s may try to sign in again."),
    )
    return confirmed(request, question, lambda: lockout.lift_lockout(actor=actor, user=user))


def _about(user: User, title: str, lede: str, button: str, told: str) -> Question:
    named, back = {"username": user.username}, reverse("person", args=[user.pk])
    crumbs = [{"label": _("People"), "url": reverse("people")}, {"label": user.name, "url": back}]
    return Question(title % named, lede, button, told % named, back, crumbs)


def _account(actor: User, user: User) -> dict[str, Any]:
    """One account as the page shows it. Acts that would be refused are not offered."""
    standing, is_other = lockout.standing_of(user), actor.person_id != user.person_id
    signed_in_at = list(sessions.sessions_of(actor=actor, user=user)[:_MOST])
    acts = [(_("Disable"), "user-disable", user.is_active)]
    acts += [(_("Enable"), "user-enable", not user.is_active and is_other)]
    acts += [(_("Sign out everywhere"), "user-sign-out", bool(signed_in_at))]
    acts += [(_("Lift the lockout"), "lockout-lift", standing.is_locked and is_other)]
    acts += [(_("Reset the password"), "password-reset", user.is_active and is_other)]
    acts += [
        (_("End the second factors"), "factors-clear", user.is_active and is_other and _has_factor(user))
    ]
    tokens = selectors.visible_tokens(actor=actor, user=user)[:_MOST]
    return {
        "user": user,
        "standing": standing,
        "grants": people.grants_of(actor=actor, user=user),
        "sessions": signed_in_at,
        "tokens": [(each, selectors.state_of_token(each)) for each in tokens],
        "acts": [{"label": label, "url": reverse(name, args=[user.pk])} for label, name, can in acts if can],
    }


def _has_factor(user: User) -> bool:
    return factors_of(user).exists()
