"""An upload becomes a snapshot, or a failed job that says why in words; the child process reads it, nobody else."""

import io

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Job
from registry import snapshots
from registry.models import DatasetSnapshot
from tests.registry.built import card_csv, card_table, declaration

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 600


def imported(cast, work, content, **changes):
    snapshots.import_snapshot(actor=cast.dana, upload=content, declaration=declaration(**changes))
    (job,) = work()
    return job


def parquet() -> bytes:
    sink = io.BytesIO()
    card_table(ROWS).to_parquet(sink, index=False)
    return sink.getvalue()


def test_a_csv_and_a_parquet_of_the_same_rows_are_one_snapshot(cast, work, settings):
    first = imported(cast, work, card_csv(ROWS))
    second = imported(cast, work, parquet(), format="parquet")
    assert (first.state, second.state) == ("succeeded", "succeeded"), first.reason + second.reason
    assert first.result["snapshot"] == second.result["snapshot"] == str(DatasetSnapshot.objects.get().pk)
    assert list((settings.MRM_VAR_DIR / "uploads").glob("*")) == []


BAD = {
    "ragged": (b"a,DEFAULT\n1,0\n1,0,5\n", {}, "line 3 has 3 fields"),
    "wrong encoding": ("nome,DEFAULT\nJosé,0\n".encode("latin-1"), {}, "not UTF-8"),
    "missing target": (b"a,b\n1,0\n", {}, "no target column 'DEFAULT'"),
    "one class": (b"a,DEFAULT\n" + b"1,0\n" * 50, {}, "same outcome"),
    "empty": (b"", {}, "file is empty"),
    "no parquet": (b"PAR1 is what it says", {"format": "parquet"}, "not a readable parquet"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_upload_ends_as_a_failed_job_with_the_reason_in_words(cast, work, settings, name):
    content, changes, words = BAD[name]
    plain = {"id": "", "protected": [], "proxies": [], "exposure": "", "codes": {}}
    job = imported(cast, work, content, **plain, **changes)
    assert (job.state, job.attempt) == ("failed", 1)
    assert words in job.reason
    assert not DatasetSnapshot.objects.exists()
    assert list((settings.MRM_VAR_DIR / "uploads").glob("*")) == []


def test_a_declared_column_that_is_not_there_is_named(cast, work):
    job = imported(cast, work, card_csv(ROWS), protected=["RELIGION"])
    assert job.state == "failed"
    assert "RELIGION" in job.reason


def test_an_upload_waits_encrypted(cast, settings):
    snapshots.import_snapshot(actor=cast.dana, upload=card_csv(ROWS), declaration=declaration())
    (kept,) = (settings.MRM_VAR_DIR / "uploads").glob("*")
    assert b"LIMIT_BAL" not in kept.read_bytes()


def test_the_permission_is_asked_again_when_a_worker_takes_the_job_up(cast, work):
    from accounts.models import RoleGrant
    from accounts.selectors import the_installation
    from accounts.services import revoke_role

    snapshots.import_snapshot(actor=cast.dana, upload=card_csv(ROWS), declaration=declaration())
    revoke_role(actor=the_installation(), grant=RoleGrant.objects.get(user=cast.dana))
    (job,) = work()
    assert (job.state, DatasetSnapshot.objects.count()) == ("failed", 0)
    assert "registry:snapshot:import" in job.reason


def test_a_failing_end_leaves_no_snapshot_behind(cast, work, monkeypatch):
    """The job's state and its result are one transaction."""
    from registry import handlers

    def fail(**_):
        raise ConnectionError

    monkeypatch.setattr(handlers.snapshots, "discard_after_commit", fail)
    snapshots.import_snapshot(actor=cast.dana, upload=card_csv(ROWS), declaration=declaration())
    done = work()
    assert [job.state for job in done] == ["queued", "queued", "dead"]
    assert not DatasetSnapshot.objects.exists()


def test_the_command_imports_a_file_and_prints_its_quality(cast, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_bytes(card_csv(ROWS))
    said = io.StringIO()
    options = {"target": "DEFAULT", "protected": ["SEX", "AGE"], "id": "ID", "username": "dana"}
    call_command("import_snapshot", str(file), stdout=said, **options)
    snapshot = DatasetSnapshot.objects.get()
    assert f"{ROWS} rows" in said.getvalue()
    assert f"Snapshot {snapshot.pk}" in said.getvalue()
    assert snapshot.declaration["protected"] == ["SEX", "AGE"]
    assert Job.objects.get().requested_by == cast.dana


@pytest.mark.parametrize(
    ("file", "username", "words"),
    [
        ("missing.csv", "dana", "cannot be read"),
        ("clients.csv", "nobody", "Nobody here"),
        ("clients.csv", "ada", "may not"),
    ],
)
def test_the_command_refuses_in_words(cast, tmp_path, file, username, words):
    (tmp_path / "clients.csv").write_bytes(card_csv(50))
    with pytest.raises(CommandError, match=words):
        call_command("import_snapshot", str(tmp_path / file), target="DEFAULT", username=username)
