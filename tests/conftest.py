"""Fixtures of the whole suite: the cast, their clients, a worker, and the watch over the ledger's last word."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation
from rest_framework.test import APIClient

from tests.cast import Cast, enrol_cast

pytest_plugins = ["tests.plugin_services"]


@pytest.fixture
def cast(db: None) -> Cast:
    return enrol_cast()


@pytest.fixture
def client_of() -> Callable[..., APIClient]:
    from accounts.services import issue_token, permissions_of

    def client(user: object) -> APIClient:
        _, secret = issue_token(actor=user, name="test", days=1, scopes=sorted(permissions_of(user)))
        made = APIClient(raise_request_exception=False)
        made.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return made

    return client


@pytest.fixture
def work(transactional_db: None) -> Callable[[], list[object]]:
    """Do every queued job, as a worker would, until none is left."""
    from jobs import runner

    def until_idle() -> list[object]:
        done = []
        while (job := runner.run_job()) is not None:
            done.append(job)
        return done

    return until_idle


@pytest.fixture(autouse=True)
def _store_of_its_own(settings: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Artefacts, MLflow and work folders of one test do not meet those of another."""
    folder = Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp()))
    settings.MRM_VAR_DIR = folder
    settings.MRM_MLFLOW_URL = f"sqlite:///{folder / 'mlflow.sqlite3'}"


@pytest.fixture(autouse=True)
def _no_language_left_over() -> Iterator[None]:
    """A page asked for in Portuguese leaves its language to the thread, and so to the next test."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nobody_was_turned_away_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process notes so many strangers a minute; those of one test are not counted against the next."""
    from audit import access_log

    monkeypatch.setattr(access_log, "_strangers", access_log.Bucket(access_log.STRANGERS_A_MINUTE))


_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


class LastWord:
    """The append is the last statement of a unit of work: any write after it in the same transaction is a fault."""

    def __init__(self) -> None:
        self.has_spoken = False

    def __call__(self, execute, sql, params, many, context):
        text = str(sql)
        if re.match(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", text, re.IGNORECASE):
            self.has_spoken = False
        elif "INTO" in text and "audit_entry" in text.split("(", maxsplit=1)[0]:
            self.has_spoken = True
            connection.on_commit(self.reset)
        elif self.has_spoken and _WRITE.match(text) and connection.in_atomic_block:
            raise AssertionError(f"A write after the ledger's append: {text[:120]}")
        return execute(sql, params, many, context)

    def reset(self) -> None:
        self.has_spoken = False


@pytest.fixture(autouse=True)
def _ledger_has_the_last_word(request: pytest.FixtureRequest) -> Iterator[None]:
    if not {"db", "transactional_db", "cast"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    with connection.execute_wrapper(LastWord()):
        yield


@pytest.fixture(autouse=True, scope="session")
def _guards_lifted_only_for_the_flush() -> Iterator[None]:
    """TransactionTestCase empties tables, which append-only tables refuse: guards are lifted around that and
    nowhere else."""
    from django.test import TransactionTestCase

    from audit import guards

    emptied = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        guards.lift()
        emptied(case)
        guards.install()
        from accounts.services import ensure_installation

        ensure_installation()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()
