"""`manage.py import_snapshot FILE --target … --as USERNAME`: a table of one's own, by the same service as
the page."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from jobs import runner
from jobs.models import Job, JobState
from mrm.lib.errors import Invalid, Refusal
from registry import declarations
from registry.models import DatasetSnapshot
from registry.snapshots import import_snapshot

_LOOK_AGAIN_SECONDS = 0.5


class Command(BaseCommand):
    help = "Freeze a CSV or parquet file as a snapshot and print what was found in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--target", help="the column to predict, 1 = default")
        parser.add_argument(
            "--protected", nargs="*", default=[], help="columns kept apart from every training"
        )
        parser.add_argument(
            "--proxies", nargs="*", default=[], help="columns that stand in for protected ones"
        )
        parser.add_argument(
            "--realised", nargs="*", default=[], help="columns known only afterwards, kept apart as well"
        )
        parser.add_argument("--id", default="", help="the applicant's id; only a keyed token of it is kept")
        parser.add_argument("--exposure", default="", help="the column that holds the amount at risk")
        parser.add_argument("--name", default="", help="what people call it (the file's name when left out)")
        parser.add_argument("--delimiter", default=",")
        parser.add_argument(
            "--declaration",
            type=Path,
            help="a JSON file that says all of this, codes, dates, sentinels and what columns hold",
        )
        parser.add_argument("--as", dest="username", required=True, help="in whose name it is imported")

    def handle(self, *_: Any, **options: Any) -> None:
        actor = (
            User.objects.select_related("person").filter(username=options["username"], is_active=True).first()
        )
        if actor is None:
            raise CommandError(f"Nobody here is called {options['username']}.")
        try:
            declaration = declarations.read(_declared(options))
            upload = options["file"].read_bytes()
            job = import_snapshot(actor=actor, upload=upload, declaration=declaration)
        except OSError as fault:
            raise CommandError(f"{options['file']} cannot be read: {fault.strerror}.") from None
        except Refusal as refusal:
            raise CommandError(_words(refusal)) from None
        self._tell(_ended(job))

    def _tell(self, job: Job) -> None:
        if job.state != JobState.SUCCEEDED:
            raise CommandError(f"The import {job.state}: {job.reason}")
        snapshot = DatasetSnapshot.objects.get(pk=job.result["snapshot"])
        quality = snapshot.quality
        self.stdout.write(
            f"{snapshot.name}: {quality['rows']} rows, {quality['columns']} columns,"
            f" {float(quality['target_rate']):.2%} defaults; {snapshot.development_rows} for development,"
            f" {snapshot.held_out_rows} held out."
        )
        for rule in quality["rules"]:
            mark = "ok" if rule["passed"] else rule["force"]
            self.stdout.write(f"  {mark:<9} {rule['rule']}: {rule['text']}")
        self.stdout.write(f"Snapshot {snapshot.pk}, digest {snapshot.digest}")


def _declared(options: dict[str, Any]) -> dict[str, object]:
    file: Path = options["file"]
    given: dict[str, object] = {
        "name": options["name"] or file.name,
        "format": "parquet" if file.suffix == ".parquet" else "csv",
    }
    if options["declaration"]:
        given |= json.loads(options["declaration"].read_text(encoding="utf-8"))
    named = ("target", "protected", "proxies", "realised", "id", "exposure")
    given |= {name: options[name] for name in named if options[name]}
    return given | {"delimiter": options["delimiter"]}


def _ended(job: Job) -> Job:
    """Work on it here, unless a worker was quicker; then wait for that worker."""
    runner.run_job(job.pk)
    while (seen := Job.objects.get(pk=job.pk)).is_open:
        time.sleep(_LOOK_AGAIN_SECONDS)
        runner.run_job(job.pk)
    return seen


def _words(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid):
        return " ".join([refusal.message, *(f"{error.pointer}: {error.detail}" for error in refusal.errors)])
    return refusal.message
