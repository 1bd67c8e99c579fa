"""The cast: six people who do the work, one who examines, one who must not get through, one who enrols."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role

PASSWORD = "a long password, for tests only"


@dataclass(frozen=True)
class Cast:
    dana: User
    victor: User
    ada: User
    amir: User
    otto: User
    lia: User
    quinn: User
    root: User
    olga: User
    PASSWORD: str = PASSWORD


_PEOPLE = (
    ("dana", "Dana Duarte", "developer"),
    ("victor", "Victor Vance", "validator"),
    ("ada", "Ada Abreu", "approver"),
    ("amir", "Amir Aziz", "approver"),
    ("otto", "Otto Oliveira", "operator"),
    ("lia", "Lia Lima", "loan_officer"),
    ("quinn", "Quinn Queiroz", "auditor"),
    ("root", "Root", ""),
    ("olga", "Olga Ortiz", "administrator"),
)


def enrol_cast() -> Cast:
    """Everybody, enrolled and given their role by the installation, through the services."""
    installation = the_installation()
    people: dict[str, User] = {}
    for username, name, role in _PEOPLE:
        people[username] = enrol_person(actor=installation, username=username, name=name, password=PASSWORD)
        if role:
            grant_role(actor=installation, user=people[username], role=role)
    # Superuser by the framework's flag, set behind the application's back: it must not help.
    User.objects.filter(pk=people["root"].pk).update(is_superuser=True)
    people["root"].refresh_from_db()
    return Cast(**people)
