"""A sealer for tests: its folder, new entries and records, and somebody who holds the whole database."""

import secrets

import pytest
from django.db import connection, transaction

from accounts.selectors import the_installation
from audit import guards, lease, services
from audit.chain import Subject
from audit.events import Event
from audit.sealer import Sealer
from audit.sealer_folder import Folder

ORIGIN = "tests.example/log"


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "sealer")
    made.add_key(ORIGIN)
    return made


@pytest.fixture
def sealer(cast, folder):
    return sealer_of(folder)


def sealer_of(folder):
    SealerTurn.held = lease.take() or SealerTurn.held
    return Sealer(folder=folder, actor=the_installation(), held=SealerTurn.held)


class SealerTurn:
    held = None


def add(cast, count=1):
    for _ in range(count):
        with services.opened():
            services.record(
                event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "x"), facts={}
            )


def queue(count, log="decisions"):
    records = [secrets.token_bytes(32) for _ in range(count)]
    with transaction.atomic():
        for each in records:
            services.queue_unsealed(log=log, record_hash=each)
    return records


def tampered(statement, *parameters):
    guards.lift()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    finally:
        guards.install()
