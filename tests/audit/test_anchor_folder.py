"""A folder outside is written to once: complete files or none, and what contradicts is named."""

import os
import resource
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audit.anchors import AnchorFailed, held_in
from audit.anchors.folder import Folder, name_of
from tests.audit.noted import noted


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_note_becomes_one_read_only_file_of_its_exact_text(tmp_path):
    note = noted(size=42, root=bytes(range(32)))
    assert Folder(tmp_path).hold(note) == b""
    (path,) = tmp_path.iterdir()
    assert path.name == "0000000000000042-0001020304050607.checkpoint"
    assert path.read_bytes() == note.text.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_the_mode_does_not_hang_on_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        Folder(tmp_path).hold(noted())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / name_of(noted())).stat().st_mode) == 0o444


def test_the_same_note_twice_is_one_file_that_was_not_touched(tmp_path):
    Folder(tmp_path).hold(noted())
    before = (tmp_path / name_of(noted())).stat()
    Folder(tmp_path).hold(noted())
    after = (tmp_path / name_of(noted())).stat()
    assert _files(tmp_path) == {name_of(noted())}
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_file_is_on_the_disk_before_it_has_its_name_and_the_name_before_it_counts(tmp_path, monkeypatch):
    seen, sync = [], os.fsync

    def watched(descriptor):
        seen.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), (tmp_path / name_of(noted())).exists()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    Folder(tmp_path).hold(noted())
    assert seen == [(False, False), (True, True)]


def test_many_who_bring_the_same_note_at_once_make_one_file(tmp_path):
    sizes = range(1, 40)
    with ThreadPoolExecutor(8) as at_once:
        for size in sizes:
            assert list(at_once.map(Folder(tmp_path).hold, [noted(size=size)] * 8)) == [b""] * 8
    assert _files(tmp_path) == {name_of(noted(size=size)) for size in sizes}


def test_another_root_of_the_same_size_is_named_and_both_are_left_to_examine(tmp_path):
    Folder(tmp_path).hold(noted(root=b"a" * 32))
    with pytest.raises(AnchorFailed, match=r"holds another checkpoint of this size, .*6161616161616161"):
        Folder(tmp_path).hold(noted(root=b"b" * 32))
    assert _files(tmp_path) == {name_of(noted(root=b"a" * 32))}


def test_roots_that_agree_in_their_first_half_share_a_name_and_still_contradict(tmp_path):
    Folder(tmp_path).hold(noted(root=b"a" * 32))
    with pytest.raises(AnchorFailed, match="holds another checkpoint of this size"):
        Folder(tmp_path).hold(noted(root=b"a" * 31 + b"b"))
    assert held_in(tmp_path).notes == (noted(root=b"a" * 32),)


@pytest.mark.parametrize("content", [b"", b"half a che", noted().text.encode() + b"\n", b"\xff" * 9_000])
def test_a_file_in_the_way_is_never_overwritten(tmp_path, content):
    path = tmp_path / name_of(noted())
    path.write_bytes(content)
    with pytest.raises(AnchorFailed, match="another checkpoint of this size"):
        Folder(tmp_path).hold(noted())
    assert path.read_bytes() == content


def test_a_link_in_the_way_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(noted().text.encode())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name_of(noted())).symlink_to(elsewhere)
    with pytest.raises(AnchorFailed, match="did not take"):
        Folder(folder).hold(noted())


def test_a_folder_that_is_missing_is_not_made(tmp_path):
    with pytest.raises(AnchorFailed, match=r"did not take the checkpoint|cannot be read: No such file"):
        Folder(tmp_path / "not-mounted").hold(noted())
    assert not (tmp_path / "not-mounted").exists()


def test_a_file_for_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AnchorFailed, match="Not a directory"):
        Folder(tmp_path / "file").hold(noted())


def _hold_on_a_full_disk(folder, bytes_left):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, limit[1]))
    try:
        Folder(folder).hold(noted())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)


@pytest.mark.parametrize("bytes_left", [0, 40])
def test_a_full_disk_leaves_no_file_and_no_half_of_one(tmp_path, bytes_left):
    with pytest.raises(AnchorFailed, match="did not take the checkpoint: File too large"):
        _hold_on_a_full_disk(tmp_path, bytes_left)
    assert _files(tmp_path) == set()
    Folder(tmp_path).hold(noted())
    assert held_in(tmp_path).notes == (noted(),)


def test_a_folder_is_read_back_in_the_order_of_sizes(tmp_path):
    notes = [noted(size=size, root=bytes([size % 251]) * 32) for size in (1_000, 9, 70)]
    for note in notes:
        Folder(tmp_path).hold(note)
    held = held_in(tmp_path)
    assert [note.size for note in held.notes] == [9, 70, 1_000]
    assert set(held.notes) == set(notes)
    assert held.faults == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "three lines"),
        (b"\xff\xfe", "not UTF-8"),
        (noted().text.replace("\n", "\r\n").encode(), "ended by LF"),
        (noted().text.encode() + b"more\n", "another signer"),
        (noted(size=6).text.encode(), "named otherwise"),
        (b"x" * 10_000, "more than 8192 bytes"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_a_named_fault_beside_the_good_ones(tmp_path, content, why):
    Folder(tmp_path).hold(noted(size=4))
    (tmp_path / name_of(noted())).write_bytes(content)
    held = held_in(tmp_path)
    assert held.notes == (noted(size=4),)
    assert [fault.name for fault in held.faults] == [name_of(noted())]
    assert why in held.faults[0].why


def test_links_pipes_and_folders_named_as_checkpoints_are_faults_and_nobody_waits_for_them(tmp_path):
    (tmp_path / "a.checkpoint").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "b.checkpoint")
    (tmp_path / "c.checkpoint").mkdir()
    faults = held_in(tmp_path).faults
    assert [fault.name for fault in faults] == ["a.checkpoint", "b.checkpoint", "c.checkpoint"]
    assert faults[1].why == "It is no plain file."


def test_what_a_killed_writer_left_behind_is_not_read(tmp_path):
    (tmp_path / ".0123456789abcdef.part").write_bytes(b"half")
    assert held_in(tmp_path).faults == ()


def test_a_folder_that_cannot_be_read_is_said(tmp_path):
    with pytest.raises(AnchorFailed, match="cannot be read: No such file"):
        held_in(tmp_path / "gone")
