"""A verification and an export read one moment of the ledger, whatever is sealed and signed while they read."""

from __future__ import annotations

import secrets

import pytest
from django.db import connection, transaction

from audit import bundle, examination, selectors, services, stored
from tests.reports.sealing import sealing_in


@pytest.fixture
def sealing(cast, tmp_path):
    return sealing_in(tmp_path / "sealer")


def queue():
    with transaction.atomic():
        services.queue_unsealed(log="decisions", record_hash=secrets.token_bytes(32))


def test_a_segment_sealed_while_the_ledger_is_read_is_no_fault(sealing, monkeypatch):
    queue()
    sealing.sign()
    monkeypatch.setattr(stored, "CHUNK", 5)
    part, done = examination.Examination.part, []

    def meanwhile(self, read):
        if not done:
            done.append(queue() or sealing.sign())
        return part(self, read)

    monkeypatch.setattr(examination.Examination, "part", meanwhile)
    assert selectors.verify(key=sealing.key.public).judgement == "intact"
    assert done


def test_a_segment_sealed_while_the_ledger_is_exported_is_no_fault(sealing, tmp_path):
    queue()
    sealing.sign()
    file, done = tmp_path / "bundle.jsonl", []

    def meanwhile(execute, sql, *rest):
        if "audit_checkpoint" in sql and not done:
            done.append(True)
            queue()
            sealing.sign()
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        file.write_bytes(b"".join(bundle.lines(stored.contents())))
    assert done
    assert bundle.examine_file(file, key=sealing.key.public.text).judgement == "intact"
