"""The offline verifier as it is called, in this process: exit codes, and what the report shows and what it counts."""

import json

import pytest

from audit import verifier
from tests.audit import made
from tests.audit.made import FIRST, SECOND


@pytest.fixture(scope="module")
def whole():
    return made.made(made.full_plan(sizes=(1, 7, 39, 40, 64)))


@pytest.fixture
def file(whole, tmp_path):
    path = tmp_path / "bundle"
    path.write_bytes(whole.content)
    return path


def test_the_exit_says_the_verdict(whole, file, tmp_path, capsys):
    note = tmp_path / "note"
    note.write_text(whole.anchor)
    assert verifier.main([str(file), "--key", FIRST.public.text]) == 0
    assert verifier.main([str(file), "--checkpoint", str(note)]) == 0
    assert verifier.main([str(file)]) == 3
    assert verifier.main([str(tmp_path / "none")]) == 2
    assert verifier.main([str(file), "--key", "x"]) == 2
    assert verifier.main([str(file), "--checkpoint", str(tmp_path / "none")]) == 2
    note.write_text(whole.notes[7].text)
    assert verifier.main([str(file), "--checkpoint", str(note), "--key", SECOND.public.text]) == 0
    file.write_bytes(b"".join(made.sealed([*whole.lines[:20], *whole.lines[21:]])))
    assert verifier.main([str(file)]) == 1
    said = capsys.readouterr().out
    assert [said.count(each) for each in ("INTACT:", "UNPROVEN:", "UNREADABLE:", "BROKEN:")] == [3, 1, 3, 1]


def test_the_json_is_the_verdict_with_every_member(file, capsys):
    assert verifier.main([str(file), "--key", FIRST.public.text, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {
        "format",
        "verdict",
        "entries",
        "segments",
        "records",
        "checkpoints",
        "head",
        "root",
        "covered",
        "outside",
        "faults",
        "proven",
        "unproven",
    }
    assert (said["format"], said["verdict"]) == ("countersign-verdict/1", "intact")


@pytest.mark.parametrize(
    ("faults", "shown", "more"), [(1, 1, None), (50, 50, None), (51, 50, 1), (60, 50, 10)]
)
def test_the_report_shows_fifty_faults_and_counts_the_others(faults, shown, more):
    found = verifier.Verdict()
    for place in range(faults):
        found.fault("leaf", place + 1, "It is wrong.")
    found.verdict = "broken"
    said = verifier.report(found)
    assert said.count("It is wrong.") == shown
    assert f"BROKEN: {faults} faults" in said
    assert (f"and {more} more" in said) if more else ("more" not in said)


def test_what_is_proven_and_what_is_not_stands_under_its_title(whole, tmp_path):
    path = tmp_path / "bundle"
    path.write_bytes(whole.content)
    intact = verifier.examine_file(str(path), key=FIRST.public.text, notes=[whole.notes[40].text])
    proven, _, unproven = verifier.report(intact).partition("Not proven:")
    for words in (
        "64 entries have no gap",
        "10 records stand once each in 3 segments",
        "the first 64 entries",
        "key given from outside signed the first 40 entries",
        "The first 40 entries are the ones",
    ):
        assert words.lower() in proven.lower()
    assert "newest 24 entries" in unproven
    assert "under no verified checkpoint" not in unproven
    assert "No public key" not in unproven
    alone = verifier.report(verifier.examine_file(str(path)))
    assert "No public key was given" in alone
    assert "from outside signed" not in alone


@pytest.mark.parametrize("position", [None, 1])
def test_a_proof_is_intact_with_the_key_and_unproven_without(whole, tmp_path, position):
    bodies = ("a", "b", "c")
    from audit import chain

    records = tuple(chain.leaf_of(body.encode()) for body in bodies)
    of = made.made(made.small_plan(segments=(made.Segment(3, "access", records),)))
    path = tmp_path / "proof"
    path.write_bytes(made.proof(of, 3, size=4, position=position, bodies=bodies))
    verdict = verifier.examine_file(str(path), key=FIRST.public.text)
    assert (verdict.verdict, verdict.entries, verdict.records, verdict.covered) == (
        "intact",
        1,
        int(position is not None),
        4,
    )
    assert any("number 3 of the 4 entries" in each for each in verdict.proven)
    assert verifier.examine_file(str(path)).verdict == "unproven"
    other = verifier.examine_file(str(path), key=SECOND.public.text)
    assert [(each.code, each.place) for each in other.faults] == [("key", 0)]
    assert (other.covered, other.proven) == (0, [])
