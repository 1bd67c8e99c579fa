"""A feature view is built by a job, written down once under its next number, and joined into a snapshot by that number."""

from __future__ import annotations

import json
import subprocess

import pytest

from audit.selectors import rows
from jobs import run as running
from jobs.models import Job
from mrm.lib.errors import Invalid, NotAllowed, NotFound
from quant.transactions import form
from registry import feature_views
from registry.models import DatasetSnapshot, FeatureView
from tests.training.feature_views import viewed
from tests.training.sources import lying
from training import services

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(tmp_path, settings):
    folder = tmp_path / "sources"
    folder.mkdir()
    settings.MRM_SOURCES_DIR = str(folder)
    people = [
        {"id": number, "who": f"c{number}", "at": "2024-04-01", "bad": number % 2} for number in range(400)
    ]
    booked = [
        {"who": f"c{number}", "on": "2024-03-05", "amount": -number, "category": "RENT", "balance": number}
        for number in range(300)
    ]
    lying.csv(folder, "a.csv", people)
    lying.parquet(folder, "t.parquet", booked)
    return folder


def _view(**changes):
    asked = {
        "name": "bank",
        "definition": form.dump(viewed.DEFINITION),
        "transactions": viewed.source("t.parquet"),
        "applications": viewed.source("a.csv"),
        "columns": viewed.COLUMNS,
    }
    return {**asked, **changes}


def _built(cast, work, **changes):
    services.request_feature_view(actor=cast.dana, view=services.declared_view(_view(**changes)))
    return work()[-1]


def test_a_view_has_a_number_a_digest_and_where_it_comes_from(cast, work, root):
    job = _built(cast, work)
    assert (job.state, job.result["feature_view"]) == ("succeeded", "bank/1"), job.reason
    view = FeatureView.objects.get()
    assert view.lineage["view"] == services.declared_view(_view()).plain()
    assert view.lineage["counts"]["without_bookings"] == 100
    assert [(each["name"], each["rows"]) for each in view.lineage["sources"]] == [
        ("transactions", 300), ("applications", 400),
    ]  # fmt: skip
    built = next(entry for entry in rows() if entry.event == "feature_view:built")
    facts = json.loads(bytes(built.body))["facts"]
    assert (facts["name"], facts["number"], facts["content"]) == ("bank", 1, view.content_digest)


def test_the_same_is_written_once_and_another_definition_is_the_next_number(cast, work, root):
    first, second = _built(cast, work), _built(cast, work)
    assert first.result == second.result
    other = form.dump(viewed.DEFINITION) | {"tolerance_days": 2}
    assert _built(cast, work, definition=other).result["feature_view"] == "bank/2"
    assert FeatureView.objects.count() == 2


def test_rows_lie_encrypted_and_come_back_to_whoever_works_with_data(cast, work, root, settings):
    _built(cast, work)
    view = FeatureView.objects.get()
    kept = [
        path.read_bytes() for path in (settings.MRM_VAR_DIR / "feature-views").rglob("*") if path.is_file()
    ]
    assert kept
    assert not any(b"PAR1" in content or b"inflow" in content for content in kept)
    assert feature_views.read_features(actor=cast.dana, view=view)[:4] == b"PAR1"
    with pytest.raises(NotAllowed):
        feature_views.read_features(actor=cast.victor, view=view)
    with pytest.raises(NotFound):
        feature_views.named(actor=cast.dana, label="bank/9")


def test_a_view_is_joined_into_a_snapshot_that_names_it(cast, work, root):
    _built(cast, work)
    sources = [lying.source("people", "a.csv"), {"name": "bank", "kind": "view", "place": "bank/1"}]
    join = {"source": "bank", "on": {"id": "id"}, "cardinality": "one_to_one"}
    assembly = {"sources": sources, "base": "people", "key": ["id"], "joins": [join]}
    made, declaration = services.declared(assembly, {"name": "People", "target": "bad", "id": "id"})
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    (job,) = work()
    assert job.state == "succeeded", job.reason
    snapshot = DatasetSnapshot.objects.get()
    assert {"outflow_30d", "floor_90d"} <= {each["name"] for each in snapshot.declaration["columns"]}
    assert snapshot.lineage["assembly"]["sources"][1]["place"] == "bank/1"
    assert snapshot.lineage["sources"][1]["digest"] == FeatureView.objects.get().content_digest


def test_tables_that_do_not_fit_end_the_job_in_words_and_leave_nothing(cast, work, root, settings):
    lying.parquet(
        root, "t.parquet", [{"who": "c1", "on": "soon", "amount": 1, "category": "X", "balance": 1}]
    )
    job = _built(cast, work)
    assert job.state == "failed"
    assert "1 bookings of applicants have no date in 'on'" in job.reason
    _nothing_is_left(settings)


def test_a_killed_child_leaves_nothing(cast, work, root, settings, monkeypatch):
    class Killed(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.kill()

    monkeypatch.setattr(running.subprocess, "Popen", Killed)
    job = _built(cast, work)
    assert job.state in {"failed", "dead"}
    assert "signal 9" in job.reason
    _nothing_is_left(settings)


def _nothing_is_left(settings):
    assert not FeatureView.objects.exists()
    for folder in ("work", "feature-views"):
        assert not [path for path in (settings.MRM_VAR_DIR / folder).rglob("*") if path.is_file()]


def test_by_api_it_is_asked_for_and_its_definition_is_shown_without_its_parts(cast, work, root, client_of):
    dana, victor = client_of(cast.dana), client_of(cast.victor)
    asked = dana.post("/api/v1/feature-views", {"view": _view()}, format="json")
    assert asked.status_code == 202, asked.content
    work()
    (told,) = victor.get("/api/v1/feature-views").json()["results"]
    shown = victor.get(f"/api/v1/feature-views/{told['id']}").json()
    assert (shown["name"], shown["number"], shown["definition"]["windows"]) == ("bank", 1, [30, 90])
    assert "parts" not in shown
    refused = dana.post("/api/v1/feature-views", {"view": _view(name="B")}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/view")


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_asks_for_it(cast, root, name):
    with pytest.raises(NotAllowed):
        services.request_feature_view(actor=getattr(cast, name), view=services.declared_view(_view()))
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Bank"},
        {"more": 1},
        {"definition": {}},
        {"columns": {"key": "id", "customer": "id", "applied_on": "at"}},
        {"columns": viewed.COLUMNS | {"day_formats": ["with_time"]}},
        {"columns": viewed.COLUMNS | {"day_formats": ["day_first", "day_first"]}},
        {"columns": viewed.COLUMNS | {"day_formats": "day_first"}},
        {"columns": {"key": "outflow_30d", "customer": "who", "applied_on": "at"}},
        {"transactions": "t.parquet"},
        {"transactions": {"name": "other", "kind": "file", "place": "t.parquet"}},
        {"transactions": {"kind": "view", "place": "bank"}},
    ],
)
def test_what_contradicts_itself_is_refused(change):
    with pytest.raises(Invalid):
        services.declared_view(_view(**change))


def test_a_connection_that_is_not_configured_is_refused_when_it_is_asked_for(cast, settings):
    settings.MRM_SOURCE_CONNECTIONS = {}
    query = {"kind": "sql", "connection": "warehouse", "query": "SELECT 1"}
    with pytest.raises(Invalid) as refused:
        services.request_feature_view(actor=cast.dana, view=services.declared_view(_view(transactions=query)))
    assert refused.value.errors[0].pointer == "/view/transactions/connection"
