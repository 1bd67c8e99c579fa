"""Folders of files become one table: whatever is wrong in any of them is told, all of it, and nothing is half read."""

from __future__ import annotations

import pytest

from mrm.lib.errors import Blocked
from tests.training.sources import lying
from training.sources.declared import load
from training.sources.places import files_of


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def _folder(**more):
    return lying.assembly([lying.source("base", "parts", **more)])


def _rows(count, first=0, **more):
    return [{"id": first + number, "v": number / 4, **more} for number in range(count)]


def _refused(root, tmp_path, made):
    with pytest.raises(Blocked) as refused:
        lying.assembled(root, tmp_path / "job", made)
    assert not (tmp_path / "job" / "upload.parquet").exists()
    return " ".join(refused.value.reasons)


def test_a_table_is_the_same_in_one_file_or_many_and_as_csv_or_parquet(root, tmp_path):
    rows = _rows(50, word="x")
    lying.csv(root, "whole.csv", rows)
    for number in range(5):
        lying.csv(root, f"many/part-{number}.csv", rows[number * 10 : number * 10 + 10])
        lying.parquet(root, f"columns/part-{number}.parquet", rows[number * 10 : number * 10 + 10])
    sources = [
        lying.source("base", "whole.csv"),
        lying.source("base", "many", format="csv"),
        lying.source("base", "columns"),
    ]
    made = [
        lying.assembled(root, tmp_path / f"job{n}", lying.assembly([each])) for n, each in enumerate(sources)
    ]
    assert made[0][0] == made[1][0] == made[2][0] == rows
    assert [each[1]["sources"][0]["files"] for each in made] == [1, 5, 5]


def test_the_folders_of_a_partitioned_table_are_columns(root, tmp_path):
    for first, year, month in ((1, 2023, "01"), (3, 2024, "02")):
        lying.parquet(root, f"parts/year={year}/month={month}/a.parquet", _rows(2, first))
    rows, _ = lying.assembled(root, tmp_path / "job", _folder())
    assert [(row["id"], row["year"], row["month"]) for row in rows] == [
        (1, 2023, "01"), (2, 2023, "01"), (3, 2024, "02"), (4, 2024, "02"),
    ]  # fmt: skip


def test_columns_that_appear_vanish_or_change_are_told_together(root, tmp_path):
    lying.parquet(root, "parts/a.parquet", _rows(2, code=1))
    lying.parquet(root, "parts/b.parquet", _rows(2, 10, code="x"))
    lying.parquet(root, "parts/c.parquet", [{"id": 20, "v": 1.0}])
    lying.parquet(root, "parts/d.parquet", _rows(2, 30, code=1, new=2))
    (root / "parts" / "e.parquet").write_bytes(b"PAR1 nothing PAR1")
    told = _refused(root, tmp_path, _folder())
    for words in (
        "the column 'code' is integer in 'a.parquet' and text in 'b.parquet'",
        "the file 'c.parquet' lacks 'code', 'new'",
        "the file 'a.parquet' lacks 'new'",
        "file 'e.parquet': it is not a readable parquet file",
    ):
        assert words in told


def test_what_may_differ_is_declared(root, tmp_path):
    lying.parquet(root, "parts/a.parquet", _rows(2, code=1))
    lying.parquet(root, "parts/b.parquet", _rows(2, 10, code="x"))
    lying.parquet(root, "parts/c.parquet", _rows(1, 20))
    rows, _ = lying.assembled(root, tmp_path / "job", _folder(kinds={"code": "text"}, absent=["code"]))
    assert [row["code"] for row in rows] == ["1", "1", "x", "x", None]


def test_integers_and_numbers_go_together_and_an_empty_column_with_any(root, tmp_path):
    lying.csv(root, "parts/a.csv", [{"id": 1, "v": 2, "w": None}])
    lying.csv(root, "parts/b.csv", [{"id": 2, "v": 2.5, "w": "x"}])
    rows, _ = lying.assembled(root, tmp_path / "job", _folder(format="csv"))
    assert rows == [{"id": 1, "v": 2.0, "w": None}, {"id": 2, "v": 2.5, "w": "x"}]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("../outside.csv", "outside the folder"),
        ("/etc/passwd", "outside the folder"),
        ("gone.csv", "there is no file"),
        ("link.csv", "outside the folder"),
        ("out/table.csv", "outside the folder"),
    ],
)
@pytest.mark.control("security:sources")
def test_no_file_is_read_but_those_below_the_folder_for_sources(root, tmp_path, place, words):
    lying.csv(tmp_path, "outside.csv", _rows(2))
    (tmp_path / "elsewhere").mkdir()
    lying.csv(tmp_path / "elsewhere", "table.csv", _rows(2))
    (root / "link.csv").symlink_to(tmp_path / "outside.csv")
    (root / "out").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Blocked, match=words):
        files_of(
            load({"sources": [lying.source("base", place)], "base": "base", "key": ["id"]}).sources[0],
            str(root),
        )


def test_links_in_a_folder_are_not_followed_and_other_tools_notes_are_not_read(root, tmp_path):
    lying.parquet(tmp_path, "outside.parquet", _rows(2, 100))
    lying.parquet(root, "parts/a.parquet", _rows(2))
    lying.parquet(root, "parts/_temporary/b.parquet", _rows(2, 50))
    (root / "parts" / "c.parquet").symlink_to(tmp_path / "outside.parquet")
    (root / "parts" / "_SUCCESS").touch()
    rows, _ = lying.assembled(root, tmp_path / "job", _folder())
    assert len(rows) == 2


def test_an_empty_folder_and_one_of_two_partitionings_are_refused(root, tmp_path):
    (root / "parts").mkdir()
    assert "no file that ends in .parquet" in _refused(root, tmp_path, _folder())
    lying.parquet(root, "parts/a=1/x.parquet", _rows(2))
    lying.parquet(root, "parts/b=1/x.parquet", _rows(2, 5))
    assert "different partitions" in _refused(root, tmp_path, _folder())


def test_without_a_folder_for_sources_there_is_none():
    source = load({"sources": [lying.source("base", "x.csv")], "base": "base", "key": ["id"]}).sources[0]
    with pytest.raises(Blocked, match="MRM_SOURCES_DIR"):
        files_of(source, "")
