"""Worlds of this folder, and an MLflow store that is migrated once for all tests of a session."""

from __future__ import annotations

import pytest

from audit.selectors import rows
from mrm.settings import governance
from tests.registry import built, gateway_servers


@pytest.fixture
def version(cast):
    return built.registered_version(cast)


@pytest.fixture
def open_gates(monkeypatch):
    """No gate stands anywhere: for walking to a stage whose own gates are another app's subject."""
    monkeypatch.setattr(governance, "GATES", {})


@pytest.fixture
def events():
    """The events of the ledger so far."""
    return lambda: [row.event for row in rows()]


@pytest.fixture(scope="session")
def _lab_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture
def lab(settings, _lab_folder):
    settings.MRM_MLFLOW_URL = f"sqlite:///{_lab_folder / 'mlflow.sqlite3'}"
    return settings.MRM_MLFLOW_URL


@pytest.fixture(scope="session")
def _servers(request, django_db_blocker, tmp_path_factory):
    def environment(mlflow_url: str) -> dict[str, str]:
        request.getfixturevalue("django_db_setup")
        with django_db_blocker.unblock():
            return gateway_servers.environment_of_the_application(mlflow_url)

    with gateway_servers.stack(tmp_path_factory.mktemp("gateway"), environment) as both:
        yield both


@pytest.fixture
def gateway(_servers, transactional_db):
    """The addresses of the gate and of the MLflow server behind it, started once for all tests of a session."""
    return _servers.place


@pytest.fixture
def stack(_servers, transactional_db):
    """The same as processes, for what ends one of them or looks at its memory."""
    return _servers
