"""A table of bookings becomes features as the definition says: the same bits as by request, from whatever files."""

from __future__ import annotations

import random

import pytest

from mrm.lib.errors import Blocked
from tests.quant_transactions import drawn
from tests.training.feature_views import viewed
from tests.training.sources import lying
from training.feature_views import building, declared

NAMES = [feature.name for feature in viewed.DEFINITION.features]


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def _drawn(seed, count=200):
    draw = random.Random(seed)
    rows, asked = drawn.bookings(draw, count), drawn.applications(draw, 20)
    return rows, [{"id": place, "who": who, "at": str(on)} for place, who, on in asked], asked


def _values(rows):
    return [drawn.bits([row[name] for name in NAMES]) for row in rows]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_row_is_what_a_request_of_the_same_bookings_gives(root, tmp_path, form):
    rows, applications, asked = _drawn(1)
    write = {"csv": lying.csv, "parquet": lying.parquet}[form]
    view = viewed.asked(
        viewed.source(write(root, f"t.{form}", rows)), viewed.source(write(root, f"a.{form}", applications))
    )
    found, holders, facts = viewed.made(root, tmp_path / "job", view)
    wanted = drawn.online(viewed.DEFINITION, rows, asked)
    assert _values(found) == [drawn.bits(row) for row in wanted]
    assert [row["id"] for row in found] == list(range(20))
    assert [(row["customer"], row["day"]) for row in holders] == [
        (who, (on - viewed.EPOCH).days) for _, who, on in asked
    ]
    assert facts["counts"]["without_bookings"] == sum(set(row) == {None} for row in wanted)


def test_files_order_and_parts_change_nothing(root, tmp_path, monkeypatch):
    rows, applications, _ = _drawn(2)
    lying.parquet(root, "a.parquet", applications)
    lying.parquet(root, "one/t.parquet", rows)
    random.Random(3).shuffle(rows)
    for number in range(3):
        lying.parquet(root, f"three/{number}.parquet", rows[number::3])
    first = viewed.made(root, tmp_path / "1", viewed.asked(viewed.source("one"), viewed.source("a.parquet")))
    monkeypatch.setattr(building.build, "__defaults__", (3,))
    second = viewed.made(
        root, tmp_path / "2", viewed.asked(viewed.source("three"), viewed.source("a.parquet"))
    )
    assert first[:2] == second[:2]
    assert first[2]["digest"] == second[2]["digest"]
    assert first[2]["counts"] == second[2]["counts"]


def test_every_booking_is_accounted_for(root, tmp_path):
    days = ["2024-03-31", "2024-04-01", "2024-04-09", "2024-01-01", "2023-12-31"]
    rows = [
        {"who": who, "on": on, "amount": 1, "category": "X", "balance": 1}
        for who in ("a", "b")
        for on in days
    ]
    rows.append({"who": None, "on": days[0], "amount": 1, "category": "X", "balance": 1})
    lying.parquet(root, "t.parquet", rows)
    lying.parquet(
        root,
        "a.parquet",
        [{"id": 1, "who": "a", "at": "2024-04-01"}, {"id": 2, "who": "c", "at": "2024-04-01"}],
    )
    view = viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"))
    assert viewed.made(root, tmp_path / "job", view)[2]["counts"] == {
        "applications": 2, "without_bookings": 1, "bookings": 11, "of_nobody": 6,
        "counted": 1, "too_late": 2, "too_early": 2,
    }  # fmt: skip


def test_all_that_is_wrong_is_told_at_once_without_a_cell(root, tmp_path):
    row = {"who": "a", "on": "2024-03-05", "amount": 1, "category": "X", "balance": 1}
    rows = [row, row | {"on": "05/03/2024"}, row | {"amount": None}, row | {"balance": 2**53}]
    lying.parquet(root, "t.parquet", rows)
    lying.parquet(root, "a.parquet", [{"id": 1, "who": "a", "at": "2024-04-01"}])
    view = viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"))
    with pytest.raises(Blocked) as refused:
        viewed.made(root, tmp_path / "job", view)
    assert [reason.split(" of applicants")[0] for reason in refused.value.reasons] == ["1 bookings"] * 3
    assert "05/03" not in " ".join(refused.value.reasons)
    assert not (tmp_path / "job" / "features.parquet").exists()


def test_amounts_that_add_up_beyond_what_is_exact_are_refused(root, tmp_path):
    row = {"who": "a", "on": "2024-03-05", "amount": 2**52, "category": "X", "balance": 1}
    lying.parquet(root, "t.parquet", [row, row])
    lying.parquet(root, "a.parquet", [{"id": 1, "who": "a", "at": "2024-04-01"}])
    with pytest.raises(Blocked, match="do not fit") as refused:
        viewed.made(
            root, tmp_path / "job", viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"))
        )
    assert "1 applications add up to 2^53" in refused.value.reasons[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"id": 1, "who": "a", "at": "x"}], "have no date in 'at'"),
        (
            [{"id": None, "who": "a", "at": "2024-04-01"}, {"id": 2, "who": "a", "at": "2024-04-01"}],
            "have no key",
        ),
        ([{"id": 2, "who": "a", "at": "2024-04-01"}] * 2, "share a key"),
        ([{"id": 2, "who": 7, "at": "2024-04-01"}], "The customer is text in transactions and integer"),
        ([{"id": 2, "who": "a"}], "has no column 'at'"),
        ([{"id": 2, "who": "a", "at": 20240401}], "'at' is integer and has to be text"),
    ],
)
def test_applications_that_are_none_are_refused(root, tmp_path, rows, words):
    row = {"who": "a", "on": "2024-03-05", "amount": 1, "category": "X", "balance": 1}
    lying.parquet(root, "t.parquet", [row])
    lying.parquet(root, "a.parquet", rows)
    with pytest.raises(Blocked) as refused:
        viewed.made(
            root, tmp_path / "job", viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"))
        )
    assert words in " ".join(refused.value.reasons)


SPELLED = {
    "2024-04-01": "2024-04-01",
    "01/04/2024": "2024-04-01",
    "5 Mar 2024": "2024-03-05",
    " 31-12-2023 ": "2023-12-31",
    "2024-02-29 23:59": "2024-02-29",
}


def test_days_in_declared_spellings_are_those_of_a_table_that_writes_them_in_one_way(root, tmp_path):
    rows, _, _ = _drawn(4)
    lying.parquet(root, "t.parquet", rows)
    for name, written in (("many", list(SPELLED)), ("one", list(SPELLED.values()))):
        applied = [
            {"id": place, "who": who, "at": text}
            for place, (who, text) in enumerate(zip(range(5), written, strict=True))
        ]
        lying.parquet(root, f"{name}.parquet", [{**each, "text": "b", "day": "c"} for each in applied])
    spelled = viewed.COLUMNS | {"day_formats": ["day_first", "month_name"]}
    many, one = (
        viewed.made(
            root,
            tmp_path / name,
            viewed.asked(viewed.source("t.parquet"), viewed.source(f"{name}.parquet"), columns=columns),
        )
        for name, columns in (("many", spelled), ("one", viewed.COLUMNS))
    )
    assert many[:2] == one[:2]
    assert many[2]["digest"] == one[2]["digest"]


def test_days_of_two_readings_and_days_that_never_were_are_counted_apart(root, tmp_path):
    row = {"who": "a", "on": "2024-03-05", "amount": 1, "category": "X", "balance": 1}
    lying.parquet(root, "t.parquet", [row])
    days = [
        "03/04/2024",
        "03/04/2024",
        "13/04/2024",
        "04/04/2024",
        "31/02/2024",
        "2024-04-01T10:00Z",
        "soon",
        None,
    ]
    lying.parquet(root, "a.parquet", [{"id": place, "who": "a", "at": day} for place, day in enumerate(days)])
    columns = viewed.COLUMNS | {"day_formats": ["day_first", "month_first"]}
    view = viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"), columns=columns)
    with pytest.raises(Blocked) as refused:
        viewed.made(root, tmp_path / "job", view)
    assert [(reason[0], words in reason) for reason, words in zip(
        refused.value.reasons, ("two readings", "no calendar has", "have no date in 'at'"), strict=True
    )] == [("2", True), ("1", True), ("3", True)]  # fmt: skip
    assert not any(day in " ".join(refused.value.reasons) for day in ("03/04", "31/02", "soon"))


def test_a_view_without_spellings_is_written_down_as_it_ever_was():
    view = viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"))
    assert view.plain()["columns"] == viewed.COLUMNS
    spelled = viewed.asked(
        viewed.source("t.parquet"),
        viewed.source("a.parquet"),
        columns=viewed.COLUMNS | {"day_formats": ["month_name"]},
    )
    assert declared.load(spelled.plain()) == spelled
