"""A held-out part by time: what was decided last, and a gap in which no outcome was known yet."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mrm.lib import strict_json
from mrm.lib.errors import Invalid
from registry import snapshots
from registry.frames import TableRefused, inspect_upload, read_table
from reports.build.data import _split_words
from tests.registry import built

DECLARED = {"dates": {"decision": "DECIDED"}, "out_of_time": {"first_day": "2023-03-01", "gap_days": 31}}
SPELLED = ("{:%Y-%m-%d}", "{:%d/%m/%Y}", "{:%d %b %Y}")


def _table(rows=900):
    import pandas as pd

    frame = built.card_table(rows)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(rows) % 90, unit="D")
    # From the 13th on, a text shows which number is the month; so the others can be read as well.
    frame["DECIDED"] = [SPELLED[place % 3].format(day) for place, day in enumerate(days)]
    return frame, days


def _inspected(folder, frame, **changes):
    spec = {**built.declaration(**DECLARED).spec("key"), **changes}
    folder.mkdir()
    (folder / "upload.csv").write_bytes(frame.to_csv(index=False).encode())
    (folder / "spec.json").write_text(json.dumps({**spec, "format": "csv"}))
    inspect_upload(folder)
    return {
        name: read_table((folder / f"{name}.parquet").read_bytes()) for name in ("development", "held_out")
    }


def test_what_is_held_out_is_later_than_all_that_is_learned_from_and_the_gap_is_in_no_part(tmp_path):
    frame, days = _table()
    parts = _inspected(tmp_path / "job", frame)
    told = strict_json.loads((tmp_path / "job" / "table.json").read_bytes())
    late, early = days >= "2023-03-01", days < "2023-01-29"
    assert len(parts["held_out"]) == late.sum()
    assert len(parts["development"]) == early.sum()
    assert told["left_out"] == len(frame) - late.sum() - early.sum()
    assert parts["development"]["LIMIT_BAL"].sum() == frame["LIMIT_BAL"][early].sum()


def test_the_key_of_a_draw_changes_nothing_of_it(tmp_path):
    frame, _ = _table(300)
    one, two = (_inspected(tmp_path / key, frame, split_key=key) for key in ("one", "two"))
    assert one["held_out"].equals(two["held_out"])


def test_a_row_without_a_day_that_can_be_read_is_refused_with_a_count(tmp_path):
    frame, _ = _table(300)
    frame.loc[:4, "DECIDED"] = ["", "soon", "31/02/2023", "2023-99-01", ""]
    with pytest.raises(TableRefused, match="5 rows have no date of the decision") as refused:
        _inspected(tmp_path / "job", frame)
    assert "soon" not in refused.value.message


def test_a_day_that_leaves_a_part_without_rows_is_refused(tmp_path):
    with pytest.raises(TableRefused, match="too few rows"):
        _inspected(tmp_path / "job", _table(300)[0], out_of_time={"first_day": "2030-01-01", "gap_days": 0})


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_day": "2023-3-1", "gap_days": 0}, {"first_day": "2023-02-30", "gap_days": 0}, {"first_day": "2023-03-01"},
        {"first_day": "2023-03-01", "gap_days": -1}, {"first_day": "2023-03-01", "gap_days": 5000},
        {"first_day": "2023-03-01", "gap_days": True}, {"first_day": "2023-03-01", "gap_days": 0, "x": 1}, "2023-03-01",
    ],
)  # fmt: skip
def test_a_declaration_that_says_no_day_is_refused(wrong):
    with pytest.raises(Invalid):
        built.declaration(dates={"decision": "DECIDED"}, out_of_time=wrong)


def test_without_the_date_of_the_decision_nothing_can_be_held_out_by_time():
    with pytest.raises(Invalid) as refused:
        built.declaration(out_of_time=DECLARED["out_of_time"])
    assert "dates.decision" in refused.value.errors[0].detail


def test_another_first_day_is_another_snapshot():
    table = {"digest": "d", "parts": []}
    other = {**DECLARED, "out_of_time": {"first_day": "2023-04-01", "gap_days": 31}}
    digests = [snapshots.digest_of(built.declaration(**each), table) for each in (DECLARED, other, {})]
    assert len(set(digests)) == 3


def test_the_dossier_says_whether_the_split_was_by_time_or_a_draw():
    by_time = {
        "method": "by time",
        "by": "DECIDED",
        "first_day": "2023-03-01",
        "gap_days": 31,
        "left_out": 12,
    }
    assert _split_words(by_time).startswith("Out of time: held out is what was decided from 2023-03-01 on")
    assert _split_words({"method": "hmac", "key_fingerprint": "ab"}).startswith("At random, not by time")
