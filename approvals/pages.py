"""Where the pages of this app lead to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from approvals.models import ApprovalRequest, RequestState
from approvals.selectors import slug_of
from mrm.settings import governance
from registry.models import DatasetSnapshot, ModelVersion


@dataclass(frozen=True)
class Act:
    """As components/_act.html shows it."""

    label: str
    url: str
    method: str = ""


def acts_on_request(actor: User, question: ApprovalRequest, why_not: str | None) -> list[Act]:
    """What stands beside the decision: take it in hand, declare a conflict, take it back."""
    if question.state != RequestState.OPEN:
        return []
    here, found = [question.pk], []
    if question.claimed_by_id == actor.pk:
        found.append(Act(_("Give it back"), reverse("request-release", args=here), "post"))
    elif why_not is None and not question.is_claimed:
        found.append(Act(_("Take it in hand"), reverse("request-claim", args=here), "post"))
    if why_not is None:
        found.append(Act(_("Declare a conflict"), reverse("request-recuse", args=here)))
    permission = Permission(governance.ACTS[question.act].asks)
    is_theirs = question.opened_by.person_id == actor.person_id
    if is_theirs and allows(actor=actor, permission=permission, model_slug=slug_of(question)):
        found.append(Act(_("Withdraw it"), reverse("request-withdraw", args=here)))
    return found


def home_of(question: ApprovalRequest) -> str:
    """The page of what a request is about."""
    version = question.version
    if question.snapshot_id is not None:
        return reverse("snapshot-quality", args=[question.snapshot_id])
    if version is None:
        return reverse("sign-off", args=[question.pk])
    return reverse("version", args=[version.risk_model.slug, version.number])


def crumbs_of(question: ApprovalRequest) -> list[dict[str, str]]:
    """The way to what a request is about."""
    if question.snapshot is not None:
        return crumbs_of_snapshot(question.snapshot)
    return [] if question.version is None else crumbs_of_version(question.version)


def crumbs_of_snapshot(snapshot: DatasetSnapshot) -> list[dict[str, str]]:
    return [
        {"label": _("Snapshots"), "url": reverse("snapshots")},
        {"label": snapshot.name, "url": reverse("snapshot", args=[snapshot.pk])},
        {"label": _("Data quality"), "url": reverse("snapshot-quality", args=[snapshot.pk])},
    ]


def crumbs_of_version(version: ModelVersion) -> list[dict[str, str]]:
    slug, number = version.risk_model.slug, version.number
    return [
        {"label": _("Inventory"), "url": reverse("inventory")},
        {"label": slug, "url": reverse("model", args=[slug])},
        {
            "label": _("Version %(number)s") % {"number": number},
            "url": reverse("version", args=[slug, number]),
        },
    ]
