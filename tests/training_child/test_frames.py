"""What may come in as a table, and what comes out of it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import struct
from dataclasses import replace

import numpy as np
import pytest

from mrm.lib import canonical
from registry.frames import TableRefused, UploadSpec, inspect_upload, read_table
from registry.frames.content import content_digest
from registry.frames.parse import parse
from registry.frames.spec import FileFormat
from tests.serving.cards import card_frame

CODES = {
    "EDUCATION": (1, 2, 3, 4),
    "MARRIAGE": (1, 2, 3),
    "SEX": (1, 2),
    "PAY_0": (-1, 1, 2, 3, 4, 5, 6, 7, 8, 9),
}
SPEC = UploadSpec(
    format=FileFormat.CSV,
    target="DEFAULT",
    split_key="a test key",
    id="ID",
    protected=("SEX", "AGE", "MARRIAGE"),
    proxies=("EDUCATION",),
    exposure="LIMIT_BAL",
    codes=CODES,
    token_key="ab" * 32,
)


@pytest.fixture(scope="module")
def frame():
    import pandas as pd

    made = card_frame(600, seed=5)
    twin = made.iloc[[10]].assign(ID=9001)
    return pd.concat([made, twin], ignore_index=True)


def _inspected(folder, content, spec=SPEC):
    folder.mkdir(exist_ok=True)
    (folder / "spec.json").write_bytes(canonical.dumps(spec.plain()))
    (folder / f"upload.{spec.format}").write_bytes(content)
    inspect_upload(folder)
    return folder


def _csv(frame, **options):
    return frame.to_csv(index=False, **options).encode()


def _parquet(frame, **options):
    sink = io.BytesIO()
    frame.to_parquet(sink, index=False, **options)
    return sink.getvalue()


def _json(folder, name):
    return json.loads((folder / name).read_bytes())


def test_csv_and_parquet_of_the_same_table_have_the_same_digest_and_split(frame, tmp_path):
    first = _inspected(tmp_path / "a", _csv(frame))
    spec = replace(SPEC, format=FileFormat.PARQUET)
    second = _inspected(tmp_path / "b", _parquet(frame.astype({"AGE": "int16"}), row_group_size=50), spec)
    assert _json(first, "table.json") == _json(second, "table.json")


def test_digest_is_the_documented_bytes():
    import pyarrow as pa

    table = pa.table(
        {"a": pa.array([1, None], pa.int64()), "b": pa.array([-0.0, float("nan")]), "ç": ["x", ""]}
    )
    expected = b"countersign-table/1\n" + struct.pack("<QQ", 2, 3)
    expected += struct.pack("<I", 1) + b"ai" + b"\x01\x00" + struct.pack("<qq", 1, 0)
    expected += struct.pack("<I", 1) + b"bf" + b"\x01\x00" + struct.pack("<dd", 0.0, 0.0)
    expected += struct.pack("<I", 2) + "ç".encode() + b"t" + b"\x01\x01"
    expected += struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)
    assert content_digest(table) == hashlib.sha256(expected).hexdigest()


def test_a_column_of_yes_and_no_is_read_from_either_format(frame, tmp_path):
    told = frame.assign(OWNER=[None, *(frame["AGE"] > 40)[1:]])
    first = _inspected(tmp_path / "a", _csv(told))
    second = _inspected(tmp_path / "b", _parquet(told), replace(SPEC, format=FileFormat.PARQUET))
    assert _json(first, "table.json") == _json(second, "table.json")
    [owner] = [entry for entry in _json(first, "quality.json")["by_column"] if entry["name"] == "OWNER"]
    assert (owner["type"], owner["missing"]) == ("boolean", 1)


def test_one_changed_cell_changes_the_digest(frame, tmp_path):
    changed = frame.copy()
    changed.loc[3, "BILL_AMT4"] += 1
    first = _json(_inspected(tmp_path / "a", _csv(frame)), "table.json")
    second = _json(_inspected(tmp_path / "b", _csv(changed)), "table.json")
    assert first["digest"] != second["digest"]


def test_protected_columns_and_ids_are_kept_apart_row_by_row(frame, tmp_path):
    import pandas as pd

    folder = _inspected(tmp_path / "a", _csv(frame))
    for part in ("development", "held_out"):
        table = read_table((folder / f"{part}.parquet").read_bytes())
        apart = read_table((folder / f"{part}_protected.parquet").read_bytes())
        tokens = read_table((folder / f"{part}_tokens.parquet").read_bytes())
        assert set(apart.columns) == {"SEX", "AGE", "MARRIAGE", "EDUCATION"}
        assert not {"ID", *apart.columns} & set(table.columns)
        assert len(table) == len(apart) == len(tokens)
        joined = pd.concat([table, apart], axis=1)[list(frame.columns.drop("ID"))]
        assert len(joined.merge(frame.drop_duplicates(list(joined.columns)), on=list(joined.columns))) == len(
            joined
        )


def test_identical_rows_fall_on_the_same_side(frame, tmp_path):
    folder = _inspected(tmp_path / "a", _csv(frame))
    sides = [
        (read_table((folder / f"{part}.parquet").read_bytes())[["BILL_AMT1", "BILL_AMT2", "PAY_AMT3"]]
         == frame.loc[10, ["BILL_AMT1", "BILL_AMT2", "PAY_AMT3"]].to_numpy()).all(axis=1).sum()
        for part in ("development", "held_out")
    ]  # fmt: skip
    assert sorted(sides) == [0, 2]


def test_split_depends_on_the_key_and_has_about_the_stated_share(frame, tmp_path):
    first = _json(_inspected(tmp_path / "a", _csv(frame)), "table.json")
    second = _json(_inspected(tmp_path / "b", _csv(frame), replace(SPEC, split_key="another")), "table.json")
    rows = {part["name"]: part["rows"] for part in first["parts"]}
    assert rows["development"] + rows["held_out"] == len(frame)
    assert 0.2 < rows["held_out"] / len(frame) < 0.4
    assert first["digest"] == second["digest"]
    assert first["parts"] != second["parts"]


def test_quality_report_counts_duplicates_codes_and_constants(frame, tmp_path):
    spoiled = frame.assign(FLAT=1)
    report = _json(_inspected(tmp_path / "a", _csv(spoiled)), "quality.json")
    rules = {rule["rule"]: rule for rule in report["rules"]}
    assert report["duplicate_rows"] == 1
    assert rules["duplicate_rows"]["force"] == "reported"
    assert not rules["no_constant_input"]["passed"]
    assert set(report["undocumented_columns"]) == {"EDUCATION", "MARRIAGE", "PAY_0"}
    education = next(entry for entry in report["by_column"] if entry["name"] == "EDUCATION")
    assert {entry["code"]: entry["rows"] for entry in education["undocumented_codes"]} == {
        str(code): int((frame["EDUCATION"] == code).sum()) for code in (0, 5, 6)
    }


def test_report_says_nothing_of_ids_and_gives_no_extremes(frame, tmp_path):
    folder = _inspected(
        tmp_path / "a", _csv(frame.assign(LIMIT_BAL=frame["LIMIT_BAL"] + np.arange(len(frame))))
    )
    entries = {entry["name"]: entry for entry in _json(folder, "quality.json")["by_column"]}
    assert set(entries["ID"]) == {"name", "type", "role", "missing"}
    assert set(entries["LIMIT_BAL"]["quantiles"]) == {"0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"}


def _ragged(frame):
    lines = _csv(frame).split(b"\n")
    lines[7] += b",4711"
    return b"\n".join(lines)


REFUSED = {
    "ragged-csv": _ragged,
    "wrong-encoding": lambda frame: _csv(frame.assign(AÇÃO="é")).decode().encode("latin-1"),
    "empty": lambda frame: _csv(frame.head(0)),
    "missing-target": lambda frame: _csv(frame.drop(columns="DEFAULT")),
    "missing-columns": lambda frame: _csv(frame.drop(columns="SEX")),
    "one-class": lambda frame: _csv(frame.assign(DEFAULT=0)),
    "target-not-numeric": lambda frame: _csv(frame.assign(DEFAULT="yes")),
    "target-not-binary": lambda frame: _csv(frame.assign(DEFAULT=np.arange(len(frame)))),
    "target-missing-values": lambda frame: _csv(frame.assign(DEFAULT=[None, *frame["DEFAULT"][1:]])),
    "duplicate-columns": lambda frame: _csv(frame).replace(b"PAY_2", b"PAY_0", 1),
    "bad-column-name": lambda frame: _csv(frame).replace(b"PAY_2", b" ", 1),
    "not-csv": lambda frame: _csv(frame) + b'"never closed',
    "too-few-rows": lambda frame: _csv(frame.head(4).assign(DEFAULT=[0, 1, 0, 1])),
}


@pytest.mark.parametrize("code", REFUSED)
def test_bad_csv_is_refused_in_words_without_a_cell(frame, tmp_path, code):
    with pytest.raises(TableRefused) as refused:
        _inspected(tmp_path / "a", REFUSED[code](frame))
    assert refused.value.code == code
    assert refused.value.message.startswith("The table was refused")
    assert "4711" not in refused.value.message
    assert not list((tmp_path / "a").glob("*.parquet"))


def test_empty_file_is_refused(tmp_path):
    with pytest.raises(TableRefused) as refused:
        _inspected(tmp_path / "a", b"")
    assert refused.value.code == "empty"


@pytest.mark.parametrize("content", [b"PAR1", b"not a parquet", b"PAR1" + b"\x00" * 40 + b"PAR1", b"\x00"])
def test_parquet_that_is_not_one_is_refused(tmp_path, content):
    with pytest.raises(TableRefused) as refused:
        _inspected(tmp_path / "a", content, replace(SPEC, format=FileFormat.PARQUET))
    assert refused.value.code == "not-parquet"


def _parsed(folder, content, spec):
    path = folder / "table"
    path.write_bytes(content)
    return parse(path, spec)


def test_damaged_parquet_is_refused_or_read_but_never_an_accident(frame, tmp_path):
    content = _parquet(frame)
    spec = replace(SPEC, format=FileFormat.PARQUET)
    for position in np.random.default_rng(1).choice(len(content), 40, replace=False):
        changed = bytearray(content)
        changed[position] ^= 0xFF
        # Some bytes are padding: the table may still be read. Any other exception fails the test.
        with contextlib.suppress(TableRefused):
            _parsed(tmp_path, bytes(changed), spec)


def test_infinite_numbers_are_refused_and_every_such_column_is_named(frame, tmp_path):
    odd = frame.assign(RATIO=1 / frame["PAY_0"].where(frame["PAY_0"] > 0, 0), OTHER=-np.inf, FINE=0.5)
    with pytest.raises(TableRefused) as refused:
        _inspected(tmp_path, _parquet(odd), replace(SPEC, format=FileFormat.PARQUET))
    assert refused.value.code == "infinite-numbers"
    assert "'RATIO', 'OTHER' hold" in refused.value.message


def test_integers_that_no_double_holds_are_described_and_kept_whole(frame, tmp_path):
    long = frame.assign(CONTRACT=2**53 + 1 + np.arange(len(frame)))
    folder = _inspected(tmp_path, _parquet(long), replace(SPEC, format=FileFormat.PARQUET))
    entry = next(each for each in _json(folder, "quality.json")["by_column"] if each["name"] == "CONTRACT")
    assert entry["distinct"] == len(frame)
    kept = [read_table((folder / f"{part}.parquet").read_bytes()) for part in ("development", "held_out")]
    assert sorted(number for part in kept for number in part["CONTRACT"]) == sorted(long["CONTRACT"])


def test_nested_columns_and_too_large_files_are_refused(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    sink = io.BytesIO()
    parquet.write_table(pa.table({"a": [[1], [2]]}), sink)
    with pytest.raises(TableRefused) as nested:
        _parsed(tmp_path, sink.getvalue(), replace(SPEC, format=FileFormat.PARQUET))
    assert nested.value.code == "bad-column-type"
    with pytest.raises(TableRefused) as large:
        _parsed(tmp_path, b"a,b\n1,2\n", replace(SPEC, max_bytes=4))
    assert large.value.code == "too-large"


def test_semicolons_and_a_byte_order_mark_are_read_when_stated(frame, tmp_path):
    plain = _json(_inspected(tmp_path / "a", _csv(frame)), "table.json")
    other = b"\xef\xbb\xbf" + _csv(frame, sep=";")
    marked = _json(_inspected(tmp_path / "b", other, replace(SPEC, delimiter=";")), "table.json")
    assert marked == plain
