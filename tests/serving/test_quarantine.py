"""The first load of foreign bytes cannot hurt this process."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mrm.lib import canonical
from mrm.lib.errors import Refusal
from registry import serving
from registry.artifacts import read_candidate
from registry.serving import manifest as names

MUTANTS = 10


def test_a_sound_candidate_is_let_in_under_its_digest(candidate, store):
    digest = serving.quarantine(candidate)
    assert store.put_folder(candidate) == digest
    assert serving.quarantine_sealed(store, digest) == digest


@pytest.mark.control("SR26-2:implementation")
def test_mutated_estimators_with_a_fitting_manifest_never_load_and_never_kill_the_parent(candidate):
    """The manifest is made anew each time, so only the child process and the reference vectors stand guard."""
    original = (candidate / names.XGBOOST).read_bytes()
    draw = np.random.default_rng(3)
    kinds = (_cut, _noise, _swapped_lengths)
    for number in range(MUTANTS):
        mutant = kinds[number % len(kinds)](original, draw)
        _replace(candidate, names.XGBOOST, mutant)
        with pytest.raises(Refusal) as refused:
            serving.quarantine(candidate)
        assert refused.value.message


def test_wrong_reference_margin_is_refused(candidate):
    table = json.loads((candidate / names.REFERENCE).read_bytes())
    margin = float.fromhex(table["vectors"][7]["margin"])
    table["vectors"][7]["margin"] = float(np.nextafter(np.float32(margin), np.float32(9))).hex()
    _replace(candidate, names.REFERENCE, canonical.dumps(table))
    with pytest.raises(Refusal, match="1 of 100 reference"):
        serving.quarantine(candidate)


def test_changed_cover_that_moves_no_margin_but_the_reasons_is_refused(candidate):
    """The sum of hessians weighs the paths of an attribution; scores do not depend on it."""
    from registry.serving.door import build

    original = (candidate / names.XGBOOST).read_bytes()
    at = original.index(b"sum_hessian") + len(b"sum_hessian[$d#L") + 8
    changed = bytearray(original)
    changed[at + 1] ^= 0x40
    _replace(candidate, names.XGBOOST, bytes(changed))
    with pytest.raises(Refusal, match="contributions of its reference vectors differ"):
        build(read_candidate(candidate))


@pytest.mark.parametrize("name", names.TABLE_NAMES)
@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"a": 1}', b"\x80\x04K\x01."])
def test_tables_of_another_shape_are_refused(candidate, name, content):
    from registry.serving.door import build

    _replace(candidate, name, content)
    with pytest.raises(Refusal):
        build(read_candidate(candidate))


def test_estimator_in_another_format_is_refused(candidate, served, cards):
    _replace(candidate, names.XGBOOST, b"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.")
    with pytest.raises(Refusal):
        serving.quarantine(candidate)


def _replace(candidate, name, content):
    """What an attacker does who may write the whole folder."""
    manifest = names.load((candidate / names.MANIFEST).read_bytes())
    (candidate / name).write_bytes(content)
    names.write(
        candidate,
        estimator=names.XGBOOST,
        recipe=manifest.recipe,
        schema=manifest.schema,
        platform=manifest.platform,
    )


def _cut(original, draw):
    return original[: int(draw.integers(1, len(original) - 1))]


def _noise(original, draw):
    changed = bytearray(original)
    for position in draw.choice(len(original), 64, replace=False):
        changed[position] ^= 0xFF
    return bytes(changed)


def _swapped_lengths(original, draw):
    """Array lengths in UBJ are big-endian 64-bit after `#L`; wrong ones make readers run off the end."""
    places = [at for at in range(len(original) - 10) if original[at : at + 2] == b"#L"]
    at = int(draw.choice(places))
    changed = bytearray(original)
    changed[at + 6] ^= 0x40
    return bytes(changed)
