"""The roles in words a person reads."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import roles_of
from accounts.models import User

ROLES: dict[str, str | Promise] = {
    "developer": _("developer"),
    "validator": _("validator"),
    "approver": _("approver"),
    "operator": _("operator"),
    "loan_officer": _("loan officer"),
    "auditor": _("auditor"),
    "regulator": _("regulator"),
    "privacy_officer": _("privacy officer"),
    "administrator": _("administrator"),
}


def words_of(user: User) -> str:
    """All roles a person holds, in words; empty for none."""
    return ", ".join(str(ROLES.get(role, role)) for role in sorted(roles_of(user)))
