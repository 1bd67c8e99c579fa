"""The law, proven: lives of versions against a second statement of the law, races on both databases, and every small
change to the code that keeps it. `make prove ONLY=law`.

`ARGS="--sample 150"` tries some mutants of all, `ARGS="--lives 50"` lives fewer lives; `ARGS="--part races"` runs one part
alone (lives, races or mutants), rewrites its rows and keeps those of the others. PostgreSQL takes part where
MRM_TEST_DATABASE_URL names one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

from tests.prove import _mutation
from tests.prove._report import Figure, report, report_part

LIVES, STEPS, RACES = 400, 30, 200
SEED = 20260601
PARTS = ("lives", "races", "mutants")
# The rules to the letter, on one world for all of them, and last, because a child begins in the world of the last file;
# before it the tests of what is newer. The other tests of approvals know more, and would take hours.
TARGET = _mutation.Target(
    "approvals and the lifecycle",
    modules=(
        "approvals.policy",
        "approvals.signoffs",
        "approvals.opening",
        "approvals.closing",
        "approvals.withdrawing",
        "approvals.recusals",
        "approvals.delegations",
        "approvals.conditions",
        "approvals.exceptions",
        "approvals.emergencies",
        "approvals.in_force",
        "approvals.caps",
        "approvals.gates",
        "approvals.claims",
        "validation.demands",
        "registry.lifecycle",
        "registry.services",
    ),
    tests=(
        "tests/approvals/test_caps.py",
        "tests/approvals/test_concluded_conditions.py",
        "tests/approvals/whole_letter.py",
    ),
)


def lives(count: int) -> list[Figure]:
    began = time.monotonic()
    found = _worker("lives", str(count), str(STEPS), str(SEED))
    if found["disagreement"]:
        print(found["disagreement"])
        size = f"{count} lives of {STEPS} steps, seed {SEED}, SQLite"
    else:
        size = f"{found['lives']} lives, {found['steps']} deeds ({_listed(found['outcomes'])}), seed {SEED}, SQLite"
    return [
        Figure(
            "lives that the law and the services tell differently",
            int(bool(found["disagreement"])),
            0,
            size,
            time.monotonic() - began,
        )
    ]


def races() -> list[Figure]:
    found = [figure for url in _databases() for figure in _raced(url)]
    if len(_databases()) == 1:
        print("PostgreSQL is left out: MRM_TEST_DATABASE_URL is not set.")
    return found


def _raced(url: str) -> list[Figure]:
    began = time.monotonic()
    found = _worker("races", str(RACES), str(SEED), url=url)
    seconds, database = time.monotonic() - began, found["database"]
    for name, ways in found["ended"].items():
        print(f"{database} {name}: {_listed(ways)}")
    print(*[*found["illegal"], *found["counted_twice"]][:20], sep="\n")
    lopsided = [name for name, ways in found["ended"].items() if len(ways) < 2]
    ways = "; ".join(f"{name.replace('_', ' ')} {_counts(ended)}" for name, ended in found["ended"].items())
    size = f"{found['races']} races on {database}: {ways}"
    return [
        Figure(f"illegal outcomes of races, {database}", len(found["illegal"]), 0, size, seconds),
        Figure(f"grants counted twice, {database}", len(found["counted_twice"]), 0, size, seconds),
        Figure(f"kinds of races that always ended one way, {database}", len(lopsided), 0, size, seconds),
        Figure(f"ledgers broken by races, {database}", int(not found["is_intact"]), 0, size, seconds),
    ]


def _databases() -> list[str]:
    """No URL is SQLite in the process's own folder."""
    return ["", *filter(None, [os.environ.get("MRM_TEST_DATABASE_URL", "")])]


def _worker(command: str, *arguments: str, url: str = "") -> dict[str, Any]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mrm.settings.testing"}
    environment.pop("MRM_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove._law_worker", command, *arguments],
        env=environment | ({"MRM_DATABASE_URL": url} if url else {}),
        cwd=_mutation.ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _listed(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counted.items()))


def _counts(ways: dict[str, int]) -> str:
    return "/".join(str(count) for _, count in sorted(ways.items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="these parts only")
    parser.add_argument("--lives", type=int, default=LIVES, help="so many lives; the report says so")
    _mutation.add_arguments(parser, TARGET)
    arguments = parser.parse_args()
    chosen = _mutation.chosen_of(arguments)
    if chosen.is_a_look:
        _mutation.tried(TARGET, chosen)
        return 0
    figures: list[Figure] = []
    parts = {
        "lives": lambda: lives(arguments.lives),
        "races": races,
        "mutants": lambda: _mutation.tried(TARGET, chosen),
    }
    for part in arguments.part or PARTS:
        figures += parts[part]()
    return report_part("law", figures) if arguments.part else report("law", figures)


if __name__ == "__main__":
    sys.exit(main())
