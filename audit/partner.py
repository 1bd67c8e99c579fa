"""A second process that walks parts of the ledger, so that a verification uses two processors.

It reads the database by itself: given two sequences, it answers with what a walk between them found. It gives no
verdict; whoever asked joins the parts and compares where each begins with where the one before ended. A partner that
does not start, breaks down or says nonsense has told nothing: its part is then walked by whoever asked.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

from audit import reading
from audit.walk import Part

# Of 2 to a power, or the roots of the parts would be no subtrees of the whole.
PART, AHEAD = 8_192, 2
# Starting it costs as much as walking some ten thousand entries.
WORTH_IT = 50_000
# Done and not yet joined: a partner that is late is waited for, or the leaves of a whole ledger would pile up.
MOST_WAITING = 32
_ROOT = Path(__file__).resolve().parents[1]
# What a partner that broke down makes of a question or an answer.
_FAILED = (OSError, ValueError, TypeError, KeyError)
_Span = tuple[int, int]


class Partner:
    """Questions are answered in their order; a thread waits for the answers."""

    def __init__(self, said: IO[str], heard: IO[str], answers: ThreadPoolExecutor) -> None:
        self._said, self._heard, self._answers = said, heard, answers

    def tell(self, value: object) -> None:
        # Whether anybody still listens shows in the answer.
        with contextlib.suppress(OSError):
            self._said.write(f"{json.dumps(value)}\n")
            self._said.flush()

    def asked(self, span: _Span) -> Future[Part | None]:
        self.tell(span)
        return self._answers.submit(self._answer)

    def _answer(self) -> Part | None:
        try:
            return Part.of_plain(json.loads(self._heard.readline()))
        except _FAILED:
            return None


@contextlib.contextmanager
def started() -> Iterator[Partner | None]:
    """A partner on the database of this process; None where none can be had."""
    try:
        database = json.loads(json.dumps(reading.database()))
        process = _process()
    except (OSError, TypeError):
        yield None
        return
    answers = ThreadPoolExecutor(max_workers=1)
    try:
        partner = Partner(*_pipes(process), answers)
        partner.tell(database)
        yield partner
    finally:
        process.kill()
        answers.shutdown()
        process.communicate()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("The partner was started without pipes.")
    return process.stdin, process.stdout


def _process() -> subprocess.Popen[str]:
    paths = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH", "")]))
    # The database is told by its input: others may read the arguments of a process.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "audit.partner"],
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def parts_with(partner: Partner, until: int) -> Iterator[Part]:
    """All parts up to `until` in their order; this process walks whatever the partner does not."""
    spans = deque((after, min(after + PART, until)) for after in range(0, until, PART))
    asked: dict[_Span, Future[Part | None]] = {}
    found: dict[_Span, Part] = {}
    for span in list(spans):
        while span not in found:
            while spans and len(asked) < AHEAD:
                following = spans.popleft()
                asked[following] = partner.asked(following)
            if spans and len(found) < MOST_WAITING:
                own = spans.popleft()
                found[own] = reading.walked(*own)
            for each in [each for each in asked if asked[each].done() or not spans or each == span]:
                found[each] = asked.pop(each).result() or reading.walked(*each)
        yield found.pop(span)


def main(questions: IO[str], answers: IO[str]) -> None:
    """The inside: the first line is the database, every other the span of a part."""
    from django.conf import settings

    settings.configure(DATABASES={"default": json.loads(questions.readline())}, USE_TZ=True)
    for line in questions:
        said: dict[str, Any] = reading.walked(*json.loads(line)).plain()
        answers.write(f"{json.dumps(said)}\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
