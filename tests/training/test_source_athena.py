"""Athena answers a query as a database does: rows by their declared types, words that quote nothing, a stop that stops."""

from __future__ import annotations

import json
import urllib.request

import pytest

from jobs.run import Cancelled
from mrm.lib.errors import Blocked, Invalid, Unavailable
from quant.features.plain import SchemaFault
from registry.frames.files import Kind
from registry.models import DatasetSnapshot
from tests.registry import object_store
from tests.registry.gateway_servers import free_address
from training import services
from training.sources import athena
from training.sources.declared import load

TYPES = {"id": "bigint", "amount": "double", "at": "timestamp", "code": "varchar", "bad": "integer"}


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with object_store.running(tmp_path_factory.mktemp("athena")) as client:
        yield client


@pytest.fixture
def aws(bucket):
    """A client of the same server that sees what Athena was asked."""
    import boto3

    key = {"aws_access_key_id": object_store.KEY, "aws_secret_access_key": object_store.KEY}
    return boto3.client("athena", endpoint_url=bucket.meta.endpoint_url, region_name="us-east-1", **key)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(athena, "_POLL_SECONDS", 0.01)


def settings_of(bucket, **more):
    key = {"access_key": object_store.KEY, "secret_key": object_store.KEY, "region": "us-east-1"}
    place = {"database": "risk", "output": f"s3://{object_store.BUCKET}/answers/"}
    return {"endpoint": bucket.meta.endpoint_url, **place, **key, **more}


def source(query="SELECT * FROM loans", **more):
    said = {"name": "loans", "kind": "athena", "connection": "events", "query": query, **more}
    return load({"sources": [said], "base": "loans", "key": ["id"]}).sources[0]


def _silent(_):
    return None


def _post(bucket, path, said):
    address = f"{bucket.meta.endpoint_url}/moto-api/{path}"
    asked = urllib.request.Request(address, json.dumps(said).encode())
    urllib.request.urlopen(asked, timeout=10).close()


@pytest.fixture
def slow(bucket):
    """Queries stay queued for longer than any test."""
    said = {"model_name": "athena::execution"}
    transition = {"progression": "manual", "times": 100_000}
    _post(bucket, "state-manager/set-transition", {**said, "transition": transition})
    yield
    _post(bucket, "state-manager/unset-transition", said)


def answers(bucket, rows, types=TYPES):
    """The server's next answer: what Athena would say of these rows."""
    cells = [list(types), *rows]
    data = [{"Data": [{} if each is None else {"VarCharValue": str(each)} for each in row]} for row in cells]
    columns = [{"Name": name, "Type": type_, "Nullable": "UNKNOWN"} for name, type_ in types.items()]
    _post(bucket, "static/athena/query-results", {"results": [{"rows": data, "column_info": columns}]})


def read(bucket, tmp_path, told=_silent, asked=None, **more):
    service = athena.Service(settings_of(bucket, **more), "job")
    return athena.read(asked or source(), service, tmp_path / "loans.parquet", told)


def refused(status):
    with pytest.raises(Blocked) as found:
        athena._end_without(source(), status)
    return found.value.message


def test_rows_come_by_the_types_that_athena_declares(bucket, tmp_path):
    from pyarrow import parquet

    answers(bucket, [(1, "10.5", "2024-03-05 10:00:00.000", "007", 0), (2, None, None, "", 1)])
    staged = read(bucket, tmp_path)
    assert [*staged.kinds.values()] == [Kind.INTEGER, Kind.NUMBER, Kind.TEXT, Kind.TEXT, Kind.INTEGER]
    first, second = parquet.read_table(tmp_path / "loans.parquet").to_pylist()
    assert first == {"id": 1, "amount": 10.5, "at": "2024-03-05 10:00:00", "code": "007", "bad": 0}
    assert second == {"id": 2, "amount": None, "at": None, "code": None, "bad": 1}


def test_the_digest_is_of_the_rows_and_not_of_their_order(bucket, tmp_path):
    rows = [(number, f"{number}.5", None, "a", 0) for number in range(4)]
    found = []
    for given in (rows, rows[::-1], [*rows[:3], (3, "9.5", None, "a", 0)]):
        answers(bucket, given)
        found.append(read(bucket, tmp_path).digest)
    assert found[0] == found[1] != found[2]


def test_a_type_that_is_no_table_and_an_answer_without_rows_are_refused(bucket, tmp_path):
    answers(bucket, [(1, "{}")], {"id": "bigint", "tags": "map"})
    with pytest.raises(Blocked, match="'tags' is no number"):
        read(bucket, tmp_path)
    answers(bucket, [])
    with pytest.raises(Blocked, match="finds no rows"):
        read(bucket, tmp_path)


def test_pages_are_read_to_the_last_and_the_heads_are_skipped_once(bucket, aws):
    from botocore.stub import ANY, Stubber

    types = {"id": "bigint"}
    page = {"ResultSetMetadata": {"ColumnInfo": [{"Name": "id", "Type": "bigint"}]}}
    rows = [[{"Data": [{"VarCharValue": text}]} for text in part] for part in (["id", "1"], ["2", "3"])]
    with Stubber(aws) as stub:
        for number, part in enumerate(rows):
            said = {"ResultSet": {**page, "Rows": part}, **({} if number else {"NextToken": "more"})}
            stub.add_response(
                "get_query_results",
                said,
                {"QueryExecutionId": "x", "MaxResults": ANY} | ({"NextToken": "more"} if number else {}),
            )
        pieces = list(athena._pieces(aws, source(), "x"))
    assert [row for _, cells in pieces for row in cells] == [[1], [2], [3]]
    assert list(pieces[0][0]) == list(types)


@pytest.mark.control("security:sources")
def test_a_reason_is_passed_on_only_where_it_is_about_the_query():
    failed = {"State": "FAILED"}
    named = refused(
        {**failed, "StateChangeReason": "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved"}
    )
    assert "Column 'x' cannot be resolved" in named
    cell = refused(
        {**failed, "StateChangeReason": "INVALID_CAST_ARGUMENT: Cannot cast '123.456.789-00' to INT"}
    )
    assert "INVALID_CAST_ARGUMENT" in cell
    assert "123.456" not in cell
    assert "not repeated" in refused({**failed, "StateChangeReason": "row 7: Ana Lima"})


def test_a_query_that_somebody_stops_there_is_asked_again_once(bucket, aws, tmp_path, slow):
    def stopped(_):
        for running in aws.list_query_executions()["QueryExecutionIds"]:
            aws.stop_query_execution(QueryExecutionId=running)

    before = len(aws.list_query_executions()["QueryExecutionIds"])
    with pytest.raises(Unavailable):
        read(bucket, tmp_path, stopped)
    assert len(aws.list_query_executions()["QueryExecutionIds"]) - before == 2


def test_a_cancelled_job_stops_the_query_it_started(bucket, aws, tmp_path, slow):
    def cancelled(_):
        raise Cancelled

    before = set(aws.list_query_executions()["QueryExecutionIds"])
    with pytest.raises(Cancelled):
        read(bucket, tmp_path, cancelled)
    (left,) = set(aws.list_query_executions()["QueryExecutionIds"]) - before
    found = aws.get_query_execution(QueryExecutionId=left)["QueryExecution"]["Status"]["State"]
    assert found == "CANCELLED"


def test_who_does_not_answer_and_what_is_not_configured_are_told_apart(bucket, tmp_path):
    with pytest.raises(Unavailable) as silent:
        read(bucket, tmp_path, endpoint=f"http://{free_address()}")
    assert object_store.KEY not in silent.value.message
    with pytest.raises(Blocked, match="not configured as it must be"):
        read(bucket, tmp_path, password="x")
    with pytest.raises(Blocked, match="not configured as it must be"):
        read(bucket, tmp_path, database="")


@pytest.mark.parametrize(
    "query", ["DROP TABLE loans", "INSERT INTO a SELECT 1", "-- x\nUNLOAD (SELECT 1)", "SELECT 1; DROP"]
)
def test_only_a_question_is_asked(query):
    with pytest.raises(SchemaFault, match="query"):
        source(query)


@pytest.mark.django_db(transaction=True)
def test_a_query_of_athena_is_a_source_of_a_snapshot(cast, work, settings, bucket):
    settings.MRM_SOURCE_ATHENA = {"events": settings_of(bucket)}
    answers(bucket, [(number, f"{number}.5", None, "a", int(number % 3 == 0)) for number in range(500)])
    said = {"name": "From Athena", "target": "bad", "id": "id"}
    made, declaration = services.declared(
        {"sources": [source().plain()], "base": "loans", "key": ["id"]}, said
    )
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    (job,) = work()
    assert job.state == "succeeded", job.reason
    snapshot = DatasetSnapshot.objects.get()
    assert snapshot.development_rows + snapshot.held_out_rows == 500
    assert object_store.KEY not in json.dumps([snapshot.lineage, job.payload])
    settings.MRM_SOURCE_ATHENA = {}
    with pytest.raises(Invalid, match="not offered"):
        services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
