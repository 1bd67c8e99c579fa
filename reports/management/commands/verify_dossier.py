"""`manage.py verify_dossier FILE.pdf`: is this the dossier sealed here? Exit 0 when every check holds, else 1."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.verify import verify

MAX_BYTES = 256 * 1024 * 1024


class Command(BaseCommand):
    help = "Check a signed dossier: signature, byte range, evidence, and the digest in the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF as it was downloaded")
        parser.add_argument("--bundle", type=Path, help="an export of the whole ledger, examined beside it")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (the framework's signature)
        verdict = verify(_read(options["file"]), bundle=options["bundle"])
        self.stdout.write(f"SHA-256 {verdict.digest}")
        for each in verdict.checks:
            self.stdout.write(f"{'holds' if each.holds else 'FAILS'}  {each.question}. {each.said}")
        if not verdict.is_genuine:
            self.stdout.write(
                "This is not a dossier that was sealed here, or it was changed since. Do not rely on it."
            )
            sys.exit(1)
        self.stdout.write("Genuine: sealed here, unchanged, and its evidence is the one that was signed.")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CommandError(f"{path} is larger than {MAX_BYTES} bytes: no dossier is.")
        return path.read_bytes()
    except OSError as fault:
        raise CommandError(f"{path} cannot be read ({fault.strerror}). Name a PDF file.") from None
