"""Enrol one of the first two administrators of an installation; everybody after them is given roles on the pages.

The password is asked for twice, or read as one line where standard input is no terminal. Exit 1 with the reason when it
is refused.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts.beginning import enrol_first_administrator
from accounts.selectors import the_installation
from mrm.lib.errors import Refusal, reasons_of


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="the name that is printed beside what they do")

    def handle(self, *_: Any, **options: Any) -> None:
        said = {"username": options["username"], "name": options["name"], "password": _password()}
        try:
            user = enrol_first_administrator(actor=the_installation(), **said)
        except Refusal as refusal:
            self.stderr.write(" ".join([refusal.message, *reasons_of(refusal)]))
            raise SystemExit(1) from None
        self.stdout.write(f"{user.name} is enrolled as administrator and signs in as {user.username}.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != given:
        raise SystemExit("The two passwords are not the same.")
    return given
