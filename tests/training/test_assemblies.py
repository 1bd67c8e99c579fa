"""Several tables become one snapshot by a job: declared, joined, counted, frozen with where it came from, or refused whole."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from audit.selectors import rows
from jobs.models import Job
from mrm.lib.errors import Invalid, NotAllowed
from registry.models import DatasetSnapshot
from tests.pages.reading import text
from tests.registry.built import card_table, demo_json
from tests.training.sources import lying
from training import services

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 600
OWN = ["ID", "SEX", "EDUCATION", "MARRIAGE", "AGE"]


@pytest.fixture
def root(tmp_path, settings):
    """The card table, taken apart: who they are in one folder of CSV files, what they owe in parquet, what became of them
    in a third table."""
    folder = tmp_path / "sources"
    folder.mkdir()
    settings.MRM_SOURCES_DIR = str(folder)
    table = card_table(ROWS)
    for number in range(3):
        lying.csv(folder, f"people/{number}.csv", table[OWN].iloc[number::3].to_dict("records"))
    rest = [name for name in table.columns if name not in OWN[1:] and name != "DEFAULT"]
    table.sample(frac=1, random_state=1)[rest].to_parquet(folder / "accounts.parquet", index=False)
    lying.csv(folder, "outcomes.csv", table[["ID", "DEFAULT"]].head(500).to_dict("records"))
    return folder


def _assembly(**changes):
    join = {"on": {"ID": "ID"}, "cardinality": "one_to_one"}
    return {
        "sources": [
            {"name": "people", "kind": "folder", "place": "people", "format": "csv"},
            {"name": "accounts", "kind": "file", "place": "accounts.parquet"},
            {"name": "outcomes", "kind": "file", "place": "outcomes.csv", "format": "csv"},
        ],
        "base": "people",
        "key": ["ID"],
        "joins": [{"source": "accounts", **join}, {"source": "outcomes", **join, "unmatched": "drop"}],
        **changes,
    }


def _declared(**changes):
    said = {name: value for name, value in demo_json("declaration.json").items() if name != "format"}
    return {**said, "name": "Cards from three tables", **changes}


def _asked(cast, work, assembly=None, **changes):
    made, declaration = services.declared(assembly or _assembly(), _declared(**changes))
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    (job,) = work()
    return job


def test_three_tables_become_the_snapshot_that_one_file_of_the_same_rows_gives(cast, work, root):
    from tests.registry.test_import_job import imported

    job = _asked(cast, work)
    assert job.state == "succeeded", job.reason
    snapshot = DatasetSnapshot.objects.get()
    assert snapshot.development_rows + snapshot.held_out_rows == 500
    columns = [each["name"] for each in snapshot.declaration["columns"]]
    same = card_table(ROWS)[columns].head(500).to_csv(index=False).encode()
    again = imported(cast, work, same)
    assert (again.state, again.result["snapshot"]) == ("succeeded", str(snapshot.pk)), again.reason


def test_where_it_comes_from_stands_in_the_snapshot_and_its_digest_in_the_ledger(cast, work, root):
    job = _asked(cast, work)
    snapshot = DatasetSnapshot.objects.get()
    lineage = snapshot.lineage
    assert lineage["assembly"] == services.declared(_assembly(), _declared())[0].plain()
    assert [(each["name"], each["files"], each["rows"]) for each in lineage["sources"]] == [
        ("people", 3, 600), ("accounts", 1, 600), ("outcomes", 1, 500),
    ]  # fmt: skip
    assert [(each["source"], each["matched"], each["dropped"]) for each in lineage["joins"]] == [
        ("accounts", 600, 0), ("outcomes", 500, 100),
    ]  # fmt: skip
    frozen = next(entry for entry in rows() if entry.event == "snapshot:frozen")
    facts = json.loads(bytes(frozen.body))["facts"]
    assert facts["assembly"] == lineage["assembly_digest"] == job.subject_id
    assert "accounts.parquet" not in json.dumps(facts)


def test_the_same_files_give_the_same_snapshot_and_one_changed_cell_another(cast, work, root):
    first, second = _asked(cast, work), _asked(cast, work)
    assert first.result["digest"] == second.result["digest"]
    assert DatasetSnapshot.objects.count() == 1
    path = root / "people" / "1.csv"
    head, row, rest = path.read_text().split("\n", 2)
    cells = row.split(",")
    path.write_text("\n".join([head, ",".join([*cells[:-1], str(int(cells[-1]) + 1)]), rest]))
    third = _asked(cast, work)
    assert third.result["digest"] != first.result["digest"]


def test_what_columns_must_hold_is_declared_of_the_table_that_is_made(cast, work, root):
    with pytest.raises(Invalid):
        _asked(cast, work, expected={"AGE": {"minimum": 18}})
    job = _asked(
        cast, work, expected={"AGE": {"maximum": "20"}, "SEX": {"values": ["1", "2"], "required": True}}
    )
    assert job.state == "succeeded", job.reason
    rules = {rule["rule"]: rule for rule in DatasetSnapshot.objects.get().quality["rules"]}
    assert rules["as_declared"]["details"] == [{"column": "AGE", "check": "maximum", "rows": 500}]


def test_all_that_is_wrong_with_the_files_ends_the_job_in_words_and_freezes_nothing(cast, work, root):
    lying.csv(root, "people/3.csv", [{"ID": 1, "SEX": "x"}])
    (root / "accounts.parquet").write_bytes(b"PAR1 no more PAR1")
    job = _asked(cast, work)
    assert (job.state, job.attempt) == ("failed", 1)
    assert "lacks 'AGE', 'EDUCATION', 'MARRIAGE'" in job.reason
    assert not DatasetSnapshot.objects.exists()


def test_a_join_that_would_multiply_ends_the_job_in_words(cast, work, root):
    lying.csv(
        root, "outcomes.csv", [{"ID": 1, "DEFAULT": 0}, {"ID": 1, "DEFAULT": 1}, {"ID": 2, "DEFAULT": 0}]
    )
    job = _asked(cast, work)
    assert job.state == "failed"
    assert "2 rows of outcomes share a key" in job.reason


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_asks_for_it(cast, root, name):
    made, declaration = services.declared(_assembly(), _declared())
    with pytest.raises(NotAllowed):
        services.request_assembly(actor=getattr(cast, name), assembly=made, declaration=declaration)
    assert not Job.objects.exists()


def test_the_permission_is_asked_again_when_a_worker_takes_it_up(cast, work, root):
    from accounts.models import RoleGrant
    from accounts.selectors import the_installation
    from accounts.services import revoke_role

    made, declaration = services.declared(_assembly(), _declared())
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    revoke_role(actor=the_installation(), grant=RoleGrant.objects.get(user=cast.dana))
    (job,) = work()
    assert (job.state, DatasetSnapshot.objects.count()) == ("failed", 0)


@pytest.mark.parametrize(
    ("assembly", "declaration", "pointer"),
    [
        ({"base": "x"}, {}, "/assembly"),
        ({}, {"format": "csv"}, "/declaration/format"),
        ({}, {"target": ""}, "/declaration"),
        ({"sources": []}, {}, "/assembly"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_place(assembly, declaration, pointer):
    with pytest.raises(Invalid) as refused:
        services.declared({**_assembly(), **assembly}, _declared(**declaration))
    assert refused.value.errors[0].pointer == pointer


def test_a_connection_that_is_not_configured_is_refused_when_it_is_asked_for(cast, settings):
    settings.MRM_SOURCE_CONNECTIONS = {"warehouse": "postgresql://reader:secret@db/bank"}
    query = {"name": "people", "kind": "sql", "connection": "other", "query": "SELECT 1"}
    made, declaration = services.declared({"sources": [query], "base": "people", "key": ["ID"]}, _declared())
    with pytest.raises(Invalid) as refused:
        services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    told = refused.value.errors[0]
    assert told.pointer == "/assembly/sources/0/connection"
    assert "warehouse" in told.detail
    assert "secret" not in told.detail


def test_by_api_it_is_asked_for_as_json(cast, work, root, client_of):
    answer = client_of(cast.dana).post(
        "/api/v1/assemblies", {"assembly": _assembly(), "declaration": _declared()}, format="json"
    )
    assert answer.status_code == 202, answer.content
    (job,) = work()
    shown = client_of(cast.dana).get(f"/api/v1/snapshots/{job.result['snapshot']}").json()
    assert [each["source"] for each in shown["lineage"]["joins"]] == ["accounts", "outcomes"]
    refused = client_of(cast.dana).post(
        "/api/v1/assemblies", {"assembly": {"sources": 1}, "declaration": _declared()}, format="json"
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/assembly")


def test_on_the_page_it_is_asked_for_and_shown(cast, work, root):
    client = Client()
    client.force_login(cast.dana)
    assert "Make a table of several" in text(client.get("/snapshots"))
    said = _declared()
    answers = {
        "name": said["name"],
        "assembly": json.dumps(_assembly()),
        "target": said["target"],
        "id": said["id"],
        "protected": ", ".join(said["protected"]),
        "proxies": ", ".join(said["proxies"]),
        "exposure": said["exposure"],
    }
    wrong = client.post("/assemblies", {**answers, "assembly": '{"sources": ['})
    assert wrong.status_code in {400, 422}
    assert "&quot;sources&quot;: [" in wrong.content.decode()
    assert client.post("/assemblies", answers).status_code == 303
    (job,) = work()
    page = text(client.get(f"/snapshots/{job.result['snapshot']}"))
    for words in (
        "The tables it was made of",
        "accounts.parquet",
        "How they were joined",
        "one to one",
        "100",
    ):
        assert words in page
