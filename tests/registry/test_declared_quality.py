"""What may be declared beside the roles: dates, sentinels, results. Left out, nothing is as it was not before."""

from __future__ import annotations

import json

import pytest

from mrm.lib import canonical, strict_json
from mrm.lib.errors import Invalid
from registry import snapshots
from registry.snapshot_form import roles_of
from tests.registry import built

MORE = {
    "dates": {"decision": "DECIDED", "others": ["AS_OF"]},
    "sentinels": {"PAY_AMT1": ["-1"]},
    "realised": ["PROFIT"],
    "expected": {"AGE": {"kind": "integer", "minimum": "18", "required": True}, "ID": {"unique": True}},
}


def test_a_declaration_without_them_has_the_digests_it_always_had(settings):
    """Digests of the demo's declaration and of a table of 600 rows, taken before these members existed."""
    declared, settings.MRM_SPLIT_KEY = built.declaration(), "a fixed key for this test"
    folder = built.inspected_folder(built.card_csv(600), settings.MRM_SPLIT_KEY, json.dumps(declared.plain()))
    table = strict_json.loads((folder / "table.json").read_bytes())
    assert [canonical.digest(declared.roles()), canonical.digest(declared.plain())] == [
        "98e750b2f85b10e2318f46157aeaad7b4c800b20f653560c1d63dc46b061c1c0",
        "36bbddc142624996862d1919bbc4ce09f389a5ae6624d86f4423774aa7996600",
    ]
    expected = "f152295e9273af460271fb6934d4080ad9419b980679fe928b85ee51055650f9"
    assert snapshots.digest_of(declared, table) == expected


def test_what_is_declared_travels_and_enters_the_digest():
    declared = built.declaration(**MORE)
    assert {name: declared.plain()[name] for name in MORE} == MORE
    assert canonical.digest(declared.roles()) != canonical.digest(built.declaration().roles())


@pytest.mark.parametrize(
    "wrong",
    [
        {"realised": ["DEFAULT"]},
        {"realised": ["SEX"]},
        {"realised": "PROFIT"},
        {"dates": {"birth": "BORN"}},
        {"dates": {"decision": "DECIDED", "surprise": "X"}},
        {"dates": ["DECIDED"]},
        {"sentinels": {"AGE": [99]}},
        {"sentinels": {"": ["99"]}},
        {"sentinels": ["99"]},
        {"expected": ["AGE"]},
        {"expected": {"AGE": "integer"}},
        {"expected": {"AGE": {"minimum": 18}}},
        {"expected": {"AGE": {"required": "yes"}}},
        {"expected": {"AGE": {"values": "A"}}},
        {"expected": {"AGE": {"mean": "40"}}},
        {"expected": {"": {"unique": True}}},
        {"today": "2020-01-01"},
        {"previous": {}},
    ],
)
def test_a_wrong_declaration_is_refused(wrong):
    with pytest.raises(Invalid):
        built.declaration(**wrong)


CONTRADICTIONS = {
    "AGE": ({"minimum": "100", "maximum": "18"}, "minimum is above the maximum"),
    "SEX": ({"minimum": "1", "values": ["1", "2"]}, "values and a range"),
    "EDUCATION": ({"kind": "text", "maximum": "6"}, "kind text has none"),
    "MARRIAGE": ({"kind": "word"}, "expected.MARRIAGE.kind must be one of integer"),
    "PAY_0": ({"kind": "integer", "values": ["none"]}, "no numbers"),
    "PAY_2": ({"kind": "date", "values": ["2024-01-01"]}, "kind date has none"),
    "PAY_3": ({"values": ["1", "1"]}, "twice"),
    "PAY_4": ({"required": False}, "says nothing"),
    "PAY_5": ({"minimum": "١٢"}, "expected.PAY_5.minimum must be a number"),
    "PAY_6": ({"maximum": "1e3"}, "expected.PAY_6.maximum must be a number"),
}


def test_expectations_that_contradict_themselves_are_refused_with_every_reason():
    with pytest.raises(Invalid) as refused:
        built.declaration(expected={name: held for name, (held, _) in CONTRADICTIONS.items()})
    [fault] = refused.value.errors
    assert [(name, words) for name, (_, words) in CONTRADICTIONS.items() if words not in str(fault)] == []


def test_of_what_an_expectation_does_not_say_nothing_enters_the_digest():
    short, long = ({"AGE": {"unique": True, **more}} for more in ({}, {"required": False, "values": []}))
    assert built.declaration(expected=short).roles() == built.declaration(expected=long).roles()
    assert built.declaration(expected={}).roles() == built.declaration().roles()


def test_results_are_read_by_nobody_who_learns(cast):
    table = built.card_table(600).assign(PROFIT=range(600))
    snapshot = built.frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode(), realised=["PROFIT"])
    assert {"name": "PROFIT", "type": "integer", "role": "realised"} in snapshot.declaration["columns"]
    assert {"development_realised", "held_out_realised"} < set(snapshot.split["parts"])
    development = snapshots.read_development(actor=cast.dana, snapshot=snapshot)
    held_out = snapshots.read_held_out(actor=cast.victor, snapshot=snapshot, why="test")
    for frame in (development.frame(), held_out.frame(), held_out.protected_frame()):
        assert "PROFIT" not in frame


ANSWERS = {
    "name": "Mine",
    "target": "y",
    "id": "",
    "protected": "",
    "proxies": "",
    "exposure": "",
    "attribution": "",
}
BLANK = dict.fromkeys(
    (
        "decision_date",
        "birth_date",
        "other_dates",
        "sentinels",
        "realised",
        "held_out_from",
        "gap_days",
        "expected",
    ),
    "",
)


def test_the_form_says_only_what_was_entered():
    assert not {"dates", "sentinels", "realised", "out_of_time", "expected"} & set(
        roles_of({**ANSWERS, **BLANK})
    )
    entered = {
        "decision_date": "d",
        "birth_date": "b",
        "other_dates": "c, e",
        "sentinels": "x: 999, -1\n\ny:0",
    }
    made = roles_of({**ANSWERS, **BLANK, **entered, "realised": "profit"})
    assert made["dates"] == {"decision": "d", "birth": "b", "others": ["c", "e"]}
    assert made["sentinels"] == {"x": ["999", "-1"], "y": ["0"]}
    assert made["realised"] == ["profit"]
    by_time = roles_of({**ANSWERS, **BLANK, "held_out_from": "2024-01-01", "gap_days": None})
    assert by_time["out_of_time"] == {"first_day": "2024-01-01", "gap_days": 0}


@pytest.mark.django_db(transaction=True)
def test_a_second_table_of_the_name_is_compared_with_the_one_before(cast, work):
    for table in (
        built.card_table(600),
        built.card_table(600).assign(CAME=range(600)).drop(columns=["PAY_AMT6"]),
    ):
        content = table.to_csv(index=False).encode()
        snapshots.import_snapshot(actor=cast.dana, upload=content, declaration=built.declaration())
        (job,) = work()
        assert job.state == "succeeded", job.reason
    before, after = snapshots.DatasetSnapshot.objects.order_by("imported_at")
    assert after.quality["previous"] == str(before.pk)
    [changed] = [rule for rule in after.quality["rules"] if rule["rule"] == "schema_changed"]
    assert [(each["column"], each["change"]) for each in changed["details"]] == [
        ("CAME", "came"),
        ("PAY_AMT6", "went"),
    ]
