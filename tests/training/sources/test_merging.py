"""Tables are joined as declared or not at all: nothing is multiplied, and what does not match is counted."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from mrm.lib.errors import Blocked
from quant.features.plain import SchemaFault
from tests.training.sources import lying

BEGAN = date(2024, 1, 1)


def _day(number):
    return (BEGAN + timedelta(days=number)).isoformat()


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    return folder


def _base(root, rows):
    return lying.source("base", lying.csv(root, "base.csv", rows))


def _right(root, rows, **more):
    return lying.source("right", lying.csv(root, "right.csv", rows), **more)


def _join(**more):
    return {"source": "right", "on": {"k": "k"}, "cardinality": "many_to_one", **more}


def _refused(root, tmp_path, sources, *joins):
    with pytest.raises(Blocked) as refused:
        lying.assembled(root, tmp_path / "job", lying.assembly(sources, *joins))
    return " ".join(refused.value.reasons)


@pytest.mark.parametrize("seed", range(1, 13))
def test_every_join_gives_what_a_plain_loop_over_the_rows_gives(root, tmp_path, seed):
    draw = random.Random(seed)
    base = [
        {"id": number, "k": draw.choice([None, *range(12)]), "on": _day(draw.randrange(40))}
        for number in draw.sample(range(1000), 30)
    ]
    days = draw.sample([(key, day) for key in range(4, 18) for day in range(0, 40, 3)], 60)
    right = [
        {"k": key if draw.random() > 0.1 else None, "at": _day(day), "v": draw.random()} for key, day in days
    ]
    tolerance = draw.randrange(4)
    join = _join(
        cardinality="latest_before",
        before={"base": "on", "source": "at", "tolerance_days": tolerance},
        prefix="r_",
        unmatched=draw.choice(["keep", "drop"]),
    )
    rows, lineage = lying.assembled(
        root, tmp_path / "job", lying.assembly([_base(root, base), _right(root, right)], join)
    )

    def fits(one, other):
        return date.fromisoformat(other["at"]) < date.fromisoformat(one["on"]) - timedelta(days=tolerance)

    expected = []
    for one in sorted(base, key=lambda row: row["id"]):
        same = [
            other for other in right if other["k"] is not None and other["k"] == one["k"] and fits(one, other)
        ]
        last = max(same, key=lambda other: other["at"], default=None)
        if last or join["unmatched"] == "keep":
            expected.append({**one, "r_at": last and last["at"], "r_v": last and last["v"]})
    assert rows == expected
    keys = {one["k"] for one in base} - {None}
    unmatched = sum(
        not any(other["k"] == one["k"] and other["k"] is not None and fits(one, other) for other in right)
        for one in base
    )
    [told] = lineage["joins"]
    assert told == {
        "source": "right",
        "cardinality": "latest_before",
        "matched": len(base) - unmatched,
        "unmatched": unmatched,
        "dropped": unmatched if join["unmatched"] == "drop" else 0,
        "orphans": sum(other["k"] is not None and other["k"] not in keys for other in right),
        "keyless": sum(other["k"] is None for other in right),
        "late": sum(
            other["k"] in keys and not any(one["k"] == other["k"] and fits(one, other) for one in base)
            for other in right
        ),
    }


def test_three_tables_keep_the_order_of_the_key_and_their_own_columns(root, tmp_path):
    base = [{"id": number, "k": number % 3, "c": 9 - number} for number in (5, 3, 8, 1)]
    customers = lying.source(
        "customers", lying.parquet(root, "customers.parquet", [{"k": k, "sex": "f"} for k in range(3)])
    )
    outcomes = lying.source(
        "outcomes", lying.csv(root, "outcomes.csv", [{"id": 3, "bad": 1}, {"id": 8, "bad": 0}])
    )
    made = lying.assembly(
        [_base(root, base), customers, outcomes],
        {"source": "customers", "on": {"k": "k"}, "cardinality": "many_to_one"},
        {"source": "outcomes", "on": {"id": "id"}, "cardinality": "one_to_one", "unmatched": "drop"},
    )
    rows, lineage = lying.assembled(root, tmp_path / "job", made)
    assert rows == [
        {"id": 3, "k": 0, "c": 6, "sex": "f", "bad": 1},
        {"id": 8, "k": 2, "c": 1, "sex": "f", "bad": 0},
    ]
    assert [(each["matched"], each["dropped"]) for each in lineage["joins"]] == [(4, 0), (2, 2)]


def test_an_undeclared_many_to_many_is_refused_with_its_counts(root, tmp_path):
    base = [{"id": 1, "k": 1}, {"id": 2, "k": 1}]
    right = [{"k": 1, "v": 1}, {"k": 1, "v": 2}, {"k": 2, "v": 3}]
    sources = [_base(root, base), _right(root, right)]
    assert "2 rows of right share a key" in _refused(root, tmp_path, sources, _join())
    told = _refused(root, tmp_path, sources, _join(cardinality="one_to_one"))
    assert "2 rows of right share a key" in told
    assert "2 rows of base share the key of right" in told


def test_one_to_one_is_refused_where_two_rows_of_the_base_would_share(root, tmp_path):
    sources = [_base(root, [{"id": 1, "k": 1}, {"id": 2, "k": 1}]), _right(root, [{"k": 1, "v": 1}])]
    assert "one_to_one does not hold" in _refused(root, tmp_path, sources, _join(cardinality="one_to_one"))


@pytest.mark.parametrize("again", [_day(1), f"{_day(1)} 00:00:00"])
def test_two_rows_of_one_date_are_no_latest(root, tmp_path, again):
    right = [{"k": 1, "at": _day(1), "v": 1}, {"k": 1, "at": again, "v": 2}]
    sources = [_base(root, [{"id": 1, "k": 1, "on": _day(5)}]), _right(root, right)]
    join = _join(cardinality="latest_before", before={"base": "on", "source": "at"})
    assert "share a key and a date" in _refused(root, tmp_path, sources, join)


def test_everything_that_is_wrong_with_keys_and_dates_is_told_at_once(root, tmp_path):
    base = [
        {"id": 1, "k": 1, "on": "soon"},
        {"id": 1, "k": 2, "on": _day(1)},
        {"id": None, "k": 3, "on": _day(2)},
    ]
    right = [{"k": 1, "at": "never", "v": 1}, {"k": 1, "at": _day(1), "v": 2}]
    join = _join(before={"base": "on", "source": "at"})
    told = _refused(root, tmp_path, [_base(root, base), _right(root, right)], join)
    for words in (
        "2 rows of base share a key",
        "1 rows of base have no key",
        "1 rows of base have no date in 'on'",
        "1 rows of right have no date in 'at'",
        "2 rows of right share a key",
    ):
        assert words in told
    assert "soon" not in told
    assert "never" not in told


def test_columns_that_are_not_there_or_stand_twice_are_all_named(root, tmp_path):
    sources = [_base(root, [{"id": 1, "k": "a", "v": 1}]), _right(root, [{"k": 1, "v": 2}])]
    told = _refused(root, tmp_path, sources, _join(on={"k": "k", "gone": "lost"}, columns=["nowhere", "v"]))
    for words in (
        "base has no column 'gone'",
        "right has no column 'lost'",
        "'nowhere'",
        "'k' is text",
        "'v' would stand twice",
    ):
        assert words in told


def test_a_row_that_must_match_and_does_not_is_refused(root, tmp_path):
    sources = [_base(root, [{"id": 1, "k": 1}, {"id": 2, "k": 7}]), _right(root, [{"k": 1, "v": 2}])]
    told = _refused(root, tmp_path, sources, _join(unmatched="refuse"))
    assert "1 rows of base find nothing in right" in told


def test_only_the_rows_that_are_asked_for_are_read(root, tmp_path):
    right = [
        {"k": 1, "v": 1, "known": "true"},
        {"k": 2, "v": 2, "known": "false"},
        {"k": 3, "v": 3, "known": None},
    ]
    base = _base(root, [{"id": number, "k": number} for number in (1, 2, 3)])
    made = lying.assembly(
        [base, _right(root, right, only={"known": ["true", "'; --"], "v": ["1", "2"]})],
        _join(unmatched="drop"),
    )
    rows, lineage = lying.assembled(root, tmp_path / "job", made)
    assert [(row["id"], row["v"], row["known"]) for row in rows] == [(1, 1, True)]
    assert (lineage["joins"][0]["matched"], lineage["joins"][0]["orphans"]) == (1, 0)
    told = _refused(root, tmp_path, [base, _right(root, right, only={"gone": ["1"]})], _join())
    assert "right has no column 'gone', which `only` names" in told


def test_names_are_names_whatever_stands_in_them(root, tmp_path):
    odd = 'a"; DROP TABLE x; --'
    place = lying.parquet(root, "right.parquet", [{"k": 1, odd: 5}])
    rows, _ = lying.assembled(
        root,
        tmp_path / "job",
        lying.assembly([_base(root, [{"id": 1, "k": 1}]), lying.source("right", place)], _join()),
    )
    assert rows == [{"id": 1, "k": 1, odd: 5}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": []}, "key must name"),
        ({"base": "other"}, "Every source but the base"),
        (
            {"joins": [{"source": "base", "on": {"a": "b"}, "cardinality": "one_to_one"}]},
            "Every source but the base",
        ),
        ({"joins": [{"source": "x", "on": {"a": "b"}, "cardinality": "many_to_many"}]}, "must be one of"),
        ({"joins": [{"source": "x", "on": {}, "cardinality": "one_to_one"}]}, "on must name"),
        ({"joins": [{"source": "x", "on": {"a": "b"}, "cardinality": "latest_before"}]}, "two dates"),
        ({"sources": []}, "1 to 20 sources"),
        ({"more": 1}, "unknown members"),
        ({"sources": [{"name": "Base", "kind": "file", "place": "x.parquet"}]}, "small letters"),
        (
            {"sources": [{"name": "base", "kind": "sql", "connection": "w", "query": "select 1; drop"}]},
            "no semicolon",
        ),
        ({"sources": [{"name": "base", "kind": "sql", "place": "x"}]}, "a connection and a query"),
        ({"sources": [{"name": "base", "kind": "file", "place": "x", "kinds": {"a": "empty"}}]}, "kinds"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(change, words):
    from training.sources.declared import load

    sound = {
        "sources": [{"name": "base", "kind": "file", "place": "x.parquet"}],
        "base": "base",
        "key": ["id"],
    }
    assert load(load(sound).plain()) == load(sound)
    with pytest.raises(SchemaFault, match=words):
        load(sound | change)
