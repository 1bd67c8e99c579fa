"""What notices are about: how each kind of thing is named in a sentence, and the page where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from accounts.models import RoleGrant, RoleRequest
from approvals.models import ApprovalRequest, Cap, Condition, Overlay, SnapshotException, ValidationException
from approvals.words import subject_words
from notices.models import Endpoint
from registry.models import ModelVersion


@dataclass(frozen=True)
class Thing:
    """`row` is what stands in its own app's table (Any: of several apps); the rest is names, and nobody's words."""

    kind: str
    id: str
    row: Any
    named: str
    path: str
    act: str = ""
    outcome: str = ""


def thing(kind: str, row_id: str) -> Thing:
    """The thing of this kind with this id. It exists: whoever names it has just written it."""
    return KINDS[kind](kind, row_id)


def _request(kind: str, row_id: str) -> Thing:
    rows = ApprovalRequest.objects.select_related("version__risk_model", "conclusion", "opened_by__person")
    found = rows.get(pk=row_id)
    path = reverse("sign-off", args=[found.pk])
    return Thing(kind, row_id, found, subject_words(found), path, act=found.act, outcome=found.state)


def _condition(kind: str, row_id: str) -> Thing:
    found = Condition.objects.select_related(
        "version__risk_model",
        "request",
        "owner__person",
        "signoff__user__person",
        "demand__conclusion__user__person",
    ).get(pk=row_id)
    # Before its request is granted the condition has no page that everybody may see; its request has.
    is_binding = found.request.state == "granted"
    path = (
        reverse("condition", args=[found.pk]) if is_binding else reverse("sign-off", args=[found.request_id])
    )
    return Thing(kind, row_id, found, found.version.label, path)


def _exception(kind: str, row_id: str) -> Thing:
    rows = ValidationException.objects.select_related("version__risk_model", "request__opened_by__person")
    found = rows.filter(pk=row_id).first()
    if found is None:
        return _exception_of_data(kind, row_id)
    return Thing(kind, row_id, found, found.version.label, reverse("sign-off", args=[found.request_id]))


def _exception_of_data(kind: str, row_id: str) -> Thing:
    rows = SnapshotException.objects.select_related("snapshot", "request__opened_by__person")
    found = rows.get(pk=row_id)
    return Thing(kind, row_id, found, found.snapshot.name, reverse("sign-off", args=[found.request_id]))


def _overlay(kind: str, row_id: str) -> Thing:
    rows = Overlay.objects.select_related("version__risk_model", "request__opened_by__person")
    found = rows.get(pk=row_id)
    path = reverse("overlays", args=[found.version.risk_model.slug, found.version.number])
    return Thing(kind, row_id, found, found.version.label, path)


def _cap(kind: str, row_id: str) -> Thing:
    rows = Cap.objects.select_related("version__risk_model", "request__opened_by__person")
    found = rows.get(pk=row_id)
    return Thing(kind, row_id, found, found.version.label, reverse("sign-off", args=[found.request_id]))


def _version(kind: str, row_id: str) -> Thing:
    found = ModelVersion.objects.select_related("risk_model__owner__person").get(pk=row_id)
    path = reverse("version", args=[found.risk_model.slug, found.number])
    return Thing(kind, row_id, found, found.label, path, outcome=found.stage)


def _role_request(kind: str, row_id: str) -> Thing:
    found = RoleRequest.objects.select_related("user__person", "asked_by__person").get(pk=row_id)
    path = reverse("role-request", args=[found.pk])
    return Thing(kind, row_id, found, found.role, path, outcome=found.state)


def _role_given(kind: str, row_id: str) -> Thing:
    """A request for a role as whoever got it sees it: its page is for administrators."""
    return replace(_role_request(kind, row_id), path=reverse("roles"))


def _role(kind: str, row_id: str) -> Thing:
    found = RoleGrant.objects.select_related("user__person").get(pk=row_id)
    return Thing(kind, row_id, found, found.role, reverse("roles"))


def _webhook(kind: str, row_id: str) -> Thing:
    found = Endpoint.objects.get(pk=row_id)
    return Thing(kind, row_id, found, found.name, reverse("webhook", args=[found.pk]))


KINDS: Mapping[str, Callable[[str, str], Thing]] = {
    "request": _request,
    "condition": _condition,
    "exception": _exception,
    "overlay": _overlay,
    "cap": _cap,
    "version": _version,
    "approval": _version,
    "role_request": _role_request,
    "role_given": _role_given,
    "role": _role,
    "webhook": _webhook,
}
