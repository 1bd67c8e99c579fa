"""Would the suite notice? Every small change to the code that proves the ledger, one at a time: `make prove
ONLY=mutation`. `ARGS="--only sealer"` tries one module, `ARGS="--list"` names what survives and how it differs.

A mutant that cannot be told from the original by what the code does stands in equivalent_mutants.toml with the reason;
it is left out of the score, and one that is listed there and killed all the same fails the proof.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.prove import _mutants
from tests.prove._report import Figure, report

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.toml")
MODULES = (
    "tree",
    "checkpoint",
    "chain",
    "keys",
    "examination",
    "bundle",
    "verdicts",
    "sealer",
    "sealer_folder",
    "segments",
    "tiles",
    "proofs",
    "verifier",
)
# Tests without processes of their own: a change made here is not seen in another process.
TESTS = (
    "tests/audit/test_sealer.py",
    "tests/audit/test_ledger.py",
    "tests/audit/test_both_verifiers.py",
    "tests/audit/test_offline_verifier.py",
    "tests/audit/test_commands.py",
)
WRITTEN_FOR_THIS = "test_mutants_*.py"
SEED, GOAL = 20260601, 90


@dataclass(frozen=True)
class AtLeast(Figure):
    @property
    def is_met(self) -> bool:
        return self.result >= self.goal


def equivalent() -> dict[str, str]:
    """Names of mutants that change nothing, with the reason."""
    return {each["mutant"]: each["reason"] for each in tomllib.loads(EQUIVALENT.read_text())["equivalent"]}


def drawn(modules: list[str], most: int | None) -> list[_mutants.Mutant]:
    """All mutants of these modules in the order of the files, or a seeded sample of them."""
    found = [
        each for name in modules for each in _mutants.of_file(ROOT / "audit" / f"{name}.py", f"audit.{name}")
    ]
    if most is None or most >= len(found):
        return found
    kept = set(random.Random(SEED).sample(range(len(found)), most))
    return [each for number, each in enumerate(found) if number in kept]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=MODULES, action="append", help="these modules, without a report")
    parser.add_argument("--sample", type=int, help="a seeded sample of this many; the report says so")
    parser.add_argument("--named", help="mutants with this in their name, without a report")
    chosen = parser.parse_args()
    import pytest

    from tests.prove._mutant_runs import Runs

    began, known = time.monotonic(), equivalent()
    mutants = [
        each
        for each in drawn(chosen.only or list(MODULES), chosen.sample)
        if (chosen.named or "") in each.name
    ]
    runs = Runs(mutants, lambda said: print(said, file=sys.stderr, flush=True))
    tests = [*TESTS, *(str(path) for path in sorted((ROOT / "tests" / "audit").glob(WRITTEN_FOR_THIS)))]
    ended = pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", *tests], plugins=[runs])
    if ended:
        return int(ended)
    outcome = runs.outcome
    left = [each for each in [*outcome.survived, *outcome.unreached] if each.name not in known]
    wrong = [each.name for each in outcome.killed if each.name in known]
    for each in left:
        print(f"{each.where} {each.name}{' (no test comes past)' if each in outcome.unreached else ''}")
    for name in wrong:
        print(f"listed as equivalent and killed: {name}")
    judged = len(outcome.killed) + len(left)
    score = 100 * len(outcome.killed) // max(judged, 1)
    seconds = time.monotonic() - began
    of_all = f"sampled of {len(drawn(list(MODULES), None))} " if chosen.sample else ""
    size = f"{len(mutants)} mutants {of_all}in {len(MODULES)} modules, {len(mutants) - judged} equivalent by name"
    figures = [
        AtLeast("mutation score of audit in %, at least", score, GOAL, size, seconds),
        Figure("killed though listed as equivalent", len(wrong), 0, size, seconds),
    ]
    print(f"{len(outcome.killed)} killed, {len(left)} survived, {score} %, {seconds:.0f} s")
    if chosen.only or chosen.named:
        return 0
    return report("mutation", figures)


if __name__ == "__main__":
    sys.exit(main())
