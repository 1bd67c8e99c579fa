"""Bytes that do not match their digest never load."""

from __future__ import annotations

import numpy as np
import pytest

from mrm.lib.errors import Unavailable
from registry import serving
from registry.artifacts import BytesDoNotMatch, read_candidate
from registry.serving.manifest import MANIFEST, XGBOOST, sealed_names

POSITIONS = 200


@pytest.mark.control("SR26-2:implementation")
@pytest.mark.parametrize("name", sealed_names(XGBOOST))
def test_every_flipped_byte_in_the_store_is_refused(store, candidate, name):
    digest = store.put_folder(candidate)
    entry = store.read_sealed(digest).manifest.file(name)
    path = store.root / entry.sha256[:2] / entry.sha256
    original = path.read_bytes()
    path.chmod(0o644)
    for position in _positions(len(original)):
        path.write_bytes(_flipped(original, position))
        with pytest.raises(BytesDoNotMatch):
            store.read_sealed(digest)


@pytest.mark.parametrize("name", [*sealed_names(XGBOOST), MANIFEST])
def test_every_flipped_byte_in_a_candidate_changes_or_refuses_it(candidate, name):
    sealed = read_candidate(candidate).digest
    original = (candidate / name).read_bytes()
    for position in _positions(len(original)):
        (candidate / name).write_bytes(_flipped(original, position))
        assert _digest_or_refusal(candidate) != sealed


def test_a_manifest_changed_in_the_store_is_refused(store, candidate):
    digest = store.put_folder(candidate)
    path = store.root / digest[:2] / digest
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BytesDoNotMatch):
        serving.load(store, digest)


def test_damage_on_disk_is_refused_although_the_version_is_already_loaded(store, candidate):
    digest = store.put_folder(candidate)
    first = serving.load(store, digest)
    assert serving.load(store, digest) is first
    entry = store.read_sealed(digest).manifest.file("model.ubj")
    path = store.root / entry.sha256[:2] / entry.sha256
    path.chmod(0o644)
    path.write_bytes(_flipped(path.read_bytes(), 5000))
    for _ in range(2):
        with pytest.raises(Unavailable):
            serving.load(store, digest)


def _digest_or_refusal(candidate):
    from mrm.lib.errors import Refusal

    try:
        return read_candidate(candidate).digest
    except Refusal:
        return "refused"


def _positions(size):
    if size <= POSITIONS:
        return range(size)
    return np.random.default_rng(size).choice(size, POSITIONS, replace=False).tolist()


def _flipped(content, position):
    changed = bytearray(content)
    changed[position] ^= 1 << (position % 8)
    return bytes(changed)
