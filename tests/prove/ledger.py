"""Two verifiers, written apart from one page, read mutated ledgers and must say the same of every one.

`make test` runs a few hundred mutants, `make prove ONLY=ledger` more than ten thousand and every byte of a ledger.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from audit import bundle, verifier
from tests.audit import made
from tests.audit.made import FIRST, Made
from tests.prove._ledger_kills import environment_of, kill_sealer_and_writers
from tests.prove._ledger_mutants import Mutant, Outside, foreign, mutants

MUTANTS = 12_000
SEED = 20260601
KILLS = 60
COMPARED = ("verdict", "entries", "segments", "records", "checkpoints", "head", "root", "covered", "outside")


@dataclass
class Tally:
    """What was counted; the examples are kept for whoever must look into a figure that is not 0."""

    mutants: int = 0
    disagreements: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    verdicts: Counter[str] = field(default_factory=Counter)
    operators: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)


def compared(verdict: dict[str, Any]) -> object:
    """What both must say alike. Of a file that cannot be read nothing further is said."""
    if verdict["verdict"] == "unreadable":
        return "unreadable"
    faults = sorted((fault["code"], fault["place"]) for fault in verdict["faults"])
    return [verdict[name] for name in COMPARED], faults


def is_missed(verdict: dict[str, Any], mutant: Mutant) -> bool:
    """Whether a verdict vouches for entries or records that are not those of the ledger the mutant came from.

    Against a thief of all keys only a checkpoint from outside vouches, and only for what it covers.
    """
    if verdict["verdict"] != "intact":
        return False
    covered = verdict["outside" if "stolen" in mutant.name else "covered"]
    base, lines = mutant.base, mutant.content.splitlines(keepends=True)
    kept = [line for line in base.lines if line.startswith(b'{"entry"')][:covered]
    shown = [line for line in lines if line.startswith(b'{"entry"')][:covered]
    sealed = [number for number, each in enumerate(base.plan.segments) if each.at <= covered]
    records = [line for line in base.lines if line.startswith(b'{"segment"')]
    shown_records = [line for line in lines if line.startswith(b'{"segment"')]
    return kept != shown or any(records[number] not in shown_records for number in sealed)


def examine_one(mutant: Mutant, path: Path, tally: Tally) -> None:
    path.write_bytes(mutant.content)
    answers = {}
    for name, examine in (("app", bundle.examine_file), ("offline", verifier.examine_file)):
        try:
            answers[name] = examine(path, key=mutant.outside.key, notes=mutant.outside.notes).plain()
        # Whatever a verifier raises here is what the figure counts.
        except Exception as error:  # noqa: BLE001
            tally.tracebacks.append(f"{mutant.name}: {name}: {error!r}")
            return
    _count(mutant, answers, tally)


def _count(mutant: Mutant, answers: dict[str, dict[str, Any]], tally: Tally) -> None:
    offline = answers["offline"]
    tally.mutants += 1
    tally.verdicts[offline["verdict"]] += 1
    tally.operators.update(mutant.name.split("+"))
    tally.codes.update({fault["code"] for fault in offline["faults"]})
    if compared(answers["app"]) != compared(offline):
        tally.disagreements.append(f"{mutant.name}: {answers}")
    if any(is_missed(each, mutant) for each in answers.values()):
        tally.missed.append(f"{mutant.name}: {answers}")


def examine_mutants(seed: int, count: int) -> Tally:
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for mutant in mutants(seed, count):
            examine_one(mutant, Path(folder) / "bundle", tally)
    return tally


def examine_processes(seed: int, count: int) -> Tally:
    """The same by the file itself, as an examiner runs it."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle"
        for mutant in mutants(seed, count):
            path.write_bytes(mutant.content)
            done = subprocess.run(
                [sys.executable, verifier.__file__, str(path)], capture_output=True, text=True, check=False
            )
            expected = verifier.EXITS[verifier.examine_file(str(path)).verdict]
            tally.mutants += 1
            if done.stderr or done.returncode != expected:
                tally.tracebacks.append(f"{mutant.name}: {done.stderr[-500:]}")
    return tally


def examine_every_place() -> Tally:
    """Every byte of a ledger of 64 entries altered, and every entry gone, doubled, moved on or replaced."""
    whole, tally = made.made(made.full_plan(sizes=(1, 7, 39, 40, 64))), Tally()
    outside = Outside(FIRST.public.text, (whole.anchor,))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle"
        for name, content in chain(_every_byte(whole), _every_position(whole)):
            examine_one(Mutant(name, whole, content, outside), path, tally)
            if tally.verdicts["intact"] or tally.verdicts["unproven"]:
                tally.missed.append(name)
            tally.verdicts.update(intact=-tally.verdicts["intact"], unproven=-tally.verdicts["unproven"])
    return tally


def _every_byte(whole: Made) -> Iterator[tuple[str, bytes]]:
    content = whole.content
    for at, byte in enumerate(content):
        yield f"byte {at}", content[:at] + bytes([byte ^ (1 << at % 8)]) + content[at + 1 :]


def _every_position(whole: Made) -> Iterator[tuple[str, bytes]]:
    lines = list(whole.lines)
    for at in range(whole.first_entry, whole.first_entry + whole.plan.entries):
        changed = {
            "gone": lines[:at] + lines[at + 1 :],
            "doubled": lines[: at + 1] + lines[at:],
            "replaced": [*lines[:at], foreign().lines[at], *lines[at + 1 :]],
        }
        if at + 2 < len(lines):
            changed["moved on"] = [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]
        for name, each in changed.items():
            yield f"{name} at {at}", b"".join(made.recounted(each))


def main() -> int:
    from tests.prove._report import Figure, report

    began = time.monotonic()
    drawn = examine_mutants(SEED, MUTANTS)
    drawn_seconds, began = time.monotonic() - began, time.monotonic()
    places = examine_every_place()
    places_seconds, began = time.monotonic() - began, time.monotonic()
    processes = examine_processes(SEED, 100)
    process_seconds = time.monotonic() - began
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        killed = kill_sealer_and_writers(
            kills=KILLS, seed=SEED, environment=environment_of(place), folder=place
        )
    print(
        f"verdicts: {dict(drawn.verdicts)}\nfaults: {dict(drawn.codes)}\noperators: {dict(drawn.operators)}"
    )
    for tally in (drawn, places, processes):
        print(*[*tally.disagreements, *tally.missed, *tally.tracebacks][:10], sep="\n")
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(drawn.verdicts.items()))
    size, every = f"{drawn.mutants} mutants: {said}", f"{places.mutants} bytes and positions of 64 entries"
    run = f"{size}; {processes.mutants} processes"
    return report(
        "ledger",
        [
            Figure("verifiers disagree", len(drawn.disagreements), 0, size, drawn_seconds),
            Figure("altered content called intact", len(drawn.missed), 0, size, drawn_seconds),
            Figure("tracebacks", len(drawn.tracebacks + processes.tracebacks), 0, run, process_seconds),
            Figure("changed bytes and positions missed", len(places.missed), 0, every, places_seconds),
            Figure("verifiers disagree on them", len(places.disagreements), 0, every, places_seconds),
            Figure("acknowledged and lost by kills", killed.told["lost"], 0, killed.size, killed.seconds),
            Figure("sealed twice by kills", killed.told["doubled"], 0, killed.size, killed.seconds),
            Figure("faults after kills", killed.told["faults"], 0, killed.size, killed.seconds),
            Figure("entries left uncovered", killed.told["uncovered"], 0, killed.size, killed.seconds),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
