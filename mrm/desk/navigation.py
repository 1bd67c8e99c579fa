"""The top navigation: what this person may read, and nothing that would be refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.permissions import Permission
from accounts.services import permissions_of

_ITEMS: tuple[tuple[str, str, Permission | None], ...] = (
    (gettext_noop("My queue"), "queue", None),
    (gettext_noop("Notices"), "notices", None),
    (gettext_noop("Inventory"), "inventory", Permission.INVENTORY_READ),
    (gettext_noop("Snapshots"), "snapshots", Permission.INVENTORY_READ),
    (gettext_noop("Approvals"), "approvals", Permission.INVENTORY_READ),
    (gettext_noop("Expiries"), "expiries", Permission.INVENTORY_READ),
    (gettext_noop("Findings"), "findings", Permission.FINDING_READ),
    (gettext_noop("Policy packs"), "packs", Permission.INVENTORY_READ),
    (gettext_noop("Decisions"), "decisions", Permission.DECISION_READ),
    (gettext_noop("Ledger"), "ledger", Permission.LEDGER_READ),
    (gettext_noop("Audit reports"), "audit-reports", Permission.AUDIT_REPORT_READ),
    (gettext_noop("Jobs"), "jobs", Permission.JOB_READ),
    (gettext_noop("Connect"), "connect", None),
    (gettext_noop("Webhooks"), "webhooks", Permission.WEBHOOK_MANAGE),
    (gettext_noop("People"), "people", Permission.USER_MANAGE),
    (gettext_noop("Roles"), "roles", Permission.ROLE_GRANT),
    (gettext_noop("Administration"), "administration", Permission.INSTALLATION_READ),
)


@dataclass(frozen=True)
class Item:
    url: str
    label: str
    is_current: bool
    count: int = 0


def navigation(request: HttpRequest) -> list[Item]:
    user = request.user
    if not isinstance(user, User):
        return []
    held = permissions_of(user)
    items = []
    for label, name, permission in _ITEMS:
        if permission is None or permission in held:
            url = reverse(name)
            items.append(Item(url, _(label), _is_within(request.path, url)))
    return items


def _is_within(path: str, url: str) -> bool:
    """The page itself and what lies below it; the root holds everything, so it is current only as itself."""
    return path == url or (url != "/" and path.startswith(f"{url}/"))
