"""The sealer signs what extends what it signed before, and nothing else."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction

from accounts.selectors import the_installation
from audit import (
    bundle,
    checkpoint,
    lease,
    proofs,
    segments,
    selectors,
    services,
    stored,
    tiles,
    tree,
)
from audit.checkpoint import VerifierKey
from audit.events import Event
from audit.examination import Outside
from audit.models import Checkpoint, Entry, Segment, SegmentRow, Tile, Unsealed
from audit.sealer import Inconsistent, Sealer, rotate
from audit.sealer_folder import Folder, Unusable
from mrm.lib import clock
from mrm.lib.errors import Unavailable
from tests.audit.sealing import ORIGIN, SealerTurn, add, folder, queue, sealer, sealer_of, tampered

__all__ = ["folder", "sealer"]

pytestmark = pytest.mark.django_db


def test_the_first_checkpoint_adopts_the_key_and_covers_every_entry(sealer, folder):
    note = sealer.checkpoint()
    (key,) = folder.keys().values()
    assert note.size == selectors.size()
    assert key.public.has_signed(note)
    assert Entry.objects.filter(event=Event.LOG_KEY_ADOPTED).count() == 1
    assert note.root == tree.root([row.leaf for row in stored.rows()])


def test_nothing_new_is_not_signed_again(sealer):
    sealer.checkpoint()
    assert sealer.checkpoint() is None
    assert Checkpoint.objects.count() == 1


def test_a_verification_with_the_key_proves_the_log_intact(sealer, folder, cast):
    sealer.checkpoint()
    add(cast, 3)
    note = sealer.checkpoint()
    (key,) = folder.keys().values()
    verdict = selectors.verify(key=key.public)
    assert (verdict.judgement, verdict.covered, verdict.faults) == ("intact", note.size, ())
    assert selectors.verify().judgement == "unproven"


def test_records_become_one_entry_and_each_has_its_place(sealer, cast):
    records = queue(5)
    assert segments.seal(actor=the_installation(), log="decisions") == 5
    assert not Unsealed.objects.exists()
    assert stored.records_of(Segment.objects.get().number) == records
    assert Entry.objects.order_by("-sequence").first().event == "segment:sealed"
    assert selectors.verify().is_intact


def test_segments_are_cut_where_they_are_full(sealer, monkeypatch):
    monkeypatch.setattr(segments, "ROWS", 4)
    queue(10)
    assert segments.seal(actor=the_installation(), log="decisions") == 10
    assert list(Segment.objects.values_list("number", "size")) == [(1, 4), (2, 4), (3, 2)]
    assert selectors.verify().is_intact


def test_a_record_of_each_log_is_proven_down_to_the_checkpoint(sealer, cast):
    bodies = [f"body {n}".encode() for n in range(7)]
    with transaction.atomic():
        for body in bodies:
            services.queue_unsealed(log="decisions", record_hash=proofs.chain.leaf_of(body))
    segments.seal(actor=the_installation(), log="decisions")
    with pytest.raises(proofs.NotCovered):
        proofs.of_record(bodies[3])
    note = sealer.checkpoint()
    for position, body in enumerate(bodies):
        proof = proofs.of_record(body)
        assert (proof.record.position, proof.note) == (position, note)
        climbed = tree.climbed(
            proof.entry.leaf, index=proof.entry.position, size=note.size, siblings=proof.entry.path
        )
        assert climbed == note.root


def test_every_entry_is_proven_through_stored_tiles(sealer, cast, monkeypatch):
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_HEIGHT", 2)
    for count in (1, 2, 5, 13, 30):
        add(cast, count)
        note = sealer.checkpoint()
        assert note.root == tree.root([row.leaf for row in stored.rows()])
    assert {level for (level,) in Tile.objects.values_list("level")} == {0, 1, 2}
    for sequence in range(1, note.size + 1):
        assert proofs.of_entry(sequence).sequence == sequence


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET body = %s WHERE sequence = (SELECT MAX(sequence) FROM audit_entry)",
        "UPDATE audit_entry SET leaf = %s WHERE sequence = (SELECT MAX(sequence) FROM audit_entry)",
    ],
)
def test_an_altered_new_entry_is_never_signed(sealer, cast, folder, statement):
    sealer.checkpoint()
    add(cast, 2)
    tampered(statement, b"0" * 32)
    before = folder.state()
    with pytest.raises(Inconsistent, match="Entry"):
        sealer.checkpoint()
    assert folder.state() == before
    assert Checkpoint.objects.count() == 1


def test_a_log_cut_off_below_what_was_signed_is_never_signed_again(sealer, cast):
    sealer.checkpoint()
    tampered("DELETE FROM audit_entry WHERE sequence = (SELECT MAX(sequence) FROM audit_entry)")
    with pytest.raises(Inconsistent, match="ends at entry"):
        sealer.checkpoint()


def test_a_log_rewritten_and_grown_again_is_never_signed(sealer, cast):
    sealer.checkpoint()
    tampered("DELETE FROM audit_entry WHERE sequence = (SELECT MAX(sequence) FROM audit_entry)")
    add(cast, 2)
    with pytest.raises(Inconsistent, match="does not name the leaf before"):
        sealer.checkpoint()


def test_a_checkpoint_removed_from_the_database_is_put_back_from_the_folder(sealer, folder):
    note = sealer.checkpoint()
    tampered("DELETE FROM audit_checkpoint")
    tampered("DELETE FROM audit_tile")
    sealer_of(folder).checkpoint()
    assert Checkpoint.objects.get(size=note.size).note == note.text


def test_death_between_signature_and_database_loses_nothing_and_signs_nothing_else(
    sealer, folder, cast, monkeypatch
):
    sealer.checkpoint()
    add(cast)

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Sealer, "_publish", die)
        sealer.checkpoint()
    signed = folder.state()
    add(cast)
    sealer_of(folder).checkpoint()
    assert Checkpoint.objects.get(size=signed.size).note == signed.note
    assert selectors.verify().is_intact


def test_another_machine_goes_on_from_what_the_first_one_signed(sealer, folder, cast, tmp_path):
    sealer.checkpoint()
    second = Folder(tmp_path / "second")
    second.path.mkdir()
    for file in folder.path.glob("*.key"):
        (second.path / file.name).write_bytes(file.read_bytes())
    add(cast)
    other = sealer_of(second)
    assert other.checkpoint().size == selectors.size()
    add(cast)
    assert sealer.checkpoint().size == selectors.size()
    assert selectors.verify().is_intact


def test_a_foreign_checkpoint_in_the_database_stops_the_sealer(sealer, folder, cast):
    sealer.checkpoint()
    add(cast, 2)
    stranger = checkpoint.SigningKey.made(ORIGIN)
    forged = checkpoint.signed(origin=ORIGIN, size=selectors.size(), root=b"r" * 32, keys=[stranger])
    Checkpoint(size=forged.size, note=forged.text, at="2026-01-01T00:00Z").save(force_insert=True)
    with pytest.raises(Inconsistent, match="does not follow"):
        sealer.checkpoint()


def test_a_lost_key_signs_nothing(sealer, folder, cast):
    sealer.checkpoint()
    next(folder.path.glob("*.key")).unlink()
    add(cast)
    with pytest.raises(Inconsistent, match="not in the sealer's folder"):
        sealer.checkpoint()


def test_rotation_is_an_entry_signed_by_both_keys_and_the_old_one_is_destroyed(sealer, folder, cast):
    sealer.checkpoint()
    (old,) = folder.keys().values()
    new = rotate(folder=folder, actor=the_installation())
    with pytest.raises(Inconsistent, match="has not signed yet"):
        rotate(folder=folder, actor=the_installation())
    note = sealer.checkpoint()
    assert old.public.has_signed(note)
    assert new.has_signed(note)
    assert list(folder.keys()) == [new.text]
    add(cast)
    later = sealer.checkpoint()
    assert new.has_signed(later)
    assert not old.public.has_signed(later)
    for key in (old.public, new):
        assert selectors.verify(key=key).judgement == "intact"


def test_a_state_that_was_tampered_with_is_refused(sealer, folder):
    sealer.checkpoint()
    file = folder.path / "state.json"
    file.write_text(file.read_text().replace('"size": ', '"size": 1'))
    with pytest.raises(Unusable, match="does not hold together"):
        folder.state()


def test_two_sealers_never_work_at_once(sealer, folder, cast):
    assert lease.take() is None
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        SealerTurn.second = lease.take()
    add(cast)
    with pytest.raises(lease.Lost):
        sealer.checkpoint()
    assert not Checkpoint.objects.exists()


def test_a_clock_some_seconds_behind_takes_no_turn_that_has_just_begun(sealer):
    SealerTurn.held.release()
    with time_machine.travel(clock.now() + dt.timedelta(seconds=5)):
        assert lease.take() is not None
    assert lease.take() is None


def test_a_clock_set_back_a_day_stops_sealing_for_no_day(sealer):
    SealerTurn.held.release()
    with time_machine.travel(clock.now() + dt.timedelta(days=1)):
        assert lease.take() is not None
    assert lease.take() is not None


def test_the_bundle_of_the_log_verifies_with_the_key(sealer, folder, cast, tmp_path):
    queue(3)
    segments.seal(actor=the_installation(), log="decisions")
    sealer.checkpoint()
    (key,) = folder.keys().values()
    file = tmp_path / "bundle.jsonl"
    file.write_bytes(b"".join(bundle.lines(stored.contents())))
    verdict = bundle.examine_file(file, key=key.public.text)
    assert (verdict.judgement, verdict.faults) == ("intact", ())
    assert (verdict.entries, verdict.records) == (selectors.size(), 3)


def test_an_old_anchor_contradicts_a_log_rewritten_with_the_stolen_key(sealer, folder, cast, tmp_path):
    add(cast, 5)
    held_outside = sealer.checkpoint().text
    (key,) = folder.keys().values()
    rows = [row for row in stored.rows() if row.event != Event.ROLE_GRANTED]
    forged = _rewritten(rows)
    note = checkpoint.signed(
        origin=ORIGIN, size=len(forged), root=tree.root([row.leaf for row in forged]), keys=[key]
    )
    contents = bundle.Contents(
        ORIGIN,
        {"checkpoints": 1, "entries": len(forged), "segments": 0},
        iter([note.text]),
        iter(()),
        iter(forged),
    )
    file = tmp_path / "bundle.jsonl"
    file.write_bytes(b"".join(bundle.lines(contents)))
    assert bundle.examine_file(file, key=key.public.text).judgement == "intact"
    verdict = bundle.examine_file(file, key=key.public.text, notes=[held_outside])
    assert [found.code for found in verdict.faults] == ["anchor-size"]


def _rewritten(rows):
    import json

    forged, previous = [], "0" * 64
    for sequence, row in enumerate(rows, 1):
        content = json.loads(row.body) | {"sequence": sequence, "previous": previous}
        body = bundle.canonical.dumps(content)
        leaf = proofs.chain.leaf_of(body)
        forged.append(row._replace(sequence=sequence, body=body, leaf=leaf))
        previous = leaf.hex()
    return forged


def test_the_key_outside_must_be_one_of_this_log(sealer):
    sealer.checkpoint()
    stranger = checkpoint.SigningKey.made(ORIGIN).public
    verdict = selectors.verify(key=VerifierKey.read(stranger.text))
    assert [(found.code, found.place) for found in verdict.faults] == [("key", 0)]


def test_a_segment_row_removed_is_named(sealer):
    queue(4)
    segments.seal(actor=the_installation(), log="decisions")
    sealer.checkpoint()
    victim = SegmentRow.objects.get(position=2).pk
    tampered("DELETE FROM audit_segmentrow WHERE id = %s", victim)
    found = selectors.verify().faults
    assert [(each.code, each.place) for each in found] == [("segment-size", 1)]
    assert Outside().key is None


@pytest.mark.parametrize("level", [0, 1])
def test_a_tile_taken_away_is_named_and_neither_signed_over_nor_a_fault_of_the_program(
    sealer, cast, monkeypatch, level
):
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_HEIGHT", 2)
    add(cast, 40)
    sealer.checkpoint()
    tampered("DELETE FROM audit_tile WHERE level = %s AND number = 0", level)
    tampered("DELETE FROM audit_tile WHERE level = 0 AND number = 1")
    add(cast)
    if level:
        with pytest.raises(Inconsistent, match=r"hole|do not lead"):
            sealer.checkpoint()
        with pytest.raises(Unavailable, match=r"[Cc]all the auditor"):
            proofs.of_entry(30)
    else:
        assert sealer.checkpoint().size == selectors.size()
        assert proofs.of_entry(30).sequence == 30
