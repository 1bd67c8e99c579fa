"""The store returns the bytes of a digest or refuses."""

from __future__ import annotations

import stat

import pytest

from mrm.lib.errors import Malformed, Refusal, Unavailable
from registry.artifacts import BytesDoNotMatch, read_candidate
from registry.serving.manifest import XGBOOST, ArtifactRefused, sealed_names


def test_bytes_come_back_under_their_digest(store):
    digest = store.put_bytes(b"sealed")
    assert store.read(digest) == b"sealed"
    assert store.put_bytes(b"sealed") == digest


def test_objects_are_read_only_and_no_temporary_file_is_left(store):
    digest = store.put_bytes(b"sealed")
    path = store.root / digest[:2] / digest
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert [entry.name for entry in path.parent.iterdir()] == [digest]


def test_changed_object_is_refused_and_is_not_healed_by_putting_it_again(store):
    digest = store.put_bytes(b"sealed")
    path = store.root / digest[:2] / digest
    path.chmod(0o644)
    path.write_bytes(b"forged")
    for attempt in (lambda: store.read(digest), lambda: store.put_bytes(b"sealed")):
        with pytest.raises(BytesDoNotMatch) as refused:
            attempt()
        assert refused.value.status == 503


def test_missing_object_is_unavailable(store):
    with pytest.raises(Unavailable):
        store.read("0" * 64)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "A" * 64, "0" * 63, ""])
def test_what_is_not_a_digest_is_never_a_path(store, digest):
    with pytest.raises(Malformed):
        store.read(digest)


def test_a_link_in_the_store_is_not_followed(store, tmp_path):
    digest = store.put_bytes(b"sealed")
    path = store.root / digest[:2] / digest
    path.unlink()
    (tmp_path / "outside").write_bytes(b"sealed")
    path.symlink_to(tmp_path / "outside")
    with pytest.raises(Unavailable):
        store.read(digest)


def test_folder_is_sealed_under_the_digest_of_its_manifest(store, candidate):
    digest = store.put_folder(candidate)
    sealed = store.read_sealed(digest)
    assert set(sealed.files) == set(sealed_names(XGBOOST))
    assert sealed.files[XGBOOST] == (candidate / XGBOOST).read_bytes()


def test_export_gives_a_candidate_with_the_same_digest(store, candidate, tmp_path):
    digest = store.put_folder(candidate)
    store.export(digest, tmp_path / "again")
    assert read_candidate(tmp_path / "again").digest == digest


@pytest.mark.parametrize(
    "name", ["model.pkl", "estimator.joblib", "python_model.cloudpickle", "MLmodel", "x.npy"]
)
def test_files_of_other_formats_are_refused(candidate, name):
    (candidate / name).write_bytes(b"\x80\x04.")
    with pytest.raises(ArtifactRefused):
        read_candidate(candidate)


def test_candidate_with_a_link_or_a_folder_is_refused(candidate):
    (candidate / XGBOOST).unlink()
    (candidate / XGBOOST).symlink_to("/etc/hostname")
    with pytest.raises(Refusal):
        read_candidate(candidate)


def test_candidate_without_one_of_its_files_is_refused(candidate):
    (candidate / XGBOOST).unlink()
    with pytest.raises(Refusal):
        read_candidate(candidate)
