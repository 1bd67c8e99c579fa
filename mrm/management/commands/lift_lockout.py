"""End a lockout from the machine's own command line: when no administrator is left who could."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.lockout import lift_lockout
from accounts.models import User
from accounts.selectors import the_installation
from mrm.lib.errors import Refusal


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *_: Any, **options: Any) -> None:
        user = User.objects.select_related("person").filter(username=options["username"]).first()
        if user is None:
            raise CommandError("There is no such account.")
        try:
            lift_lockout(actor=the_installation(), user=user)
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{user.name} may try to sign in again.\n")
