"""The proof of `make prove ONLY=jobs` at a small seeded size."""

import pytest

from tests.prove.jobs import _run, environment_of, kill_workers


@pytest.mark.control("security:worker-death")
def test_twenty_kills_lose_no_job_and_double_none(tmp_path):
    environment = {**environment_of(tmp_path), "MRM_DATABASE_URL": f"sqlite:///{tmp_path / 'jobs.sqlite3'}"}
    _run(environment, "migrate")
    outcome = kill_workers(jobs=100, kills=20, seed=1, environment=environment)
    assert (outcome.lost, outcome.doubled, outcome.unended) == (0, 0, 0)
