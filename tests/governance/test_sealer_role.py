"""The real sealer's process, on PostgreSQL, with the rights of its own role and no others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.selectors import the_installation
from audit import selectors, services
from audit.chain import Subject
from audit.events import Event
from mrm.management.commands.database_grants import statements
from tests.governance.committed import db, names
from tests.governance.test_database_refuses import send
from tests.plugin_services import sealer_database_url
from tests.validation.drawing import drawn

__all__ = ["db", "drawn", "names"]

pytestmark = pytest.mark.postgresql
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


@pytest.fixture
def process(names: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    if not sealer_database_url():
        pytest.skip("MRM_TEST_SEALER_DATABASE_URL is not set")
    for statement in statements():
        send(statement)
    database = connection.settings_dict["NAME"]
    url = urlsplit(sealer_database_url())._replace(path=f"/{database}").geturl()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mrm.settings.testing", "MRM_DATABASE_URL": url}
    environment |= {"MRM_SEALER_DIR": names["sealer_dir"], "PYTEST_XDIST_WORKER": f"sealer-{os.getpid()}"}
    with subprocess.Popen([sys.executable, "manage.py", "sealer"], env=environment, cwd=ROOT) as started:
        yield started
        started.terminate()
        started.wait(timeout=20)


def test_the_sealer_signs_and_seals_with_its_own_rights(process: subprocess.Popen[bytes]) -> None:
    with services.opened():
        services.record(
            event=Event.PERSON_ENROLLED, actor=the_installation(), subject=Subject("person", "x"), facts={}
        )
    services.queue_unsealed(log="decisions", record_hash=os.urandom(32))
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and not _is_done():
        assert process.poll() is None
        time.sleep(0.2)
    assert _is_done()
    assert selectors.sealer_refusal() == ""
    assert selectors.verify().is_intact


def _is_done() -> bool:
    newest = selectors.newest_checkpoint()
    return selectors.oldest_unsealed() is None and newest is not None and newest.size == selectors.size()
