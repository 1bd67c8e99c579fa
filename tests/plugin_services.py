"""Which services this run has, and what was left out for want of one. Loaded by tests/conftest.py.

MRM_TEST_DATABASE_URL   PostgreSQL, as the owner of the tables; `make test` then runs the suite on it a second time
MRM_TEST_BROKER_URL     Redis
MRM_TEST_CHROMIUM       a browser; without it the usual names are looked for on the PATH
MRM_REQUIRE_ALL=1       the run fails when anything at all was left out, a skipped test included
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TOUCHES_THE_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}

# What was skipped and why, counted over all workers: pytest hands their reports to the process that prints the summary.
_skipped: Counter[str] = Counter()


def chromium() -> str | None:
    """Path of a browser that tests may start."""
    named = os.environ.get("MRM_TEST_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def broker_url() -> str:
    return os.environ.get("MRM_TEST_BROKER_URL", "")


def owner_database_url() -> str:
    return os.environ.get("MRM_TEST_DATABASE_URL", "")


def sealer_database_url() -> str:
    """The role of the sealer's process; its database is the one of this run as well."""
    return os.environ.get("MRM_TEST_SEALER_DATABASE_URL", "")


def application_database_url() -> str:
    """The role that only reads and inserts. Its database is the test database of this run, not the one in the URL."""
    return os.environ.get("MRM_TEST_APP_DATABASE_URL", "")


def missing_services() -> list[str]:
    missing = {
        "PostgreSQL (MRM_TEST_DATABASE_URL is not set)": not owner_database_url(),
        "its application role (MRM_TEST_APP_DATABASE_URL is not set)": bool(owner_database_url())
        and not application_database_url(),
        "Redis (MRM_TEST_BROKER_URL is not set)": not broker_url(),
        "the browser (no Chromium was found)": chromium() is None,
    }
    return [words for words, is_missing in missing.items() if is_missing]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    vendor = _vendor()
    leave = [item for item in items if not _belongs(item, vendor)]
    if leave:
        config.hook.pytest_deselected(items=leave)
        items[:] = [item for item in items if _belongs(item, vendor)]
    for item in items:
        if item.get_closest_marker("browser") and chromium() is None:
            item.add_marker(pytest.mark.skip(reason="no Chromium was found"))
        if item.get_closest_marker("broker") and not broker_url():
            item.add_marker(pytest.mark.skip(reason="MRM_TEST_BROKER_URL is not set"))


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


def _belongs(item: pytest.Item, vendor: str) -> bool:
    """The suite runs whole on SQLite; on PostgreSQL only what asks the database runs again."""
    if vendor == "sqlite":
        return item.get_closest_marker("postgresql") is None
    if item.get_closest_marker("sqlite") or item.get_closest_marker("browser"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(
        item.get_closest_marker("django_db")
        or item.get_closest_marker("broker")
        or fixtures & TOUCHES_THE_DATABASE
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped[_reason(report)] += 1


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped[_reason(report)] += 1


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def left_out() -> list[str]:
    skipped = [f"{count} skipped ({reason})" for reason, count in sorted(_skipped.items())]
    return [*missing_services(), *skipped]


def _requires_all() -> bool:
    return os.environ.get("MRM_REQUIRE_ALL") == "1"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker and exitstatus == pytest.ExitCode.OK and _requires_all() and left_out():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    gaps = left_out()
    verdict = "; the run fails: MRM_REQUIRE_ALL=1" if gaps and _requires_all() else ""
    terminalreporter.write_line(f"This run: {_vendor()}. Left out: {'; '.join(gaps) or 'nothing'}{verdict}")
