"""A file is read as a stream, and what its columns are does not hang on where it is cut."""

from __future__ import annotations

import numpy as np
import pytest

from registry.frames import TableRefused, files
from registry.frames.files import Kind, batches, look
from registry.frames.spec import FileFormat


def _look(folder, text, delimiter=","):
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return look(path, FileFormat.CSV, delimiter)


def _column(folder, cells):
    return _look(folder, "a,b\n" + "".join(f"{cell},x\n" for cell in cells)).kinds["a"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2", "", "9007199254740993"], Kind.INTEGER),
        (["1", "2.5"], Kind.NUMBER),
        (["1e5", " 3 ", "NA", "nan"], Kind.NUMBER),
        (["true", "False", ""], Kind.BOOLEAN),
        (["0", "1"], Kind.INTEGER),
        (["", "", "NULL"], Kind.EMPTY),
        (["007", "8"], Kind.TEXT),
        (["01.5"], Kind.TEXT),
        (["0.5", "0"], Kind.NUMBER),
        (["1", "x"], Kind.TEXT),
        (["2024-03-05"], Kind.TEXT),
        (["99999999999999999999"], Kind.NUMBER),
        (["Ünïcødé", "数", "\U0001f600"], Kind.TEXT),
    ],
)
def test_a_column_is_the_narrowest_kind_that_everything_in_it_fits(tmp_path, cells, kind):
    assert _column(tmp_path, cells) is kind
    assert _column(tmp_path, list(reversed(cells))) is kind


@pytest.mark.parametrize("block", [64, 200, 4096])
def test_where_a_block_ends_changes_nothing(tmp_path, monkeypatch, block):
    draw = np.random.default_rng(4)
    words = ["", "1", "2", "3.5", "NA", '"a,\nb"', "é", "true"]
    text = "i,n,t\n" + "".join(
        f"{row},{words[draw.integers(4)]},{words[draw.integers(8)]}\n" for row in range(400)
    )
    whole = _look(tmp_path, text)
    expected = [row for batch in batches(whole, whole.kinds) for row in batch.to_pylist()]
    monkeypatch.setattr(files, "_BLOCK_BYTES", block)
    cut = _look(tmp_path, text)
    assert (cut.kinds, cut.rows) == (whole.kinds, whole.rows) == (whole.kinds, 400)
    assert [row for batch in batches(cut, cut.kinds) for row in batch.to_pylist()] == expected


def test_a_blank_is_missing_and_a_word_for_missing_only_among_numbers(tmp_path):
    seen = _look(tmp_path, 'n,t\n1,""\nNA,NA\n,x\n')
    [batch] = batches(seen, seen.kinds)
    assert batch.to_pydict() == {"n": [1, None, None], "t": [None, "NA", "x"]}


def test_a_declared_kind_reads_what_stands_there(tmp_path):
    seen = _look(tmp_path, "zip,n\n12,1\n34,2\n")
    [batch] = batches(seen, {"zip": Kind.TEXT, "n": Kind.NUMBER})
    assert batch.to_pydict() == {"zip": ["12", "34"], "n": [1.0, 2.0]}
    with pytest.raises(TableRefused, match="does not fit") as refused:
        list(batches(_look(tmp_path, "a,b\nsecret,1\n"), {"a": Kind.INTEGER}))
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"a,b\n1,2,4711\n", "ragged-csv"),
        (b"a,b\n1\n", "ragged-csv"),
        (b"a,a\n1,2\n", "duplicate-columns"),
        (b"a,\n1,2\n", "bad-column-name"),
        (b"a,b\n1,\xe9\n", "wrong-encoding"),
        (b"a,b\n1,\x00\n", "not-csv"),
        (b'a,b\n1,"4711\n', "not-csv"),
        (b"a,b\n" + b"1," + b"4711" * 40_000 + b"\n", "not-csv"),
        (b"\xff\xfe" + "a,b\n1,2\n".encode("utf-16-le"), "wrong-encoding"),
    ],
)
def test_a_file_that_is_no_table_is_refused_without_a_cell(tmp_path, content, code):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(TableRefused) as refused:
        look(path, FileFormat.CSV)
    assert refused.value.code == code
    assert "4711" not in refused.value.message
