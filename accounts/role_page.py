"""What the pages of roles show."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import role_selectors as selectors
from accounts.access import allows
from accounts.models import RoleGrant, RoleRequest, User
from accounts.permissions import Permission
from accounts.role_selectors import Held, RequestPage
from accounts.role_words import (
    SOURCES,
    app_words,
    models_words,
    part_words,
    permission_words,
    records_words,
    role_words,
)
from accounts.roles import MEANING
from accounts.scopes import scope_of
from mrm.settings import governance

Context = dict[str, Any]


def table_page(*, actor: User) -> Context:
    table = selectors.role_table()
    return {
        "title": _("Roles"),
        "lede": _("Who may do what. These are the rules by which the application itself decides."),
        "roles": [role_words(role) for role in table.roles],
        "columns": len(table.roles) + 1,
        "apps": [
            {
                "label": app_words(rows.app),
                "permissions": [
                    (permission_words(name), name, [role in held for role in table.roles])
                    for name, held in rows.permissions
                ],
            }
            for rows in table.apps
        ],
        "apart": [
            (permission_words(name), [part_words(part) for part in parts]) for name, parts in table.apart
        ],
        "bounded": [role_words(role) for role in table.bounded],
        "alone": [role_words(role) for role in table.alone],
        "requests_url": _requests_url(actor),
        "own_url": reverse("person-roles", args=[actor.pk]),
    }


def person_page(*, actor: User, user: User) -> Context:
    may_grant = allows(actor=actor, permission=Permission.ROLE_GRANT)
    ask = f"{reverse('role-ask')}?{urlencode({'for': user.username})}"
    return {
        "title": _("Roles of %(name)s") % {"name": user.name},
        "lede": _("What this account holds and held, from when until when, and who asked and granted."),
        "crumbs": [_roles_crumb(), {"label": user.name}],
        "user_": user,
        "grants": [_held(held) for held in selectors.grants_of(actor=actor, user=user)],
        "requests": [_asked(each) for each in selectors.requests(actor=actor, user=user)[: selectors.PAGE]],
        "may_grant": may_grant,
        "main_act": {"label": _("Ask for a role"), "url": ask} if may_grant and user.is_active else None,
    }


def requests_page(page: RequestPage) -> Context:
    return {
        "title": _("Role requests"),
        "lede": _("A role needs two people: one asks, another administrator grants it with a signature."),
        "crumbs": [_roles_crumb(), {"label": _("Role requests")}],
        "main_act": {"label": _("Ask for a role"), "url": reverse("role-ask")},
        "requests": [_asked(each) for each in page.requests],
        "is_empty": not page.requests,
        "empty_title": _("No role is asked for"),
        "empty_text": _("What an administrator or a group of the identity provider asks for appears here."),
    }


def request_page(*, actor: User, request: RoleRequest) -> Context:
    held = {"name": request.user.name, "role": role_words(request.role)}
    acts = []
    if selectors.may_refuse(actor=actor, request=request):
        acts.append({"label": _("Refuse"), "url": reverse("role-refuse", args=[request.pk])})
    if selectors.may_withdraw(actor=actor, request=request):
        acts.append({"label": _("Take it back"), "url": reverse("role-withdraw", args=[request.pk])})
    return {
        "title": _("Give %(name)s the role %(role)s") % held,
        "lede": _("Signed by you, it holds from then on, or from its day, and for nothing wider."),
        "state": request.state,
        "crumbs": [_roles_crumb(), _requests_crumb(), {"label": role_words(request.role)}],
        "request_": _asked(request),
        "permissions": [permission_words(name) for name in governance.ROLES.get(request.role, ())],
        "why_not": selectors.why_not_grant(actor=actor, request=request),
        "acts": acts,
        "signer": actor.name,
        "meaning": _("You give this person this role, for what is named above."),
        "meaning_code": MEANING,
        "next_words": _("They may use it from then on. It is an entry of the ledger, with both your names."),
        "submit_label": _("Grant the role"),
        "cancel_url": reverse("role-requests"),
    }


def ask_page() -> Context:
    return {
        "title": _("Ask for a role"),
        "lede": _("It gives nothing yet: another administrator grants it with a signature."),
        "crumbs": [_roles_crumb(), _requests_crumb(), {"label": _("Ask for a role")}],
        "submit_label": _("Ask for it"),
        "cancel_url": reverse("role-requests"),
    }


def refuse_page(request: RoleRequest) -> Context:
    words = _("Refuse %(name)s the role %(role)s")
    lede = _("Nothing is granted. %(asker)s reads why.") % {"asker": request.asked_by.name}
    return _settling(request, words, lede, _("Refuse"))


def withdraw_page(request: RoleRequest) -> Context:
    words = _("Take back that %(name)s gets the role %(role)s")
    return _settling(request, words, _("Nothing is granted."), _("Take it back"))


def revoke_page(grant: RoleGrant) -> Context:
    held = {"name": grant.user.name, "role": role_words(grant.role), "models": models_words(scope_of(grant))}
    back = reverse("person-roles", args=[grant.user_id])
    return {
        "title": _("Revoke the role %(role)s of %(name)s") % held,
        "lede": _("It holds for %(models)s. It ends at once; to give it again, two people are needed.")
        % held,
        "crumbs": [_roles_crumb(), {"label": grant.user.name, "url": back}, {"label": _("Revoke")}],
        "submit_label": _("Revoke the role"),
        "cancel_url": back,
    }


def _settling(request: RoleRequest, words: str, lede: str, label: str) -> Context:
    here = reverse("role-request", args=[request.pk])
    title = words % {"name": request.user.name, "role": role_words(request.role)}
    crumbs = [_roles_crumb(), _requests_crumb(), {"label": role_words(request.role), "url": here}]
    return {
        "title": title,
        "lede": lede,
        "crumbs": [*crumbs, {"label": label}],
        "submit_label": label,
        "cancel_url": here,
    }


def _asked(request: RoleRequest) -> Context:
    scope = scope_of(request)
    return {
        "row": request,
        "role": role_words(request.role),
        "models": models_words(scope),
        "records": records_words(scope),
        "source": SOURCES.get(request.source, request.source),
        "url": reverse("role-request", args=[request.pk]),
    }


def _held(held: Held) -> Context:
    scope = scope_of(held.grant)
    is_open = held.state in ("in_force", "not_begun")
    return {
        "row": held.grant,
        "state": held.state,
        "role": role_words(held.grant.role),
        "models": models_words(scope),
        "records": records_words(scope),
        "revoke_url": reverse("role-revoke", args=[held.grant.pk]) if is_open else "",
    }


def _requests_url(actor: User) -> str:
    return reverse("role-requests") if allows(actor=actor, permission=Permission.ROLE_GRANT) else ""


def _roles_crumb() -> dict[str, str]:
    return {"label": _("Roles"), "url": reverse("roles")}


def _requests_crumb() -> dict[str, str]:
    return {"label": _("Role requests"), "url": reverse("role-requests")}
