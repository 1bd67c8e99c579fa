"""One part of the proof of the law in a process and on a database of its own; it prints what it counted. Not a test."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def own_database() -> Iterator[None]:
    """Made for this process and taken away at its end, on whichever database MRM_DATABASE_URL names."""
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    if connection.vendor != "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"test_law_{os.getpid()}"
    made = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        teardown_databases(made, verbosity=0)


def lives(count: str, steps: str, seed: str) -> dict[str, Any]:
    from django.db import transaction

    from tests.law.machine import Disagreement, Size, held_clock, live
    from tests.law.world import built
    from tests.validation.drawing import draw

    drawn = draw(Path(tempfile.mkdtemp()))
    with held_clock() as traveller, transaction.atomic():
        try:
            seen = live(built(drawn), traveller, Size(int(count), int(steps), int(seed)))
        except Disagreement as found:
            return {"disagreement": str(found)}
    return {
        "disagreement": "",
        "lives": seen.lives,
        "steps": seen.steps,
        "outcomes": dict(seen.outcomes),
        "states": dict(seen.states),
    }


def races(count: str, seed: str) -> dict[str, Any]:
    from django.db import connection

    from audit.selectors import verify
    from tests.law.races import Track, raced
    from tests.law.world import built
    from tests.validation.drawing import draw

    world = built(draw(Path(tempfile.mkdtemp())))
    tally = raced(Track(world, world.drafts[1].version.candidate), int(count), int(seed))
    return {
        "database": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor],
        "races": tally.races,
        "ended": {name: dict(ways) for name, ways in tally.ended.items()},
        "illegal": tally.illegal,
        "counted_twice": tally.counted_twice,
        "is_intact": verify().is_intact,
    }


def main(command: str, *arguments: str) -> None:
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    with own_database():
        counted = {"lives": lives, "races": races}[command](*arguments)
    print(json.dumps(counted))


if __name__ == "__main__":
    main(*sys.argv[1:])
