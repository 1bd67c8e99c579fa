"""How long a new entry waits for a checkpoint over it and a new record for its segment, with the sealer at work."""

from __future__ import annotations

import secrets
import time

# Two segments' worth of waiting, so that a record that has just missed one is among them.
PAUSE_SECONDS, LOOK_SECONDS, PATIENCE_SECONDS = 0.7, 0.1, 120


def longest(*, seconds: float) -> dict[str, float]:
    """The longest waits of all entries and records that were committed in that time."""
    from django.conf import settings

    from accounts.selectors import the_installation
    from audit import selectors
    from audit.sealer_folder import Folder
    from benchmarks._ledger_scoring import at_work

    actor = the_installation()
    Folder(settings.MRM_SEALER_DIR).add_key("bench.example/freshness")
    entries: dict[int, float] = {}
    records: dict[bytes, float] = {}
    took: dict[str, list[float]] = {"entry": [], "record": []}
    sequence, record = _committed(actor)
    with at_work():
        began = last = time.monotonic()
        entries[sequence] = records[record] = began
        while time.monotonic() - began < seconds or ((entries or records) and _is_patient(began, seconds)):
            if time.monotonic() - began < seconds and time.monotonic() - last >= PAUSE_SECONDS:
                last = time.monotonic()
                sequence, record = _committed(actor)
                entries[sequence] = records[record] = time.monotonic()
            _look(entries, records, took)
            time.sleep(LOOK_SECONDS)
    if entries or records or not all(took.values()):
        raise RuntimeError(f"{len(entries)} entries and {len(records)} records were never sealed.")
    assert selectors.verify().is_intact
    return {name: max(each) for name, each in took.items()}


def _is_patient(began: float, seconds: float) -> bool:
    return time.monotonic() - began < seconds + PATIENCE_SECONDS


def _committed(actor: object) -> tuple[int, bytes]:
    from audit import selectors
    from audit.chain import Subject
    from audit.events import Event
    from audit.services import opened, queue_unsealed, record

    made = secrets.token_bytes(32)
    with opened():
        record(event=Event.DECISION_REPLAYED, actor=actor, subject=Subject("decision", "bench"))  # type: ignore[arg-type]
        queue_unsealed(log="decisions", record_hash=made)
    return selectors.size(), made


def _look(entries: dict[int, float], records: dict[bytes, float], took: dict[str, list[float]]) -> None:
    from audit import selectors
    from audit.models import SegmentRow

    note, now = selectors.newest_checkpoint(), time.monotonic()
    for sequence in [each for each in entries if note and each <= note.size]:
        took["entry"].append(now - entries.pop(sequence))
    found = SegmentRow.objects.filter(record__in=list(records)).values_list("record", flat=True)
    for each in found:
        took["record"].append(now - records.pop(bytes(each)))
