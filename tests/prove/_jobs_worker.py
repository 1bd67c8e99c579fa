"""A worker process of the proof, and the questions the proof asks its database. Not a test."""

from __future__ import annotations

import sys
import time
from collections import Counter


def main(command: str, *arguments: str) -> None:
    import django

    django.setup()
    from mrm.settings import governance

    governance.HANDLERS = {**governance.HANDLERS, "probe": "tests.prove._jobs_worker.probe"}  # type: ignore[misc]
    {"work": work, "ask": ask, "open": open_jobs, "count": count, "migrate": migrate}[command](*arguments)


def probe(run):
    """A job whose effect can be counted: one person named after it, written with the job's end."""
    from accounts.models import Person

    run.progress("Working", 30)
    time.sleep(0.01)
    run.progress("Still working", 60)
    return lambda: {"person": str(Person.objects.create(name=str(run.job.pk)).pk)}


def work() -> None:
    from jobs import runner, sweeper

    while True:
        sweeper.sweep()
        if runner.run_job() is None:
            time.sleep(0.05)


def ask(number: str) -> None:
    from accounts.selectors import the_installation
    from audit.chain import Subject
    from jobs.services import request_job

    for _ in range(int(number)):
        job = request_job(
            actor=the_installation(), kind="probe", subject=Subject("proof", "kill"), payload={}
        )
        print(job.pk)


def open_jobs() -> None:
    from jobs.models import OPEN_STATES, Job

    print(Job.objects.filter(kind="probe", state__in=OPEN_STATES).count())


def count(*asked: str) -> None:
    """lost: ended without its one effect and without a stated reason; doubled: more than one effect."""
    from accounts.models import Person
    from jobs.models import Job, JobState

    effects = Counter(Person.objects.filter(name__in=asked).values_list("name", flat=True))
    states = {str(pk): state for pk, state in Job.objects.filter(kind="probe").values_list("pk", "state")}
    done = [pk for pk in asked if states.get(pk) == JobState.SUCCEEDED]
    stated = [pk for pk in asked if states.get(pk) == JobState.DEAD and not effects[pk]]
    print(
        len(asked) - len([pk for pk in done if effects[pk]]) - len(stated),
        sum(n > 1 for n in effects.values()),
    )


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["work"]))
