"""A query's rows become a source: read only, in pieces, with nothing of them in a refusal."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from django.db import connection

from jobs.models import Job
from mrm.lib.errors import Blocked, Unavailable
from training.sources import database
from training.sources.declared import load

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def _address():
    said = connection.settings_dict
    host, port = said["HOST"] or "127.0.0.1", said["PORT"] or 5432
    return f"postgresql://{quote(said['USER'])}:{quote(said['PASSWORD'])}@{host}:{port}/{said['NAME']}"


@pytest.fixture
def loans():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bank_loans (id int, amount numeric(12,2), on_day date, at timestamp, note text, ok bool)"
        )
        cursor.execute(
            "INSERT INTO bank_loans SELECT n, n * 1.25, DATE '2024-01-01' + n, TIMESTAMP '2024-01-01 10:00' , CASE WHEN n % 2"
            " = 0 THEN '' ELSE 'secret ' || n END, n % 3 = 0 FROM generate_series(1, 25000) n"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bank_loans")


def _source(query, **more):
    said = {"name": "loans", "kind": "sql", "connection": "bank", "query": query, **more}
    return load({"sources": [said], "base": "loans", "key": ["id"]}).sources[0]


def _silent(_):
    return None


def _read(tmp_path, query, told=_silent, name="loans", **more):
    return database.read(_source(query, **more), _address(), tmp_path / f"{name}.parquet", told)


def test_rows_come_as_plain_columns_in_pieces(tmp_path, loans):
    from pyarrow import parquet

    heard = []
    staged = _read(tmp_path, "SELECT * FROM bank_loans ORDER BY id;", heard.append)
    table = parquet.read_table(tmp_path / "loans.parquet")
    assert heard == [0, 10_000, 20_000, 25_000]
    assert (staged.rows, {name: str(kind) for name, kind in staged.kinds.items()}) == (
        25_000,
        {
            "id": "integer",
            "amount": "number",
            "on_day": "text",
            "at": "text",
            "note": "text",
            "ok": "boolean",
        },
    )
    assert table.slice(0, 2).to_pylist() == [
        {
            "id": 1,
            "amount": 1.25,
            "on_day": "2024-01-02",
            "at": "2024-01-01 10:00:00",
            "note": "secret 1",
            "ok": False,
        },
        {
            "id": 2,
            "amount": 2.5,
            "on_day": "2024-01-03",
            "at": "2024-01-01 10:00:00",
            "note": None,
            "ok": False,
        },
    ]


def test_the_digest_is_of_the_rows_and_not_of_their_order(tmp_path, loans):
    up = _read(tmp_path, "SELECT id, note FROM bank_loans ORDER BY id")
    down = _read(tmp_path, "SELECT id, note FROM bank_loans ORDER BY id DESC", name="down")
    other = _read(tmp_path, "SELECT id + 1 AS id, note FROM bank_loans", name="other")
    assert up.digest == down.digest != other.digest


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("DELETE FROM bank_loans RETURNING id", "cannot be run there"),
        ("SELECT nothing FROM bank_loans", "nothing"),
        ("SELECT id, note::int FROM bank_loans ORDER BY id", "error 22P02"),
        ("SELECT id FROM bank_loans WHERE id < 0", "finds no rows"),
        ("SELECT id, id FROM bank_loans", "stands twice"),
        ("SELECT ARRAY[1] AS a FROM bank_loans", "no number, text or date"),
        ("SELECT setval('x', 1)", "cannot be run there"),
    ],
)
def test_a_query_that_is_no_table_is_refused_without_a_cell(tmp_path, loans, query, words):
    with pytest.raises(Blocked, match=words) as refused:
        _read(tmp_path, query)
    assert "secret" not in refused.value.message


def test_a_declared_kind_that_does_not_fit_is_refused_without_a_cell(tmp_path, loans):
    with pytest.raises(Blocked, match="'note' does not fit into integer") as refused:
        _read(tmp_path, "SELECT id, note FROM bank_loans", kinds={"note": "integer"})
    assert "secret" not in refused.value.message


@pytest.mark.control("security:sources")
def test_nothing_is_written_there_whatever_the_query_calls(tmp_path, loans):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wipe() RETURNS int LANGUAGE plpgsql AS 'BEGIN DELETE FROM bank_loans; RETURN 1; END'"
        )
    try:
        with pytest.raises(Blocked, match="25006"):
            _read(tmp_path, "SELECT wipe() AS id")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM bank_loans")
            assert cursor.fetchone() == (25_000,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION wipe()")


def test_a_database_that_stops_in_the_middle_is_told_and_tried_again(tmp_path, loans):
    def cut(rows):
        if rows == 10_000:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'countersign'"
                )

    with pytest.raises(Unavailable, match="stopped in the middle"):
        _read(tmp_path, "SELECT * FROM bank_loans", cut)
    address = "postgresql://nobody:secret@127.0.0.1:1/none"
    with pytest.raises(Unavailable) as refused:
        database.read(_source("SELECT 1 AS id"), address, tmp_path / "x.parquet", _silent)
    assert "secret" not in refused.value.message


def test_a_query_is_a_source_of_a_snapshot(cast, work, settings, loans):
    from registry.models import DatasetSnapshot
    from training import services

    settings.MRM_SOURCE_CONNECTIONS = {"bank": _address()}
    query = "SELECT id, amount, (id % 3 = 0)::int AS bad FROM bank_loans WHERE id <= 500"
    source = {"name": "loans", "kind": "sql", "connection": "bank", "query": query}
    made, declaration = services.declared(
        {"sources": [source], "base": "loans", "key": ["id"]},
        {"name": "From a query", "target": "bad", "id": "id"},
    )
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    (job,) = work()
    assert job.state == "succeeded", job.reason
    snapshot = DatasetSnapshot.objects.get()
    assert snapshot.development_rows + snapshot.held_out_rows == 500
    assert "postgresql://" not in json.dumps([snapshot.lineage, job.payload])
    assert snapshot.lineage["sources"][0]["rows"] == 500


def test_a_source_that_does_not_answer_leaves_the_job_waiting_and_nothing_frozen(cast, work, settings):
    from registry.models import DatasetSnapshot
    from training import services

    settings.MRM_SOURCE_CONNECTIONS = {"bank": "postgresql://reader:secret@127.0.0.1:1/bank"}
    source = {"name": "loans", "kind": "sql", "connection": "bank", "query": "SELECT 1 AS id"}
    made, declaration = services.declared(
        {"sources": [source], "base": "loans", "key": ["id"]}, {"name": "x", "target": "bad"}
    )
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    (job,) = work()
    assert (job.state, job.attempt) == ("queued", 1)
    while job.state == "queued":
        Job.objects.update(not_before=None)
        (job,) = work()
    assert (job.state, "does not answer" in job.reason, "secret" in job.reason) == ("dead", True, False)
    assert not DatasetSnapshot.objects.exists()
