"""What runs in processes of their own for the kill proof of the ledger.

writer FILE   appends entries and queues records without end, and notes in FILE what was acknowledged
sealer        the real sealer at a pace that gets it killed in the middle of everything
count FILE…   the log as it ended: JSON
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
from pathlib import Path


def main(command: str, *arguments: str) -> None:
    import django

    django.setup()
    {"migrate": migrate, "writer": writer, "sealer": sealer, "count": count}[command](*arguments)


def migrate() -> None:
    from django.conf import settings
    from django.core.management import call_command

    from audit.sealer_folder import Folder

    call_command("migrate", verbosity=0, skip_checks=True)
    Folder(settings.MRM_SEALER_DIR).add_key("proof.example/log")


def writer(file: str) -> None:
    """An acknowledgement is written after the commit, so whatever stands in the file must be in the ledger."""
    from django.db import transaction

    from accounts.selectors import the_installation
    from audit.chain import Subject
    from audit.events import Event
    from audit.services import opened, queue_unsealed, record

    actor = the_installation()
    with Path(file).open("a", buffering=1) as acknowledged:
        while True:
            mark = secrets.token_hex(16)
            with opened():
                record(event=Event.DECISION_REPLAYED, actor=actor, subject=Subject("decision", mark))
            acknowledged.write(f"entry {mark}\n")
            for _ in range(3):
                each = secrets.token_bytes(32)
                with transaction.atomic():
                    queue_unsealed(log="decisions", record_hash=each)
                acknowledged.write(f"record {each.hex()}\n")


def sealer() -> None:
    import datetime as dt

    from django.conf import settings

    from accounts.selectors import the_installation
    from audit import lease, segments, watch
    from audit.sealer_folder import Folder

    lease.LENGTH = dt.timedelta(seconds=1)
    segments.ROWS = 50
    watch.SEGMENT_SECONDS, watch.CHECKPOINT_SECONDS, watch.POLL_SECONDS = 0.2, 0.05, 0.01
    folder = Folder(settings.MRM_SEALER_DIR)
    watch.Watch(folder=folder, actor=the_installation()).run(threading.Event())


def count(*files: str) -> None:
    """Seals and signs what is left, verifies everything, and compares with what the writers were told."""
    import time

    from django.conf import settings

    from accounts.selectors import the_installation
    from audit import lease, segments, selectors, stored
    from audit.models import Checkpoint, Entry, SegmentRow
    from audit.sealer import Sealer
    from audit.sealer_folder import Folder

    while (held := lease.take()) is None:
        time.sleep(0.2)
    folder = Folder(settings.MRM_SEALER_DIR)
    last = Sealer(folder=folder, actor=the_installation(), held=held)
    segments.seal(actor=the_installation(), log="decisions")
    last.checkpoint()
    (key,) = folder.keys().values()
    verdict = selectors.verify(key=key.public)
    told = [
        line.split() for file in files for line in Path(file).read_text().splitlines() if line.count(" ") == 1
    ]
    entries = set(Entry.objects.values_list("subject_id", flat=True))
    records = [bytes(each).hex() for each in SegmentRow.objects.values_list("record", flat=True)]
    print(
        json.dumps(
            {
                "verdict": str(verdict.judgement),
                "faults": len(verdict.faults),
                "uncovered": verdict.entries - verdict.covered,
                "entries": verdict.entries,
                "checkpoints": Checkpoint.objects.count(),
                "records": len(records),
                "doubled": len(records) - len(set(records)),
                "lost": len({mark for kind, mark in told if kind == "entry"} - entries)
                + len({mark for kind, mark in told if kind == "record" and len(mark) == 64} - set(records)),
                "acknowledged": len(told),
                "origin": stored.origin(),
                "process": os.getpid(),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
