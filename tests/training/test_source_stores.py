"""Files in an object store are a source as files in a folder are."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrm.lib.errors import Blocked, Unavailable
from registry.models import DatasetSnapshot
from tests.registry import object_store
from tests.registry.built import card_table, demo_json
from tests.registry.gateway_servers import free_address
from tests.training.sources import lying
from training import services
from training.sources import stores
from training.sources.declared import load

OWN = ["ID", "SEX", "EDUCATION", "MARRIAGE", "AGE"]


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with object_store.running(tmp_path_factory.mktemp("store")) as client:
        yield client


def _store(client, **more):
    key = {"access_key": object_store.KEY, "secret_key": object_store.KEY, "region": "us-east-1"}
    return {"bucket": object_store.BUCKET, "endpoint": client.meta.endpoint_url, **key, **more}


def _source(place, **more):
    said = {"name": "people", "kind": "store", "connection": "lake", "place": place, **more}
    return load({"sources": [said], "base": "people", "key": ["ID"]}).sources[0]


def _put(client, name, content):
    client.put_object(Bucket=object_store.BUCKET, Key=name, Body=content)


def _silent(_):
    return None


def test_the_objects_below_a_name_come_as_files_with_what_their_keys_say(bucket, tmp_path):
    for month in ("01", "02"):
        _put(bucket, f"people/month={month}/part.csv", b"ID,V\n1,2\n")
    _put(bucket, "people/_SUCCESS", b"")
    _put(bucket, "people/_temporary/part.csv", b"nobody reads this")
    _put(bucket, "people/month=01/notes.txt", b"nor this")
    _put(bucket, "peoples/part.csv", b"nor this one beside it")
    heard = []
    found = stores.fetch(_source("people", format="csv"), _store(bucket), tmp_path / "people", heard.append)
    assert [(each.name, each.partition) for each in found] == [
        ("month=01/part.csv", {"month": "01"}),
        ("month=02/part.csv", {"month": "02"}),
    ]
    assert heard == [0, 1, 2]
    assert [Path(each.path).read_bytes() for each in found] == [b"ID,V\n1,2\n"] * 2
    [alone] = stores.fetch(
        _source("people/month=02/part.csv", format="csv"), _store(bucket), tmp_path / "one", _silent
    )
    assert (alone.name, alone.partition) == ("part.csv", {})


@pytest.mark.control("security:sources")
def test_a_key_never_says_where_a_file_is_written(bucket, tmp_path):
    _put(bucket, "odd/a..%2f..%2fescape.csv", b"ID,V\n1,2\n")
    _put(bucket, "odd/a\\..\\escape.csv", b"ID,V\n1,2\n")
    _put(bucket, "odd/a/../../../escape.csv", b"not read")
    found = stores.fetch(_source("odd", format="csv"), _store(bucket), tmp_path / "odd", _silent)
    assert len(found) == 2
    assert {Path(each.path).parent for each in found} == {tmp_path / "odd"}
    assert not list(tmp_path.parent.glob("escape.csv"))


def test_what_is_not_there_and_who_does_not_answer_are_told_apart(bucket, tmp_path):
    with pytest.raises(Blocked, match="no object of this name"):
        stores.fetch(_source("nothing"), _store(bucket), tmp_path / "a", _silent)
    with pytest.raises(Blocked, match="not configured as it must be"):
        stores.fetch(_source("people"), _store(bucket, password="x"), tmp_path / "b", _silent)
    gone = _store(bucket, endpoint=f"http://{free_address()}")
    with pytest.raises(Unavailable) as refused:
        stores.fetch(_source("people"), gone, tmp_path / "c", _silent)
    assert object_store.KEY not in refused.value.message


@pytest.mark.django_db(transaction=True)
def test_a_store_is_a_source_of_a_snapshot(cast, work, settings, bucket, tmp_path):
    table = card_table(600)
    settings.MRM_SOURCES_DIR, settings.MRM_SOURCE_STORES = str(tmp_path), {"lake": _store(bucket)}
    for number in range(2):
        name = lying.csv(tmp_path, f"{number}.csv", table[OWN].iloc[number::2].to_dict("records"))
        _put(bucket, f"cards/{name}", (tmp_path / name).read_bytes())
    rest = [name for name in table.columns if name not in OWN[1:]]
    table[rest].to_parquet(tmp_path / "accounts.parquet", index=False)
    assembly = {
        "sources": [
            {"name": "people", "kind": "store", "connection": "lake", "place": "cards", "format": "csv"},
            {"name": "accounts", "kind": "file", "place": "accounts.parquet"},
        ],
        "base": "people",
        "key": ["ID"],
        "joins": [{"source": "accounts", "on": {"ID": "ID"}, "cardinality": "one_to_one"}],
    }
    said = {name: value for name, value in demo_json("declaration.json").items() if name != "format"}
    made, declaration = services.declared(assembly, said)
    services.request_assembly(actor=cast.dana, assembly=made, declaration=declaration)
    (job,) = work()
    assert job.state == "succeeded", job.reason
    snapshot = DatasetSnapshot.objects.get()
    assert snapshot.development_rows + snapshot.held_out_rows == 600
    assert [(each["name"], each["files"]) for each in snapshot.lineage["sources"]] == [
        ("people", 2),
        ("accounts", 1),
    ]
    assert object_store.KEY not in str(snapshot.lineage)
