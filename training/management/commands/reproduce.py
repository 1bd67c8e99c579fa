"""`manage.py reproduce MODEL NUMBER --as USERNAME`: train a version again from its recipe and say what came of it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from mrm.lib.errors import Refusal
from registry import selectors
from training.reproducing import Outcome, reproduce


class Command(BaseCommand):
    help = "Train a version again from its recipe and frozen data: equal, equal predictions, or what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", help="the slug of its risk model")
        parser.add_argument("number", type=int)
        parser.add_argument("--as", dest="username", required=True, help="in whose name the data are read")

    def handle(self, *_: Any, **options: Any) -> None:
        named = User.objects.select_related("person").filter(username=options["username"], is_active=True)
        actor = named.first()
        if actor is None:
            raise CommandError(f"Nobody here is called {options['username']}.")
        try:
            version = selectors.version(actor=actor, slug=options["model"], number=options["number"])
            found = reproduce(actor=actor, version=version)
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        for sentence in found.differences:
            self.stdout.write(f"  {sentence}")
        self.stdout.write(f"sealed {found.sealed}\nagain  {found.again}")
        self.stdout.write(
            f"{found.rows} rows scored by both, {found.differing} otherwise, by up to {found.largest:g}."
        )
        self.stdout.write(f"{version.label}: {found.outcome}.")
        if found.outcome is Outcome.DIFFERENT:
            raise SystemExit(1)
