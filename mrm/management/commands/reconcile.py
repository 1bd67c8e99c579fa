"""Compare a file of booked loans with the Decisions (docs/formats.md, "Booked loans"). Changes nothing.

Exit 0: nothing differs. 1: something does. 2: the file, or a row of it, cannot be read; what could be read is told.
Whoever runs a command is an operator with a shell on this machine: there is no actor, and nothing is asked of roles.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from mrm.lib import clock
from mrm.lib.errors import Refusal
from scoring import booked_loans
from scoring.reconciliation import Reconciliation, Wanted, reconcile

SAME, DIFFERENT, UNREADABLE = 0, 1, 2


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8 with a column `decision` or `reference`")
        parser.add_argument("--model", default="", help="only Decisions of this model (its slug)")
        parser.add_argument(
            "--since", type=dt.date.fromisoformat, help="first day of Decisions that must have a loan (UTC)"
        )
        parser.add_argument("--until", type=dt.date.fromisoformat, help="their last day (UTC)")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    def handle(self, *_: Any, **options: Any) -> None:
        wanted = Wanted(options["model"], options["since"], options["until"])
        try:
            found = reconcile(booked_loans.read(options["file"]), wanted)
        except Refusal as refusal:
            told = json.dumps({"refused": refusal.message}) if options["json"] else refusal.message
            self.stdout.write(told)
            raise SystemExit(UNREADABLE) from None
        if options["json"]:
            self.stdout.write(json.dumps(members_of(found)))
        else:
            for line in lines_of(found):
                self.stdout.write(line)
        raise SystemExit(exit_of(found))


def exit_of(found: Reconciliation) -> int:
    if found.bad_rows:
        return UNREADABLE
    return DIFFERENT if found.differs else SAME


def members_of(found: Reconciliation) -> dict[str, object]:
    return {
        "loans": found.loans,
        "bad_rows": [{"row": each.row, "why": each.why} for each in found.bad_rows],
        "without_decision": list(found.without_decision),
        "against_decision": [
            {"row": each.row, "decision": str(each.decision), "outcome": each.outcome}
            for each in found.against_decision
        ],
        "before_decision": [
            {"row": each.row, "decision": str(each.decision)} for each in found.before_decision
        ],
        "duplicates": [
            {"decision": str(each.decision), "rows": list(each.rows)} for each in found.duplicates
        ],
        "without_loan": [
            {
                "decision": str(each.decision),
                "model": each.model,
                "version": each.version,
                "at": clock.stamp(each.at),
            }
            for each in found.without_loan
        ],
    }


def lines_of(found: Reconciliation) -> Iterator[str]:
    yield f"{found.loans:>8} loans read"
    yield f"{len(found.bad_rows):>8} rows that cannot be read"
    yield from (f"           row {each.row}: {each.why}" for each in found.bad_rows)
    yield f"{len(found.without_decision):>8} loans without a Decision"
    yield from (f"           row {row}" for row in found.without_decision)
    yield f"{len(found.against_decision):>8} loans booked against their Decision"
    for each in found.against_decision:
        yield f"           row {each.row}: {each.decision} was {each.outcome}"
    yield f"{len(found.before_decision):>8} loans booked before their Decision"
    yield from (f"           row {each.row}: {each.decision}" for each in found.before_decision)
    yield f"{len(found.duplicates):>8} Decisions with more than one loan"
    for several in found.duplicates:
        yield f"           {several.decision}: rows {', '.join(map(str, several.rows))}"
    yield f"{len(found.without_loan):>8} approved Decisions without a loan"
    for approved in found.without_loan:
        at = clock.stamp(approved.at)
        yield f"           {approved.decision}  {approved.model} {approved.version}  {at}"
