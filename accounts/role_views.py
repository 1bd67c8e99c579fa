"""Pages of roles: the table of the rules, one person's roles, what was asked for, and deciding on it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import role_page as shape
from accounts import role_selectors as selectors
from accounts import roles, stepup
from accounts.access import require
from accounts.models import RoleRequest, User
from accounts.pages import DONE, PageForm, attempt, done, filled, person_of, signed_in
from accounts.permissions import Permission
from accounts.role_forms import GrantForm, RequestFilterForm, RoleAskForm, RoleWhyForm, scope_asked
from accounts.role_words import role_words
from accounts.services import revoke_role
from mrm.lib.errors import FieldError, Invalid, Malformed, NotFound


@signed_in
@require_safe
def role_table(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/roles.html", shape.table_page(actor=person_of(request)))


@signed_in
@require_safe
def person_roles(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    user = selectors.person(actor=actor, user_id=user_id)
    return render(request, "accounts/person_roles.html", shape.person_page(actor=actor, user=user))


@signed_in
@require_safe
def role_requests(request: HttpRequest) -> HttpResponse:
    form = RequestFilterForm(request.GET)
    if not form.is_valid():
        raise Malformed(_("This address asks for something the list cannot be narrowed by."))
    state, after = form.cleaned_data["state"], form.cleaned_data["after"]
    page = selectors.request_page(actor=person_of(request), state=state, cursor=after)
    here, narrowed = reverse("role-requests"), {"state": state} if state else {}
    more = f"{here}?{urlencode(narrowed | {'after': page.after})}" if page.after else ""
    back = f"{here}?{urlencode(narrowed)}" if after else ""
    context = shape.requests_page(page) | {
        "filter_form": form,
        "page": {"next_url": more, "previous_url": back},
    }
    return render(request, "accounts/role_requests.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def role_ask(request: HttpRequest) -> HttpResponse:
    actor = person_of(request)
    require(actor=actor, permission=Permission.ROLE_GRANT)
    form = RoleAskForm(filled(request), initial={"username": request.GET.get("for", "")[:64]})
    made: list[RoleRequest] = []

    def ask(answers: dict[str, Any]) -> None:
        asked = roles.Asked(answers["role"], answers["why"], scope_asked(answers))
        made.append(roles.request_role(actor=actor, user=_named(actor, answers["username"]), asked=asked))

    status = attempt(form, _in_fields_of_the_form(ask)) if request.method == "POST" else 200
    if status == DONE:
        words = _("The role %(role)s is asked for, for %(name)s. Next: another administrator grants it.")
        told = words % {"role": role_words(made[0].role), "name": made[0].user.name}
        return done(request, told, reverse("role-request", args=[made[0].pk]))
    return _form_page(request, form, shape.ask_page(), status)


@signed_in
@require_http_methods(["GET", "POST"])
def role_request(request: HttpRequest, role_request_id: uuid.UUID) -> HttpResponse:
    """What is asked, and the signature that grants it."""
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=role_request_id)
    now = roles.digest_of(question)
    form = GrantForm(filled(request), initial={"shown": now})

    def sign(answers: dict[str, Any]) -> None:
        nonce = stepup.open_challenge(actor=actor, digest=answers["shown"], meaning=roles.MEANING)
        confirmed = form.confirmed(nonce)
        signature = roles.GrantSignature(confirmed.nonce, confirmed.proof, answers["shown"])
        roles.grant_requested(actor=actor, request=question, signature=signature)

    status = attempt(form, sign) if request.method == "POST" else 200
    if status == DONE:
        words = _("%(name)s has the role %(role)s now, as it was asked for.")
        told = words % {"name": question.user.name, "role": role_words(question.role)}
        return done(request, told, reverse("person-roles", args=[question.user_id]))
    if form.is_bound:
        form.data = {"shown": now}
    context = shape.request_page(actor=actor, request=question)
    may_sign = context["why_not"] is None or form.is_bound
    context |= {"form": form if may_sign else None, "digest": now}
    return render(request, "accounts/role_request.html", context, status=status)


@signed_in
@require_http_methods(["GET", "POST"])
def role_refuse(request: HttpRequest, role_request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=role_request_id)
    form = RoleWhyForm(filled(request))

    def refuse(answers: dict[str, Any]) -> None:
        roles.refuse_requested(actor=actor, request=question, why=answers["why"])

    status = attempt(form, refuse) if request.method == "POST" else 200
    if status == DONE:
        return done(request, _("The request is refused, and nothing was granted."), reverse("role-requests"))
    return _form_page(request, form, shape.refuse_page(question), status)


@signed_in
@require_http_methods(["GET", "POST"])
def role_withdraw(request: HttpRequest, role_request_id: uuid.UUID) -> HttpResponse:
    actor = person_of(request)
    question = selectors.request(actor=actor, request_id=role_request_id)
    form = RoleWhyForm(filled(request))

    def withdraw(answers: dict[str, Any]) -> None:
        roles.withdraw_requested(actor=actor, request=question, why=answers["why"])

    status = attempt(form, withdraw) if request.method == "POST" else 200
    if status == DONE:
        return done(request, _("You took the request back; nothing was granted."), reverse("role-requests"))
    return _form_page(request, form, shape.withdraw_page(question), status)


@signed_in
@require_http_methods(["GET", "POST"])
def role_revoke(request: HttpRequest, grant_id: uuid.UUID) -> HttpResponse:
    """One person's act, at once; the page before it says what ends."""
    actor = person_of(request)
    grant = selectors.grant(actor=actor, grant_id=grant_id)
    form = PageForm(filled(request))
    status = (
        attempt(form, lambda _: revoke_role(actor=actor, grant=grant)) if request.method == "POST" else 200
    )
    if status == DONE:
        words = _("%(name)s no longer holds the role %(role)s: what needs it is refused from now on.")
        told = words % {"name": grant.user.name, "role": role_words(grant.role)}
        return done(request, told, reverse("person-roles", args=[grant.user_id]))
    return _form_page(request, form, shape.revoke_page(grant), status)


def _form_page(request: HttpRequest, form: forms.Form, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "layouts/form.html", context | {"form": form}, status=status)


def _named(actor: User, username: str) -> User:
    try:
        return selectors.user_named(actor=actor, username=username)
    except NotFound as refusal:
        raise Invalid(refusal.message, [FieldError("/username", "unknown", refusal.message)]) from None


def _in_fields_of_the_form(act: Any) -> Any:  # Any: as `attempt` takes an act
    """The service speaks of moments, the form of days."""

    def acted(answers: dict[str, Any]) -> None:
        try:
            act(answers)
        except Invalid as refusal:
            errors = [
                FieldError(error.pointer.replace("ends_at", "ends_on"), error.code, error.detail)
                for error in refusal.errors
            ]
            raise Invalid(refusal.message, errors) from None

    return acted
