"""The roles in words a person reads."""

from __future__ import annotations

from accounts.access import roles_of
from accounts.models import User
from accounts.role_words import role_words


def words_of(user: User) -> str:
    """All roles a person holds, in words; empty for none."""
    return ", ".join(role_words(role) for role in sorted(roles_of(user)))
