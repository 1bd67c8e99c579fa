"""What every proof by mutants has in common: which modules, which tests, what is said of the rest.

A mutant that cannot be told from the original by what the code does stands in equivalent_mutants.toml with the reason;
it is left out of the score, and one that is listed there and killed all the same fails the proof.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.prove import _mutants
from tests.prove._report import Figure

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
SEED, GOAL = 20260601, 90


@dataclass(frozen=True)
class Target:
    """`modules` by their dotted names, and the tests that must notice: files, or globs of files. `name` is what the
    figure calls it."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def short(self) -> dict[str, str]:
        """The modules by the last part of their name, which is what mutants are named after."""
        return {module.rpartition(".")[2]: module for module in self.modules}

    def test_files(self) -> list[str]:
        found = [path for pattern in self.tests for path in sorted(ROOT.glob(pattern))]
        return list(dict.fromkeys(str(path) for path in found))


@dataclass(frozen=True)
class Chosen:
    """A part of a target: these modules, a seeded sample of so many, only those with this in their name."""

    only: tuple[str, ...] = ()
    sample: int | None = None
    named: str = ""

    @property
    def is_a_look(self) -> bool:
        """Somebody looks at a few mutants: no figure comes of it."""
        return bool(self.only or self.named)


@dataclass(frozen=True)
class AtLeast(Figure):
    @property
    def is_met(self) -> bool:
        return self.result >= self.goal


class TestsFailed(RuntimeError):
    """The tests fail as they are, so no mutant says anything."""


def add_arguments(parser: argparse.ArgumentParser, target: Target) -> None:
    parser.add_argument(
        "--only", choices=sorted(target.short), action="append", help="these modules, without a report"
    )
    parser.add_argument("--sample", type=int, help="a seeded sample of so many mutants; the report says so")
    parser.add_argument("--named", default="", help="mutants with this in their name, without a report")


def chosen_of(arguments: argparse.Namespace) -> Chosen:
    return Chosen(tuple(arguments.only or ()), arguments.sample, arguments.named)


def equivalent() -> dict[str, str]:
    """Names of mutants that change nothing, with the reason."""
    return {each["mutant"]: each["reason"] for each in tomllib.loads(EQUIVALENT.read_text())["equivalent"]}


def every_mutant(modules: Sequence[str]) -> list[_mutants.Mutant]:
    """All mutants of these modules in the order of the files."""
    return [
        each
        for module in modules
        for each in _mutants.of_file(ROOT / f"{module.replace('.', '/')}.py", module)
    ]


def drawn(target: Target, chosen: Chosen) -> list[_mutants.Mutant]:
    found = every_mutant([target.short[name] for name in chosen.only] or target.modules)
    if chosen.sample is not None and chosen.sample < len(found):
        kept = set(random.Random(SEED).sample(range(len(found)), chosen.sample))
        found = [each for number, each in enumerate(found) if number in kept]
    return [each for each in found if chosen.named in each.name]


def tried(target: Target, chosen: Chosen) -> list[Figure]:
    """Try the mutants, print what survives, and say the score. Raises TestsFailed."""
    import pytest

    from tests.prove._mutant_runs import Runs

    began, known, mutants = time.monotonic(), equivalent(), drawn(target, chosen)
    runs = Runs(mutants, lambda said: print(said, file=sys.stderr, flush=True))
    plain = ["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist"]
    ended = pytest.main([*plain, *target.test_files()], plugins=[runs])
    if ended:
        raise TestsFailed(f"pytest ended with {int(ended)}")
    outcome = runs.outcome
    left = [each for each in [*outcome.survived, *outcome.unreached] if each.name not in known]
    wrong = [each.name for each in outcome.killed if each.name in known]
    for each in left:
        print(f"{each.where} {each.name}{' (no test comes past)' if each in outcome.unreached else ''}")
    for name in wrong:
        print(f"listed as equivalent and killed: {name}")
    judged, seconds = len(outcome.killed) + len(left), time.monotonic() - began
    score = 100 * len(outcome.killed) // max(judged, 1)
    print(f"{len(outcome.killed)} killed, {len(left)} survived, {score} %, {seconds:.0f} s")
    of_all = f"sampled of {len(every_mutant(target.modules))} " if chosen.sample else ""
    size = (
        f"{len(mutants)} mutants {of_all}in {len(target.modules)} modules,"
        f" {len(mutants) - judged} equivalent by name"
    )
    return [
        AtLeast(f"mutation score of {target.name} in %, at least", score, GOAL, size, seconds),
        Figure("killed though listed as equivalent", len(wrong), 0, size, seconds),
    ]
