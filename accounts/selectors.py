"""Reading people and roles."""

from __future__ import annotations

from accounts.models import User
from mrm.settings import governance


def installation() -> User | None:
    """The service account that acts where no person does; `post_migrate` makes it."""
    return User.objects.select_related("person").filter(username=governance.INSTALLATION).first()


def the_installation() -> User:
    user = installation()
    if user is None:
        raise RuntimeError("The database has not been migrated: the installation's account is missing.")
    return user


def user_by_id(user_id: str) -> User:
    return User.objects.select_related("person").get(pk=user_id)
