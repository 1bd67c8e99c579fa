"""A database with one developer in it; says their token."""

from __future__ import annotations

import json
import secrets


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from accounts.selectors import the_installation
    from accounts.services import enrol_person, grant_role, issue_token, permissions_of

    call_command("migrate", verbosity=0, skip_checks=True)
    installation = the_installation()
    dana = enrol_person(actor=installation, username="dana", name="Dana", password=secrets.token_urlsafe())
    grant_role(actor=installation, user=dana, role="developer")
    _, secret = issue_token(actor=dana, name="bench", days=1, scopes=sorted(permissions_of(dana)))
    print(json.dumps(secret))


if __name__ == "__main__":
    main()
