"""What the bench of the ledger does in processes of their own, each on the database its environment names.

migrate                        the tables and guards
sql STATEMENT                  one statement of the owner
ground ENTRIES                 a signed ledger of that size (see _ledger_ground.py)
append THREADS WARM SECONDS    appends from a line on its input on; how long each took
pages                          for each line, an address: how long its page took
proofs COUNT                   how long proofs took
fresh SECONDS                  the longest waits for a checkpoint and a segment (see _ledger_freshness.py)
scoring PAIRS CALLS            blocks of scoring without and with a sealer at work (see _ledger_scoring.py)
"""

from __future__ import annotations

import json
import random
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable

SEED = 20260101
_ENTRY_LINK = re.compile(rb'href="[^"]*/ledger/\d+"')


def main(act: str, *asked: str) -> None:
    import django

    django.setup()
    acts: dict[str, Callable[..., object]] = {
        "migrate": migrate,
        "sql": sql,
        "ground": ground,
        "append": append,
        "pages": pages,
        "proofs": proofs,
        "fresh": fresh,
        "scoring": scoring,
    }
    say(acts[act](*asked))


def say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def sql(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def ground(entries: str) -> object:
    from benchmarks import _ledger_ground

    return _ledger_ground.build(int(entries))


def scoring(pairs: str, calls: str) -> object:
    from benchmarks import _ledger_scoring

    return _ledger_scoring.blocks(pairs=int(pairs), calls=int(calls))


def fresh(seconds: str) -> object:
    from benchmarks import _ledger_freshness

    return _ledger_freshness.longest(seconds=float(seconds))


def append(threads: str, warm: str, seconds: str) -> list[float]:
    """Seconds of every append that began and ended in the time that counts."""
    took: list[float] = []
    say("ready")
    sys.stdin.readline()
    begin = time.perf_counter() + float(warm)
    writers = [
        threading.Thread(target=_append, args=(begin, begin + float(seconds), took))
        for _ in range(int(threads))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return took


def _append(begin: float, end: float, took: list[float]) -> None:
    from django.db import connection

    from accounts.selectors import the_installation
    from audit.chain import Subject
    from audit.events import Event
    from audit.services import opened, record

    actor, facts = the_installation(), {"environment": "e" * 64, "record": "r" * 64, "result": "identical"}
    while (began := time.perf_counter()) < end:
        with opened():
            subject = Subject("decision", str(uuid.uuid4()))
            record(event=Event.DECISION_REPLAYED, actor=actor, subject=subject, facts=facts)
        ended = time.perf_counter()
        if begin <= began and ended <= end:
            took.append(ended - began)
    connection.close()


def pages() -> None:
    """As an auditor; a page without a single entry is no page to be measured."""
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username="quinn"))
    say("ready")
    for address in sys.stdin:
        began = time.perf_counter()
        response = client.get(address.strip())
        took = time.perf_counter() - began
        found = len(_ENTRY_LINK.findall(response.content))
        if response.status_code != 200 or not found:
            raise SystemExit(f"{address.strip()}: {response.status_code} with {found} entries")
        say(took)


def proofs(count: str) -> dict[str, list[float]]:
    from audit.proofs import of_entry, of_record
    from audit.selectors import newest_checkpoint
    from benchmarks._ledger_ground import record_body, records_made

    chance = random.Random(SEED)  # noqa: S311 (which entries are proven is no secret)
    note, made = newest_checkpoint(), records_made()
    assert note is not None
    sequences = [chance.randrange(1, note.size + 1) for _ in range(int(count))]
    bodies = [record_body(chance.randrange(made)) for _ in range(int(count))]
    return {
        "entry": [_took(lambda each=each: of_entry(each)) for each in sequences],
        "record": [_took(lambda each=each: of_record(each)) for each in bodies],
    }


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*sys.argv[1:])
