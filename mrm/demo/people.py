"""The demo's people, enrolled through the same services as anybody."""

from __future__ import annotations

import secrets

from accounts.models import User
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role, issue_token, permissions_of

# user name, printed name, role, language of the pages
CAST = (
    ("dana", "Dana Duarte", "developer", "en"),
    ("victor", "Victor Vance", "validator", "en"),
    ("ada", "Ada Abreu", "approver", "en"),
    ("amir", "Amir Aziz", "approver", "en"),
    ("otto", "Otto Oliveira", "operator", "en"),
    ("lia", "Lia Lima", "loan_officer", "pt-br"),
    ("quinn", "Quinn Queiroz", "auditor", "en"),
)
_TOKEN_DAYS = 30


def enrol() -> dict[str, dict[str, str]]:
    """Everybody with a role, a password and a token made for this installation. Returns what the demo keeps."""
    return {name: _enrolled(name, printed, role, language) for name, printed, role, language in CAST}


def _enrolled(name: str, printed: str, role: str, language: str) -> dict[str, str]:
    password = f"demo-{secrets.token_urlsafe(9)}"
    installation = the_installation()
    user: User | None = User.objects.filter(username=name).first()
    if user is not None:
        raise SystemExit(
            f"{name} is enrolled, but the demo's file of people is gone. Start with ARGS=--fresh."
        )
    user = enrol_person(actor=installation, username=name, name=printed, password=password, language=language)
    grant_role(actor=installation, user=user, role=role)
    _, token = issue_token(actor=user, name="demo", days=_TOKEN_DAYS, scopes=sorted(permissions_of(user)))
    return {"name": printed, "role": role, "password": password, "token": token}
