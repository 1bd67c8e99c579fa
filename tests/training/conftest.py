"""Worlds of this folder, and an MLflow store that is migrated once for all tests of a session."""

from __future__ import annotations

import pytest

from audit.selectors import rows
from mrm.settings import governance


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
