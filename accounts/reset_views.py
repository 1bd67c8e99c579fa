"""What an administrator does for somebody who has lost a password or a device. Both end that person's signing until
they have chosen a password and enrolled a second factor themselves."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import people
from accounts.confirming import Question, confirmed
from accounts.forms import NewPasswordForm
from accounts.lost_devices import clear_factors
from accounts.pages import DONE, attempt, done, person_of, signed_in
from accounts.passwords import reset_password


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    user = people.user(actor=actor, user_id=user_id)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)

    def reset(answers: dict[str, Any]) -> None:
        reset_password(actor=actor, user=user, password=answers["password"])

    status = attempt(form, reset) if request.method == "POST" else 200
    back = reverse("person", args=[user.pk])
    if status == DONE:
        told = _(
            "%(name)s is signed out everywhere and signs in with the new password. Next: they choose their own."
        )
        return done(request, told % {"name": user.name}, back)
    title = _("Reset the password of %(username)s") % {"username": user.username}
    context = {
        "title": title,
        "crumbs": [{"label": user.name, "url": back}, {"label": title}],
        "lede": _(
            "You will know it, so they cannot sign with it: signing stays blocked until they have chosen a password"
            " themselves and enrolled a second factor after that."
        ),
        "form": form,
        "submit_label": _("Reset the password"),
        "cancel_url": back,
    }
    return render(request, "layouts/form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def factors_clear(request: HttpRequest, user_id: uuid.UUID) -> HttpResponseBase:
    actor = person_of(request)
    user = people.user(actor=actor, user_id=user_id)
    back = reverse("person", args=[user.pk])
    question = Question(
        title=_("End the second factors of %(username)s") % {"username": user.username},
        lede=_(
            "For somebody who has lost their devices: they sign in by password alone, and cannot sign until they"
            " have chosen a password and enrolled anew."
        ),
        button=_("End the second factors"),
        told=_("The second factors of %(username)s have ended.") % {"username": user.username},
        back_url=back,
        crumbs=[{"label": user.name, "url": back}],
    )
    return confirmed(request, question, lambda: clear_factors(actor=actor, user=user))
