"""Bundles with exactly one thing wrong, each with exactly its one fault; and the words of the verdict."""

import io
import json
from dataclasses import replace

import pytest

from audit import bundle, chain, tree, verdicts, verifier
from audit.checkpoint import VerifierKey
from audit.examination import Outside
from audit.verdicts import Found, Judgement
from mrm.lib import canonical
from tests.audit import made
from tests.audit.made import FIRST, SECOND, THIEF, Segment

KEY = FIRST.public.text


@pytest.fixture(scope="module")
def whole():
    return made.made(made.full_plan())


@pytest.fixture(scope="module")
def small():
    return made.made(made.small_plan())


def examined(lines, key=KEY, notes=()):
    """The application's verdict; the offline verifier must give the same."""
    content = b"".join(lines)
    outside = Outside(VerifierKey.read(key) if key else None, tuple(notes))
    verdict = bundle.examine(io.BytesIO(content), outside)
    offline = verifier.examine(io.BytesIO(content), key=key, notes=list(notes)).plain()
    ours = verdict.plain()
    assert ours["verdict"] == offline["verdict"]
    if ours["verdict"] != "unreadable":
        assert [(each["code"], each["place"]) for each in ours["faults"]] == sorted(
            ((each["code"], each["place"]) for each in offline["faults"]), key=lambda each: each[::-1]
        )
        counted = ("entries", "segments", "records", "checkpoints", "head", "root", "covered", "outside")
        assert {name: ours[name] for name in counted} == {name: offline[name] for name in counted}
    return verdict


def faults(lines, **outside):
    return [(each.code, each.place) for each in examined(lines, **outside).faults]


def changed(lines, at, /, **members):
    """The line with other members, sealed again."""
    value = json.loads(lines[at])
    (kind,) = value
    value[kind] |= members
    return made.sealed([*lines[:at], made.line(value), *lines[at + 1 :]])


def test_a_whole_bundle_is_counted_to_the_last_record(whole):
    verdict = examined(whole.lines)
    assert verdict.judgement is Judgement.INTACT
    assert (verdict.entries, verdict.segments, verdict.records, verdict.checkpoints) == (64, 3, 10, 5)
    assert (verdict.covered, verdict.outside) == (63, 0)
    assert verdict.head == whole.leaves[-1].hex()
    assert verdict.root == tree.root(whole.leaves).hex()


@pytest.mark.parametrize("size", [1, 2, 39, 41, 63, 64])
def test_a_checkpoint_from_outside_covers_what_it_signs_though_the_bundle_has_none_of_its_size(whole, size):
    plan = replace(whole.plan, sizes=(7, 39, 40, 63))
    signer = FIRST if size < 40 else SECOND
    note = made.signed(plan, size, whole.leaves, [signer])
    verdict = examined(made.made(plan).lines, key=None, notes=[note.text])
    assert (verdict.judgement, verdict.covered, verdict.outside) == ("intact", 63 if size < 64 else 64, size)


def test_of_two_checkpoints_from_outside_the_larger_counts_and_the_wrong_one_is_told(whole):
    notes = [made.signed(whole.plan, size, whole.leaves, [FIRST]).text for size in (12, 5)]
    assert examined(whole.lines, notes=notes).outside == 12
    wrong = made.signed(whole.plan, 20, whole.leaves[::-1], [FIRST]).text
    assert faults(whole.lines, notes=[wrong]) == [("anchor-root", 20)]
    assert faults(whole.lines, notes=[made.signed(whole.plan, 20, whole.leaves, [THIEF]).text]) == [
        ("anchor-signature", 20)
    ]
    longer = made.made(replace(whole.plan, entries=70, sizes=(66,)))
    assert faults(whole.lines, notes=[longer.anchor]) == [("anchor-size", 66)]
    assert faults(whole.lines, notes=["nothing"]) == [("anchor-note", 0)]
    other = made.made(made.small_plan(origin="other.example"))
    assert faults(whole.lines, notes=[other.anchor]) == [("anchor-note", 0)]


def test_a_checkpoint_over_every_entry_leaves_none_uncovered():
    full = made.made(made.small_plan(sizes=(4,)))
    verdict = examined(full.lines)
    assert (verdict.covered, verdict.entries) == (4, 4)
    assert not any("newest" in words for words in verdicts.unproven(verdict))


def test_a_checkpoint_over_more_entries_than_there_are(whole):
    longer = made.made(replace(whole.plan, entries=65, sizes=(65,)))
    lines = [*whole.lines[:6], longer.lines[1], *whole.lines[6:]]
    assert faults(made.recounted(lines)) == [("checkpoint-size", 65)]


def test_checkpoints_stand_in_the_order_of_their_sizes(whole):
    lines = list(whole.lines)
    assert faults(made.sealed([lines[0], lines[2], lines[1], *lines[3:]])) == [("checkpoint-order", 1)]
    doubled = made.recounted([lines[0], lines[1], lines[1], *lines[2:]])
    assert faults(doubled) == [("checkpoint-order", 1)]


def test_a_checkpoint_of_another_root_or_hand_is_told_and_covers_nothing(small):
    for code, note in (
        ("checkpoint-root", made.signed(small.plan, 4, small.leaves[::-1], [FIRST])),
        ("checkpoint-signature", made.signed(small.plan, 4, small.leaves, [THIEF])),
    ):
        lines = made.sealed([*small.lines[:2], made.line({"checkpoint": note.text}), *small.lines[3:]])
        verdict = examined(lines)
        assert [(each.code, each.place) for each in verdict.faults] == [(code, 4)]
        assert verdict.covered == 2
    torn = made.sealed([*small.lines[:2], made.line({"checkpoint": "torn"}), *small.lines[3:]])
    assert faults(torn) == [("checkpoint-note", 3)]


def test_a_segment_without_records_is_what_no_entry_can_seal():
    """Nothing has no root: an entry that tells of one is not believed."""
    plan = made.small_plan(segments=())
    facts = {"log": "access", "root": "", "size": 0}
    rows = made.chained(
        [
            *(made.fact_of(each) for each in made.entries_of(made.made(plan).lines)),
            chain.Fact(
                "2026-01-02T00:00:00.000000Z",
                "segment:sealed",
                "s",
                "S",
                chain.Subject("segment", "1"),
                facts,
            ),
        ]
    )
    lines = list(made.bundle(plan, rows, made.made(plan).notes.values()))
    lines.insert(3, made.line({"segment": {"log": "access", "number": 1, "records": []}}))
    assert faults(made.recounted(lines)) == [("segment-root", 1)]


def test_each_fault_of_a_segment_has_its_code(whole):
    first = 6
    one, two, three = (json.loads(whole.lines[first + at])["segment"] for at in range(3))
    assert faults(changed(whole.lines, first, log="access")) == [("segment-size", 1)]
    assert faults(changed(whole.lines, first, records=one["records"][:2])) == [("segment-size", 1)]
    assert faults(changed(whole.lines, first, records=one["records"][::-1])) == [("segment-root", 1)]
    assert faults(changed(whole.lines, first + 2, number=4)) == [("segment-entry", 3), ("segment-number", 4)]
    assert faults(changed(whole.lines, first, number=0)) == [
        ("segment-number", 0),
        ("segment-entry", 1),
        ("segment-number", 2),
    ]
    assert two["number"] + 1 == three["number"]


def test_a_record_stands_once_in_all_segments():
    twice = made.records(2, "d")
    plan = made.small_plan(segments=(Segment(2, "decisions", twice), Segment(3, "access", (twice[1],))))
    assert faults(made.made(plan).lines) == [("segment-record", 2)]
    within = made.small_plan(segments=(Segment(3, "access", (twice[0], twice[0])),))
    assert faults(made.made(within).lines) == [("segment-record", 1)]


def _sealing(subject, **facts):
    """A bundle of one segment whose entry says this of it."""
    records = made.records(2)
    plan = made.small_plan(segments=())
    said = {"log": "access", "root": tree.root(records).hex(), "size": 2} | facts
    entry = chain.Fact("2026-01-02T00:00:00.000000Z", "segment:sealed", "s", "S", subject, said)
    begun = made.made(plan)
    rows = made.chained([*(made.fact_of(each) for each in made.entries_of(begun.lines)), entry])
    lines = list(made.bundle(plan, rows, begun.notes.values()))
    lines.insert(3, made.line({"segment": made._segment(1, Segment(5, "access", records))}))
    return made.recounted(lines)


@pytest.mark.parametrize(
    ("subject", "facts"),
    [
        (("segment", "01"), {}),
        (("segment", "x"), {}),
        (("segment", ""), {}),
        (("segment", "١"), {}),
        (("segment", "1" * 17), {}),
        (("log", "1"), {}),
        (("segment", "1"), {"size": "2"}),
        (("segment", "1"), {"size": True}),
        (("segment", "1"), {"log": 1}),
        (("segment", "1"), {"root": None}),
    ],
)
def test_an_entry_that_does_not_say_what_it_seals_seals_nothing(subject, facts):
    assert ("segment-entry", 1) in faults(_sealing(chain.Subject(*subject), **facts))


def test_an_entry_that_says_what_it_seals_does():
    assert faults(_sealing(chain.Subject("segment", "1"))) == []


def test_a_body_may_be_nested_sixty_four_deep_and_no_deeper(small):
    entry = json.loads(made.entries_of(small.lines)[3]["body"])
    for levels, found in ((63, []), (64, [("canonical", 4)])):
        deep = {"x": "{[" * 80}
        for _ in range(levels - 1):
            deep = {"x": deep}
        body = canonical.dumps(entry | {"facts": deep}).decode()
        leaf = chain.leaf_of(body.encode()).hex()
        told = faults(changed(small.lines, small.first_entry + 3, body=body, leaf=leaf))
        assert [each for each in told if each[0] == "canonical"] == found


@pytest.mark.parametrize("column", ["at", "event", "actor_id", "actor_name", "subject_type", "subject_id"])
def test_each_column_is_compared_with_the_body(small, column):
    at = small.first_entry + 1
    assert faults(changed(small.lines, at, **{column: "other"})) == [("projection", 2)]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": True},
        {"version": "1"},
        {"sequence": "2"},
        {"sequence": True},
        {"facts": []},
        {"facts": None},
        {"at": 1},
        {"event": None},
        {"previous": 0},
        {"actor": []},
        {"actor": {"id": "dana"}},
        {"actor": {"id": "dana", "name": 1}},
        {"actor": {"id": "dana", "name": "x", "z": "x"}},
        {"subject": {"id": "1", "name": "x"}},
        {"subject": {"id": 1, "type": "x"}},
        {"more": 1},
    ],
)
def test_a_body_with_other_members_is_none(small, change):
    """Sealed again with its own hash, so that nothing but its form is wrong with it."""
    body = canonical.dumps(json.loads(made.entries_of(small.lines)[3]["body"]) | change)
    lines = changed(small.lines, small.first_entry + 3, body=body.decode(), leaf=chain.leaf_of(body).hex())
    assert ("canonical", 4) in faults(lines)


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        '"x"',
        "",
        "{",
        '{"a":1.0}',
        '{"a":NaN}',
        '{"a":9007199254740992}',
        ' {"a":1}',
        '{"é":1}',
        '{"a":1,"a":1}',
    ],
)
def test_a_body_is_canonical_or_none(small, body):
    content = body.encode()
    lines = changed(small.lines, small.first_entry + 3, body=body, leaf=chain.leaf_of(content).hex())
    assert ("canonical", 4) in faults(lines)


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53) + 1])
def test_the_largest_integers_are_kept(small, number):
    assert chain.canonical_value(str(number).encode()) == number
    assert chain.canonical_value(str(number + (1 if number > 0 else -1)).encode()) is None


def test_members_stand_in_the_order_of_their_names_at_every_depth():
    for content in (
        b'{"b":1,"a":1}',
        b'{"a":{"b":1,"a":1}}',
        b'[{"b":1,"a":1}]',
        b'{"a": 1}',
        b'{"a":1, "b":1}',
    ):
        assert chain.canonical_value(content) is None
    assert chain.canonical_value(b'{"a":{"a":1,"b":1}}') == {"a": {"a": 1, "b": 1}}


@pytest.mark.parametrize("value", [[{"é": 1}], {"a": [{"é": 1}]}, [1, [{"é": 1}]]])
def test_keys_are_ascii_at_every_depth_and_texts_need_not_be(value):
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert chain.canonical_value(content) is None
    assert chain.canonical_value('{"a":["é",{"b":"é"}]}'.encode()) == {"a": ["é", {"b": "é"}]}


def test_an_entry_that_does_not_name_the_leaf_before_it(small):
    entries = made.entries_of(small.lines)
    body = canonical.dumps(json.loads(entries[3]["body"]) | {"previous": "1" * 64})
    lines = changed(small.lines, small.first_entry + 3, body=body.decode(), leaf=chain.leaf_of(body).hex())
    assert ("previous", 4) in faults(lines)


@pytest.mark.parametrize(
    ("at", "members"),
    [
        (0, {"format": "countersign-ledger/2"}),
        (0, {"origin": 1}),
        (0, {"entries": -1}),
        (0, {"entries": True}),
        (0, {"segments": "1"}),
        (0, {"more": 1}),
        (3, {"number": "1"}),
        (3, {"number": True}),
        (3, {"log": 1}),
        (3, {"records": {}}),
        (3, {"records": ["x"]}),
        (3, {"records": ["AA" * 32]}),
        (3, {"records": ["aa" * 31]}),
        (3, {"records": [1]}),
        (3, {"more": 1}),
        (4, {"sequence": "1"}),
        (4, {"sequence": True}),
        (4, {"leaf": "aa"}),
        (4, {"leaf": "zz" * 32}),
        (4, {"event": 1}),
        (4, {"body": 1}),
        (4, {"more": "x"}),
        (4, {"raw": "ff"}),
    ],
)
def test_a_line_with_other_members_makes_the_bundle_unreadable_where_it_stands(small, at, members):
    verdict = examined(changed(small.lines, at, **members))
    assert verdict.judgement is Judgement.UNREADABLE
    assert (verdict.faults[0].code, verdict.faults[0].place) == ("unreadable", at + 1)


def test_lines_stand_in_their_order_up_to_the_end(small):
    lines = list(small.lines)
    end = len(lines)
    for wrong, place in (
        ([*lines[:3], lines[0], *lines[3:]], 4),
        ([*lines[:4], lines[1], *lines[4:]], 5),
        ([*lines[:5], lines[3], *lines[5:]], 6),
        (lines[1:], 1),
        ([*lines, b"\n"], end + 1),
        (lines[:-1], end),
        ([*lines[:2], b'{"other":1}\n', *lines[2:]], 3),
        ([*lines[:2], b'{"checkpoint":"x","entry":1}\n', *lines[2:]], 3),
        ([*lines[:2], b'{"checkpoint":1}\n', *lines[2:]], 3),
        ([*lines[:-1], lines[-1].rstrip(b"\n")], end),
        ([*lines[:-1], b'{"end":{"sha256":"aa"}}\n'], end),
        ([*lines[:-1], b'{"end":[]}\n'], end),
    ):
        verdict = examined(wrong)
        assert (verdict.judgement, verdict.faults[0].place) == ("unreadable", place)


def test_a_line_may_be_two_mebibytes_long_and_no_longer(small):
    head, tail = b'{"checkpoint":"', b'"}\n'
    longest = head + b"x" * (2 * 1024 * 1024 - len(head) - len(tail)) + tail
    assert examined([*small.lines[:2], longest, *small.lines[2:]]).judgement is Judgement.BROKEN
    longer = longest[:20] + b"x" + longest[20:]
    assert examined([*small.lines[:2], longer, *small.lines[2:]]).judgement is Judgement.UNREADABLE


def test_another_digest_at_the_end_is_a_fault_of_its_line(small):
    lines = [*small.lines[:-1], made.line({"end": {"sha256": "0" * 64}})]
    assert faults(lines) == [("end", len(lines))]


@pytest.mark.parametrize("name", ["checkpoints", "entries", "segments"])
def test_the_header_counts_every_kind(small, name):
    said = json.loads(small.lines[0])["bundle"][name]
    assert faults(changed(small.lines, 0, **{name: said + 1})) == [("count", 0)]


def test_a_key_from_outside_is_one_of_the_logs_keys(whole):
    assert faults(whole.lines, key=SECOND.public.text) == []
    assert faults(whole.lines, key=THIEF.public.text) == [("key", 0)]


def test_a_rotation_that_no_checkpoint_bears_out_is_a_fault_at_its_entry(whole):
    plan = replace(whole.plan, sizes=(1, 39))
    assert faults(made.made(plan).lines) == []
    alone = made.signed(whole.plan, 63, whole.leaves, [SECOND])
    lines = list(made.made(replace(whole.plan, sizes=(1, 39, 63))).lines)
    assert faults(made.sealed([*lines[:3], made.line({"checkpoint": alone.text}), *lines[4:]])) == [
        ("key", 40)
    ]


def test_exit_codes_are_those_of_the_page():
    assert [each.exit_code for each in Judgement] == [0, 1, 2, 3]
    assert [str(each) for each in Judgement] == ["intact", "broken", "unreadable", "unproven"]


def verdict_of(found=(), **changes):
    counted = {"entries": 9, "segments": 2, "records": 5, "checkpoints": 3, "head": "h", "root": "r"}
    asked = {"has_key": True, "covered": 9, "outside": 9} | changes
    own = {name: asked.pop(name) for name in list(asked) if name in counted}
    return verdicts.verdict_of(found, **asked, **(counted | own))


@pytest.mark.parametrize(
    ("has_key", "covered", "outside", "judgement"),
    [
        (True, 9, 0, "intact"),
        (True, 0, 0, "unproven"),
        (False, 9, 0, "unproven"),
        (False, 4, 4, "intact"),
        (False, 0, 1, "intact"),
    ],
)
def test_intact_needs_something_from_outside(has_key, covered, outside, judgement):
    assert verdict_of(has_key=has_key, covered=covered, outside=outside).judgement == judgement
    found = [Found("leaf", 3, "x")]
    broken = verdict_of(found, has_key=has_key, covered=covered, outside=outside)
    assert (broken.judgement, broken.is_intact) == ("broken", False)


def test_faults_are_told_once_each_by_place_and_code():
    found = [Found("b", 2, "x"), Found("a", 2, "y"), Found("z", 1, "y"), Found("b", 2, "again")]
    assert [(each.place, each.code) for each in verdict_of(found).faults] == [(1, "z"), (2, "a"), (2, "b")]


def said(words):
    return [next((mark for mark in _MARKS if mark in each), each) for each in words]


_MARKS = (
    "All 9 entries",
    "5 records of 2 segments",
    "with the key you gave",
    "held outside",
    "are under no checkpoint:",
    "No public key",
    "under no checkpoint from outside",
    "Times are",
)


@pytest.mark.parametrize(
    ("changes", "proven", "unproven"),
    [
        (
            {},
            ["All 9 entries", "5 records of 2 segments", "with the key you gave", "held outside"],
            ["Times are"],
        ),
        (
            {"covered": 8, "outside": 8},
            ["All 9 entries", "5 records of 2 segments", "with the key you gave", "held outside"],
            ["are under no checkpoint:", "under no checkpoint from outside", "Times are"],
        ),
        (
            {"has_key": False, "outside": 0, "segments": 0},
            ["All 9 entries"],
            ["No public key", "under no checkpoint from outside", "Times are"],
        ),
        (
            {"covered": 0, "outside": 0, "has_key": False},
            ["All 9 entries", "5 records of 2 segments"],
            ["are under no checkpoint:", "under no checkpoint from outside", "Times are"],
        ),
        ({"entries": 0, "segments": 0, "covered": 0, "outside": 0}, [], ["Times are"]),
    ],
)
def test_the_words_promise_what_was_proven_and_nothing_else(changes, proven, unproven):
    verdict = verdict_of(**changes)
    assert said(verdicts.proven(verdict)) == proven
    assert said(verdicts.unproven(verdict)) == unproven
    plain = verdict.plain()
    assert plain["format"] == "countersign-verdict/1"
    assert (said(plain["proven"]), said(plain["unproven"])) == (proven, unproven)


def test_the_numbers_in_the_words_are_those_that_were_counted():
    verdict = verdict_of(covered=7, outside=4)
    first, newest = list(verdicts.proven(verdict))[2:], list(verdicts.unproven(verdict))
    assert "first 7" in first[0]
    assert "first 4" in first[1]
    assert "newest 2" in newest[0]
    assert "number 4" in newest[1]


def test_a_broken_verdict_proves_nothing():
    assert list(verdicts.proven(verdict_of([Found("leaf", 1, "x")]))) == []


def test_of_an_unreadable_file_nothing_is_counted():
    verdict = verdicts.unreadable(7, "why")
    assert verdict.plain()["faults"] == [{"code": "unreadable", "place": 7, "what": "why"}]
    assert (verdict.judgement, verdict.head, verdict.root, verdict.has_key) == (
        "unreadable",
        "0" * 64,
        "",
        False,
    )
    assert {
        getattr(verdict, name)
        for name in ("entries", "segments", "records", "checkpoints", "covered", "outside")
    } == {0}
