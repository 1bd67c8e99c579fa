"""The sealer, its folder, segments, tiles and proofs at their edges: what must hold when somebody changes one line."""

import dataclasses
import json
import os
import secrets
import stat

import pytest
from django.db import transaction

from accounts.selectors import the_installation
from audit import (
    chain,
    checkpoint,
    lease,
    proofs,
    sealer_folder,
    segments,
    selectors,
    services,
    stored,
    tiles,
    tree,
)
from audit.checkpoint import SigningKey
from audit.events import Event
from audit.models import Checkpoint, Entry, Segment, SegmentRow, Tile, Unsealed
from audit.sealer import Inconsistent, Sealer, rotate
from audit.sealer_folder import Folder, State, Unusable
from mrm.lib import clock
from mrm.lib.errors import NotFound, Unavailable
from tests.audit.test_sealer import add, queue, tampered

ORIGIN = "tests.example/log"


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "deep" / "sealer")


@pytest.fixture
def keyed(folder):
    folder.add_key(ORIGIN)
    return folder


def sealing(folder):
    held = lease.take()
    assert held is not None
    return Sealer(folder=folder, actor=the_installation(), held=held)


@pytest.fixture
def sealer(cast, keyed):
    return sealing(keyed)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_their_owners_alone_and_written_whole(folder):
    assert folder.keys() == {}
    key = folder.add_key(ORIGIN)
    (file,) = folder.path.iterdir()
    assert (file.name, file.read_text()) == (f"{key.public.key_id.hex()}.key", f"{key.text}\n")
    assert (mode(folder.path), mode(file)) == (0o700, 0o600)
    assert {text: kept.text for text, kept in folder.keys().items()} == {key.public.text: key.text}


def test_a_key_file_is_never_written_over(folder, monkeypatch):
    key = folder.add_key(ORIGIN)
    monkeypatch.setattr(SigningKey, "made", classmethod(lambda *_: key))
    with pytest.raises(FileExistsError):
        folder.add_key(ORIGIN)


def test_a_forgotten_key_is_gone_and_forgetting_twice_is_no_error(folder):
    first, second = folder.add_key(ORIGIN), folder.add_key(ORIGIN)
    for _ in range(2):
        folder.forget_key(first.public)
    assert list(folder.keys()) == [second.public.text]


@pytest.mark.parametrize("content", [b"", b"x\n", b"\xff\xfe"])
def test_a_file_that_holds_no_key_stops_the_folder(keyed, content):
    (keyed.path / "z.key").write_bytes(content)
    with pytest.raises(Unusable, match=r"z\.key is no key file"):
        keyed.keys()


def test_one_sealer_a_folder(folder):
    with folder.locked():
        assert mode(folder.path) == 0o700
        with pytest.raises(Unusable, match="Another sealer"), Folder(folder.path).locked():
            pass
    with folder.locked():
        pass


def test_nothing_signed_is_the_empty_state(folder):
    assert folder.state() == State(0, (), "0" * 64, "", "")
    assert folder.state().range.size == 0


@pytest.mark.django_db
def test_a_state_is_read_as_it_was_kept_and_leaves_no_other_file(sealer, keyed):
    note = sealer.checkpoint()
    state = keyed.state()
    assert state == sealer.state
    assert (state.size, state.note) == (note.size, note.text)
    assert json.loads((keyed.path / "state.json").read_bytes())["format"] == "countersign-sealer/1"
    assert state.head == bytes(Entry.objects.get(sequence=note.size).leaf).hex()
    assert state.range.root() == note.root
    assert sorted(file.suffix for file in keyed.path.iterdir()) == [".json", ".key"]


@pytest.mark.django_db
def test_a_state_that_could_not_be_kept_leaves_the_one_before(sealer, keyed, monkeypatch):
    sealer.checkpoint()
    before, content = keyed.state(), (keyed.path / "state.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
        patched.setattr(sealer_folder.json, "dump", full)
        keyed.keep(dataclasses.replace(before, head="1" * 64))
    assert (keyed.path / "state.json").read_bytes() == content
    assert len(list(keyed.path.iterdir())) == 2


@pytest.mark.django_db
def test_key_and_state_are_on_the_disk_whole_before_anything_rests_on_them(cast, folder, monkeypatch):
    """What is synced is a file with its whole content, and the folder that names it after that."""
    synced, really = [], os.fsync

    def sync(handle):
        synced.append((stat.S_ISDIR(os.fstat(handle).st_mode), os.fstat(handle).st_size > 40))
        really(handle)

    monkeypatch.setattr(os, "fsync", sync)
    folder.add_key(ORIGIN)
    assert [each[0] for each in synced] == [False, True]
    assert synced[0][1]
    synced.clear()
    sealing(folder).checkpoint()
    assert [each[0] for each in synced] == [False, True]
    assert synced[0][1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["format", "size", "hashes", "head", "key", "note"])
def test_a_state_without_one_of_its_members_is_unusable(sealer, keyed, name):
    sealer.checkpoint()
    file = keyed.path / "state.json"
    kept = json.loads(file.read_bytes())
    del kept[name]
    file.write_text(json.dumps(kept))
    with pytest.raises(Unusable, match="does not hold together"):
        keyed.state()


@pytest.mark.django_db
def test_a_state_that_was_changed_is_unusable(sealer, keyed):
    note = sealer.checkpoint()
    file = keyed.path / "state.json"
    kept = json.loads(file.read_bytes())
    thief = SigningKey.made(ORIGIN)
    forged = checkpoint.signed(origin=ORIGIN, size=note.size, root=note.root, keys=[thief])
    other = checkpoint.signed(origin=ORIGIN, size=note.size, root=b"r" * 32, keys=list(keyed.keys().values()))
    for changed in (
        {"format": "countersign-sealer/2"},
        {"hashes": "x"},
        {"hashes": kept["hashes"][:-1]},
        {"hashes": ["00" * 32 for _ in kept["hashes"]]},
        {"key": thief.public.text},
        {"key": ""},
        {"note": forged.text},
        {"note": other.text},
        {"note": ""},
        {"size": kept["size"] + 1},
    ):
        file.write_text(json.dumps(kept | changed))
        with pytest.raises(Unusable, match="does not hold together"):
            keyed.state()
    for content in (b"", b"{", b"\xff"):
        file.write_bytes(content)
        with pytest.raises(Unusable, match="cannot be read"):
            keyed.state()


@pytest.mark.django_db
def test_the_first_key_lies_alone(cast, folder):
    folder.path.mkdir(parents=True)
    lone = sealing(folder)
    with pytest.raises(Inconsistent, match="there are 0"):
        lone.checkpoint()
    folder.add_key(ORIGIN)
    folder.add_key(ORIGIN)
    with pytest.raises(Inconsistent, match="there are 2"):
        lone.checkpoint()
    assert not Entry.objects.filter(event=Event.LOG_KEY_ADOPTED).exists()
    assert not Checkpoint.objects.exists()


@pytest.mark.django_db
def test_the_adopting_entry_names_key_and_log_and_is_written_once(sealer, keyed, cast):
    sealer.checkpoint()
    add(cast)
    sealer.checkpoint()
    (key,) = keyed.keys()
    entry = Entry.objects.get(event=Event.LOG_KEY_ADOPTED)
    content = chain.content_of(bytes(entry.body))
    assert (content["facts"], content["subject"]) == ({"key": key}, {"id": ORIGIN, "type": "log"})
    assert entry.actor_id == the_installation().ledger_id


@pytest.mark.django_db
def test_a_checkpoint_is_stored_with_its_size_and_the_time_of_signing(sealer):
    before = clock.now()
    note = sealer.checkpoint()
    kept = Checkpoint.objects.get()
    assert (kept.size, kept.note) == (note.size, note.text)
    assert before <= kept.at <= clock.now()


@pytest.mark.django_db
def test_each_checkpoint_is_over_exactly_what_is_there_and_continues_the_last(sealer, cast, keyed):
    sizes = []
    for count in (0, 1, 2, 5):
        add(cast, count)
        note = sealer.checkpoint()
        sizes.append(selectors.size())
        assert note.size == sizes[-1]
        assert note.root == tree.root([row.leaf for row in stored.rows()])
        assert Sealer(folder=keyed, actor=the_installation(), held=lease.Lease(1)).state == sealer.state
    assert list(Checkpoint.objects.values_list("size", flat=True)) == sizes


@pytest.mark.django_db
def test_a_long_walk_keeps_its_turn(sealer, cast, monkeypatch):
    """So that nobody else takes it while a million entries are recomputed."""
    add(cast, 7)
    monkeypatch.setattr(stored, "CHUNK", 4)
    last = selectors.size() + 1
    renewed = []
    monkeypatch.setattr(lease.Lease, "renew", lambda _: renewed.append(None))
    sealer.checkpoint()
    assert len(renewed) == last // 4


@pytest.mark.django_db
def test_another_checkpoint_of_the_same_size_stops_the_sealer(sealer, keyed, cast):
    note = sealer.checkpoint()
    other = checkpoint.signed(origin=ORIGIN, size=note.size, root=b"r" * 32, keys=list(keyed.keys().values()))
    tampered("UPDATE audit_checkpoint SET note = %s", other.text)
    add(cast)
    with pytest.raises(Inconsistent, match=f"another checkpoint of size {note.size}"):
        sealer.checkpoint()


@pytest.mark.django_db
def test_a_stored_checkpoint_that_is_none_stops_the_sealer(sealer, cast):
    sealer.checkpoint()
    add(cast)
    Checkpoint(size=selectors.size(), note="torn", at=clock.now()).save(force_insert=True)
    with pytest.raises(Inconsistent, match="is none"):
        sealer.checkpoint()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["root", "hand"])
def test_a_stored_checkpoint_is_followed_only_with_the_right_root_and_hand(sealer, keyed, cast, wrong):
    sealer.checkpoint()
    add(cast, 2)
    root = b"r" * 32 if wrong == "root" else tree.root([row.leaf for row in stored.rows()])
    signers = list(keyed.keys().values()) if wrong == "root" else [SigningKey.made(ORIGIN)]
    forged = checkpoint.signed(origin=ORIGIN, size=selectors.size(), root=root, keys=signers)
    Checkpoint(size=forged.size, note=forged.text, at=clock.now()).save(force_insert=True)
    before = keyed.state()
    with pytest.raises(Inconsistent, match="does not follow"):
        sealer.checkpoint()
    assert keyed.state() == before


@pytest.mark.django_db
def test_a_sealer_that_followed_another_keeps_what_it_saw(sealer, keyed, cast):
    sealer.checkpoint()
    add(cast)
    note = checkpoint.signed(
        origin=ORIGIN,
        size=selectors.size(),
        root=tree.root([row.leaf for row in stored.rows()]),
        keys=list(keyed.keys().values()),
    )
    Checkpoint(size=note.size, note=note.text, at=clock.now()).save(force_insert=True)
    assert sealer.checkpoint() is None
    assert (keyed.state().note, sealer.state.note) == (note.text, note.text)


@pytest.mark.django_db
def test_stored_tiles_that_lead_elsewhere_are_never_published(sealer, cast, monkeypatch):
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_HEIGHT", 2)
    sealer.checkpoint()
    assert Tile.objects.exists()
    tampered("UPDATE audit_tile SET hashes = %s", b"h" * 128)
    tampered("UPDATE audit_tile SET root = %s", b"h" * 32)
    add(cast, 5)
    count = Checkpoint.objects.count()
    with pytest.raises(Inconsistent, match="stored leaves do not lead"):
        sealer.checkpoint()
    assert Checkpoint.objects.count() == count


@pytest.mark.django_db
def test_tiles_are_stored_once_they_are_full_and_hold_the_hashes_below(sealer, cast, monkeypatch):
    monkeypatch.setattr(tiles, "WIDTH", 4)
    monkeypatch.setattr(tiles, "_HEIGHT", 2)
    for _ in range(3):
        add(cast, 7)
        size = sealer.checkpoint().size
        assert Tile.objects.filter(level=0).count() == size // 4
        assert Tile.objects.filter(level=1).count() == size // 16
    leaves = [row.leaf for row in stored.rows()]
    for tile in Tile.objects.filter(level=0):
        below = leaves[tile.number * 4 : tile.number * 4 + 4]
        assert (bytes(tile.hashes), bytes(tile.root)) == (b"".join(below), tree.root(below))
        assert tiles.filled(0, tile.number) == below
    assert tiles.filled(0, size // 4) is None
    assert tiles.Tiles(size).range().hashes == _range(leaves).hashes


def _range(leaves):
    grown = tree.Range()
    for leaf in leaves:
        grown.append(leaf)
    return grown


@pytest.mark.django_db
def test_rotation_waits_for_the_first_signature(cast, keyed):
    with pytest.raises(Inconsistent, match="has not signed yet"):
        rotate(folder=keyed, actor=the_installation())
    assert len(keyed.keys()) == 1


@pytest.mark.django_db
def test_rotation_takes_the_key_that_an_interrupted_one_made(sealer, keyed):
    sealer.checkpoint()
    (first,) = keyed.keys()
    made = keyed.add_key(ORIGIN)
    assert rotate(folder=keyed, actor=the_installation()) == made.public
    assert set(keyed.keys()) == {first, made.public.text}
    entry = Entry.objects.get(event=Event.LOG_KEY_ROTATED)
    content = chain.content_of(bytes(entry.body))
    assert content["facts"] == {"key": made.public.text, "previous": first}
    assert content["subject"] == {"id": ORIGIN, "type": "log"}
    note = sealer.checkpoint()
    assert [each.key_id for each in note.signatures] == [made.public.key_id, keyed_id(first)]
    assert list(keyed.keys()) == [made.public.text]


def keyed_id(text):
    return checkpoint.VerifierKey.read(text).key_id


@pytest.mark.django_db
def test_a_key_that_was_not_used_yet_is_not_forgotten(sealer, keyed, cast):
    sealer.checkpoint()
    keyed.add_key(ORIGIN)
    add(cast)
    sealer.checkpoint()
    assert len(keyed.keys()) == 2


@pytest.mark.django_db
def test_a_missing_key_is_named_by_its_id(sealer, keyed, cast):
    sealer.checkpoint()
    (text,) = keyed.keys()
    keyed.forget_key(checkpoint.VerifierKey.read(text))
    add(cast)
    with pytest.raises(Inconsistent, match=f"private key of {keyed_id(text).hex()} is not"):
        sealer.checkpoint()


@pytest.mark.django_db
def test_two_rotations_leave_the_last_key(sealer, keyed):
    for _ in range(2):
        sealer.checkpoint()
        new = rotate(folder=keyed, actor=the_installation())
    note = sealer.checkpoint()
    assert new.has_signed(note)
    assert list(keyed.keys()) == [new.text]
    assert selectors.verify(key=new).judgement == "intact"


@pytest.mark.django_db
def test_what_waits_is_counted_by_log_up_to_one_segment(cast, monkeypatch):
    assert segments.waiting() == {}
    queue(2)
    queue(1, "access")
    assert segments.waiting() == {"decisions": 2, "access": 1}
    monkeypatch.setattr(segments, "ROWS", 1)
    assert segments.waiting() == {"decisions": 2}


@pytest.mark.django_db
def test_a_segment_says_what_it_holds_in_row_and_entry(cast, monkeypatch):
    other, first, second = queue(1, "access"), queue(2), queue(1)
    monkeypatch.setattr(segments, "ROWS", 2)
    assert segments.seal(actor=the_installation(), log="decisions") == 3
    assert [stored.records_of(number) for number in (1, 2)] == [first, second]
    assert [bytes(each.record) for each in Unsealed.objects.all()] == other
    for number, records in ((1, first), (2, second)):
        row = Segment.objects.get(number=number)
        assert (row.log, row.size, bytes(row.root)) == ("decisions", len(records), tree.root(records))
        entry = Entry.objects.get(event="segment:sealed", subject_type="segment", subject_id=str(number))
        facts = chain.content_of(bytes(entry.body))["facts"]
        assert facts == {"log": "decisions", "root": tree.root(records).hex(), "size": len(records)}
        assert list(
            SegmentRow.objects.filter(segment=row).values_list("position", flat=True).order_by("position")
        ) == [*range(len(records))]
    assert segments.seal(actor=the_installation(), log="decisions") == 0
    assert Segment.objects.count() == 2


@pytest.mark.django_db
def test_exactly_one_full_segment_is_one(cast, monkeypatch):
    monkeypatch.setattr(segments, "ROWS", 3)
    queue(3)
    assert segments.seal(actor=the_installation(), log="decisions") == 3
    assert Segment.objects.count() == 1


def sealed_bodies(count=5):
    bodies = [secrets.token_hex(8).encode() for _ in range(count)]
    with transaction.atomic():
        for body in bodies:
            services.queue_unsealed(log="decisions", record_hash=chain.leaf_of(body))
    segments.seal(actor=the_installation(), log="decisions")
    return bodies


@pytest.mark.django_db
def test_a_proof_says_all_it_rests_on(sealer, keyed, cast):
    bodies = sealed_bodies()
    note = sealer.checkpoint()
    add(cast)
    (key,) = keyed.keys()
    entry = Entry.objects.get(event="segment:sealed")
    proof = proofs.of_record(bodies[3])
    said = json.loads(proof.content())["proof"]
    leaves = [chain.leaf_of(body) for body in bodies]
    assert proof.content().endswith(b"}\n")
    assert said["checkpoint"] == note.text
    assert said["format"] == "countersign-proof/1"
    assert said["key"] == key
    assert said["entry"]["body"] == bytes(entry.body).decode()
    assert said["record"] == {
        "body": bodies[3].decode(),
        "path": [each.hex() for each in tree.path(leaves, 3)],
        "position": 3,
    }
    assert (proof.sequence, proof.entry.position) == (entry.sequence, entry.sequence - 1)
    alone = proofs.of_entry(entry.sequence)
    assert (alone.record, alone.key, json.loads(alone.content())["proof"]["record"]) == (None, key, None)


@pytest.mark.django_db
def test_an_entry_is_proven_from_the_checkpoint_over_it_on(sealer, cast):
    note = sealer.checkpoint()
    assert proofs.of_entry(note.size).note == note
    add(cast)
    with pytest.raises(proofs.NotCovered, match=f"Entry {note.size + 1}") as refused:
        proofs.of_entry(note.size + 1)
    assert (refused.value.status, refused.value.code) == (409, "not-covered")
    for sequence in (0, note.size + 2):
        with pytest.raises(NotFound, match=f"no entry {sequence}"):
            proofs.of_entry(sequence)


@pytest.mark.django_db
def test_without_any_checkpoint_nothing_is_proven(cast):
    with pytest.raises(proofs.NotCovered):
        proofs.of_entry(1)


@pytest.mark.django_db
def test_a_record_that_waits_and_one_that_nobody_knows_are_told_apart(sealer):
    with transaction.atomic():
        services.queue_unsealed(log="decisions", record_hash=chain.leaf_of(b"waits"))
    with pytest.raises(proofs.NotCovered, match="waits for its segment"):
        proofs.of_record(b"waits")
    with pytest.raises(Unavailable, match="Call the auditor"):
        proofs.of_record(b"unknown")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_segmentrow SET record = %s WHERE position = 1", "is not what its entry sealed"),
        (
            "DELETE FROM audit_segmentrow WHERE position = 4 AND %s IS NOT NULL",
            "is not what its entry sealed",
        ),
        ("UPDATE audit_entry SET body = %s WHERE event = 'segment:sealed'", "is not what its entry sealed"),
        (
            "UPDATE audit_entry SET event = 'x:y' WHERE event = 'segment:sealed' AND %s IS NOT NULL",
            "No entry seals",
        ),
    ],
)
def test_a_segment_that_was_altered_proves_nothing(sealer, statement, said):
    bodies = sealed_bodies()
    sealer.checkpoint()
    tampered(statement, b"x" * 32)
    with pytest.raises(Unavailable, match=said):
        proofs.of_record(bodies[0])


@pytest.mark.django_db
def test_an_altered_entry_does_not_lead_to_the_signed_root(sealer):
    sealer.checkpoint()
    tampered("UPDATE audit_entry SET body = %s WHERE sequence = 2", b"{}")
    with pytest.raises(Unavailable, match="Entry 2 does not lead"):
        proofs.of_entry(2)
    assert proofs.of_entry(1).sequence == 1


@pytest.mark.django_db
def test_the_key_of_a_proof_is_the_one_in_force_at_its_checkpoint(sealer, keyed, cast):
    sealer.checkpoint()
    (first,) = keyed.keys()
    new = rotate(folder=keyed, actor=the_installation())
    assert proofs.of_entry(1).key == first
    sealer.checkpoint()
    assert proofs.of_entry(1).key == new.text
