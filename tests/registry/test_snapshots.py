"""Frozen data: what is kept, who may read which part, and that each reading of the held-out part is an entry."""

import base64

import pytest

from audit.selectors import rows
from mrm.lib.errors import Invalid, NotAllowed, Unavailable
from registry import declarations, snapshots, vault
from registry.models import DatasetSnapshot
from registry.selectors import held_out_readings
from tests.registry.built import ROWS, card_table, declaration, demo_json, frozen_snapshot, inspected_folder


@pytest.fixture
def snapshot(cast):
    return frozen_snapshot(cast.dana)


def test_a_snapshot_is_frozen_with_its_counts_and_an_entry(cast, snapshot, events):
    assert snapshot.development_rows + snapshot.held_out_rows == ROWS
    assert 0.25 < snapshot.held_out_rows / ROWS < 0.35
    assert events()[-1] == "snapshot:frozen"
    assert snapshot.quality_failures == []
    assert "EDUCATION" in snapshot.quality["undocumented_columns"]


def test_the_same_data_declared_alike_are_frozen_once(cast, snapshot, events):
    before = events()
    again = frozen_snapshot(cast.dana, name="Another name")
    assert (again, events(), DatasetSnapshot.objects.count()) == (snapshot, before, 1)


def test_other_roles_for_the_same_data_are_another_snapshot(cast, snapshot):
    other = frozen_snapshot(cast.dana, protected=["SEX"], proxies=[])
    assert other.digest != snapshot.digest


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_imports(cast, name, events):
    before = events()
    with pytest.raises(NotAllowed):
        frozen_snapshot(getattr(cast, name))
    with pytest.raises(NotAllowed):
        snapshots.import_snapshot(actor=getattr(cast, name), upload=b"a,b\n", declaration=declaration())
    assert (events(), list(_uploads())) == (before, [])


def test_training_sees_no_protected_column_no_proxy_and_no_id(cast, snapshot):
    frame = snapshots.read_development(actor=cast.dana, snapshot=snapshot).frame()
    assert not {"SEX", "AGE", "MARRIAGE", "EDUCATION", "ID"} & set(frame.columns)
    assert len(frame) == snapshot.development_rows


@pytest.mark.control("SR26-2:independent-data")
@pytest.mark.parametrize("name", ["dana", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_validator_reads_the_held_out_part(cast, snapshot, name):
    with pytest.raises(NotAllowed):
        snapshots.read_held_out(actor=getattr(cast, name), snapshot=snapshot, why="curiosity")
    assert held_out_readings(actor=cast.victor, snapshot=snapshot) == 0


def test_a_token_without_the_scope_does_not_read_the_held_out_part(cast, snapshot):
    cast.victor.presented_scopes = frozenset({"registry:inventory:read"})
    with pytest.raises(NotAllowed):
        snapshots.read_held_out(actor=cast.victor, snapshot=snapshot, why="validation-run:1")


@pytest.mark.control("SR26-2:independent-data")
def test_each_reading_of_the_held_out_part_is_an_entry(cast, snapshot):
    for run in ("validation-run:1", "validation-run:2"):
        part = snapshots.read_held_out(actor=cast.victor, snapshot=snapshot, why=run)
    assert held_out_readings(actor=cast.victor, snapshot=snapshot) == 2
    assert [row.actor_name for row in rows() if row.event == "held_out:read"] == ["Victor Vance"] * 2
    assert len(part.frame()) == len(part.protected_frame()) == snapshot.held_out_rows


def test_a_reading_is_an_entry_even_when_the_bytes_are_damaged(cast, snapshot):
    _damage(snapshot, "held_out")
    with pytest.raises(Unavailable):
        snapshots.read_held_out(actor=cast.victor, snapshot=snapshot, why="validation-run:1")
    assert held_out_readings(actor=cast.victor, snapshot=snapshot) == 1


def test_the_two_parts_share_no_row_and_miss_none(cast, snapshot):
    import pandas as pd

    development = snapshots.read_development(actor=cast.dana, snapshot=snapshot).frame()
    held_out = snapshots.read_held_out(actor=cast.victor, snapshot=snapshot, why="test").frame()
    columns = list(development.columns)
    everything = pd.concat([development, held_out]).sort_values(columns, ignore_index=True)
    assert everything.equals(card_table()[columns].sort_values(columns, ignore_index=True))


@pytest.mark.control("security:at-rest")
def test_no_row_lies_readable_on_the_disk(cast, snapshot, settings):
    kept = [path.read_bytes() for path in (settings.MRM_VAR_DIR / "snapshots").rglob("*") if path.is_file()]
    assert len(kept) == 6
    assert not any(b"PAR1" in content or b"LIMIT_BAL" in content for content in kept)


def test_a_part_does_not_open_as_another_part(snapshot):
    kept = snapshot.split["parts"]["held_out"]
    with pytest.raises(Unavailable):
        vault.read_part(snapshot=snapshot.digest, name="development", kept=kept)


def test_blocking_rules_that_fail_are_named(cast):
    table = card_table(600).assign(EMPTY=None, SAME=1)
    snapshot = frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode())
    assert len(snapshot.quality_failures) == 2
    assert any("SAME" in words for words in snapshot.quality_failures)


@pytest.mark.parametrize(
    "change",
    [
        {"target": ""},
        {"format": "xlsx"},
        {"protected": ["DEFAULT"]},
        {"protected": "SEX"},
        {"exposure": "DEFAULT"},
        {"codes": {"SEX": ["a"]}},
        {"codes": []},
        {"delimiter": "x"},
        {"surprise": 1},
        {"name": "x" * 300},
        {"split_key": "chosen by the uploader"},
        {"held_out_percent": 1},
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(change):
    with pytest.raises(Invalid) as refused:
        declarations.read({**demo_json("declaration.json"), **change})
    assert refused.value.errors[0].pointer == "/declaration"


def test_a_declaration_must_be_an_object():
    with pytest.raises(Invalid):
        declarations.read(["target"])


def test_the_secret_split_key_is_not_told(cast, snapshot, settings):
    assert settings.MRM_SPLIT_KEY not in str(snapshot.split) + str(snapshot.declaration)
    assert not any(settings.MRM_SPLIT_KEY.encode() in row.body for row in rows())


def test_an_append_only_snapshot_refuses_a_second_row(cast, snapshot):
    snapshot.name = "changed"
    from django.db import DatabaseError

    with pytest.raises(DatabaseError, match="append-only"):
        snapshot.save()


def _uploads():
    from django.conf import settings

    return (settings.MRM_VAR_DIR / "uploads").glob("*")


def _damage(snapshot, name):
    digest = snapshot.split["parts"][name]
    path = vault._parts().root / digest[:2] / digest
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def test_the_same_data_have_the_same_digest_under_another_installations_keys(cast, settings):
    ours = frozen_snapshot(cast.dana)
    settings.MRM_DATA_KEY = base64.b64encode(b"another installation has another").decode()
    inspected_folder.cache_clear()
    theirs = frozen_snapshot(cast.dana)
    inspected_folder.cache_clear()
    assert theirs.pk == ours.pk
