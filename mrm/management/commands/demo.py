"""Run the governed life of one real model on real data: web, worker, scheduler and MLflow on loopback."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from mrm.demo import audited, lines, people, second, story
from mrm.demo.caller import Caller
from mrm.demo.place import HERE, SOURCES, keep_people, read_people
from mrm.demo.processes import Place
from mrm.demo.supervisor import StoryEnds, answers, supervise, wait_until

REQUESTS = 2_000


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--fresh", action="store_true", help="forget what an earlier demo left")
        parser.add_argument("--check", action="store_true", help="follow every printed line, then stop")

    def handle(self, *_: Any, **options: Any) -> None:
        self._began = time.monotonic()
        if not settings.MRM_DEMO:
            raise SystemExit("The demo has a place of its own; start it with `make demo`.")
        call_command("migrate", verbosity=0)
        shutil.rmtree(HERE.var / "metrics", ignore_errors=True)  # counters belong to processes that are gone
        if not HERE.people.exists():
            keep_people(people.enrol())
        addresses = (settings.MRM_PUBLIC_URL, settings.MRM_MLFLOW_URL, settings.MRM_GATEWAY_URL)
        place = Place(HERE.var, *(urlsplit(address).netloc for address in addresses))
        with HERE.log.open("a") as log:
            raise SystemExit(supervise(place, lambda: self._tell(is_check=options["check"]), log))

    def _tell(self, *, is_check: bool) -> None:
        url = settings.MRM_PUBLIC_URL
        wait_until(f"{url}/livez")
        self._say(f"First page after {time.monotonic() - self._began:.0f} s: {url}")
        told = _told_before() or self._tell_story(url)
        self._print_lines(url, told, is_check=is_check)

    def _tell_story(self, url: str) -> story.Told:
        self._say("The main job runs now; watch it on the Jobs page. MLflow is starting behind its gate,")
        self._say(f"{settings.MRM_GATEWAY_URL}; nothing in it decides anything.")
        wait_until(f"{settings.MRM_MLFLOW_URL}/health")
        stage = _stage(url, read_people(), self._say)
        told = story.tell(stage)
        second.simulate(SOURCES / second.SLUG)
        quinn = read_people()["quinn"]
        audited.tell(Caller(url, quinn["token"], quinn["password"], self._say), self._say)
        sweep = second.tell(stage.people.developer, stage.people.validator, self._say)
        told = replace(told, sweep=sweep)
        HERE.told.write_text(json.dumps(asdict(told)))
        return told

    def _print_lines(self, url: str, told: story.Told, *, is_check: bool) -> None:
        found = lines.lines(url, settings.MRM_GATEWAY_URL, read_people(), told)
        self._say(
            f"\nReady after {time.monotonic() - self._began:.0f} s. {told.decisions} decisions: {told.outcomes}"
        )
        for number, line in enumerate(found, 1):
            self._say(f"\n{number}. {line.promise}")
            for words in line.words:
                self._say(f"     {words}")
        self._say(f"\nOther people: {', '.join(read_people())}; their passwords are in {HERE.people}.")
        if not answers(f"{settings.MRM_MLFLOW_URL}/health"):
            self._say("MLflow is still starting.")
        if is_check:
            wait_until(f"{settings.MRM_MLFLOW_URL}/health")
            self._follow(found)
        self._say("Ctrl-C stops everything; ARGS=--fresh begins again.")

    def _follow(self, found: tuple[lines.Line, ...]) -> None:
        failed = 0
        for number, line in enumerate(found, 1):
            try:
                self._say(f"line {number} works: {line.follow()}")
            except Exception as fault:  # noqa: BLE001 (whatever breaks a printed line is what the check reports)
                failed += 1
                self._say(f"line {number} FAILED: {fault}")
        raise StoryEnds(1 if failed else 0)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _told_before() -> story.Told | None:
    if not HERE.told.exists():
        return None
    kept = json.loads(HERE.told.read_text())
    return story.Told(**{**kept, "failed_checks": tuple(kept["failed_checks"])})


def _stage(url: str, kept: dict[str, dict[str, str]], say: Any) -> story.Stage:
    def caller(name: str) -> Caller:
        return Caller(url, kept[name]["token"], kept[name]["password"], say)

    applications = requests()
    lines.write_request(applications[0])
    return story.Stage(
        people=story.People(
            caller("dana"), caller("victor"), (caller("ada"), caller("amir")), caller("otto"), caller("lia")
        ),
        table=("card_default.parquet", (story.DATA / "card_default.parquet").read_bytes()),
        declaration=json.loads((story.DATA / "declaration.json").read_text()),
        applications=applications,
        say=say,
    )


def requests() -> list[dict[str, object]]:
    """The first 2,000 clients of the file ask for a higher limit; protected attributes are not part of a request."""
    from pyarrow import parquet

    from training import card

    names = [declared.name for declared in card.schema().inputs]
    table = parquet.read_table(story.DATA / "card_default.parquet", columns=names)
    rows: list[dict[str, object]] = table.slice(0, REQUESTS).to_pylist()
    return rows
