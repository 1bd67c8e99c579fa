"""What a logged model says of itself is read as plain data, and whatever would run code is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from registry import mlmodel
from tests.registry import hostile

CANARY = str(Path(tempfile.gettempdir()) / "countersign-canary")
SAMPLES = hostile.samples(CANARY)
SOUND = hostile._whole(hostile.described(hostile.NATIVE))


def _described(files):
    return mlmodel.describe({name: len(content) for name, content in files.items()}, files["MLmodel"])


def test_a_native_model_with_signature_and_example_has_no_fault():
    found = _described(SOUND)
    assert (found.columns, found.faults) == (("A", "B", "C"), ())


def test_thirty_and_more_forms_of_code_are_tried():
    assert len(SAMPLES) >= 30
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.control("SR26-2:artefact-integrity")
@pytest.mark.parametrize("sample", [each for each in SAMPLES if each.is_seen], ids=lambda each: each.name)
def test_a_model_that_would_run_code_is_told_by_its_names_or_description(sample):
    found = _described(sample.files)
    assert found.format_faults
    assert not Path(CANARY).exists()


@pytest.mark.parametrize("sample", [each for each in SAMPLES if not each.is_seen], ids=lambda each: each.name)
def test_an_estimator_that_is_none_is_left_to_the_child(sample):
    """Nothing in front of the child claims to know: the power of the tests of the child."""
    assert _described(sample.files).faults == ()


def test_a_scikit_learn_user_is_told_how_to_export():
    sample = next(each for each in SAMPLES if each.name.startswith("sklearn"))
    assert any("model.get_booster()" in words for words in _described(sample.files).faults)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input_example.json": None}, "no input example"),
        ({"MLmodel": hostile.described(hostile.NATIVE).split(b"signature")[0]}, "no signature"),
        ({"MLmodel": hostile.described(hostile.NATIVE.replace("ubj", "json"))}, "not in UBJSON"),
        ({"MLmodel": b""}, "no description"),
        ({"MLmodel": b"- a\n- b\n"}, "no description"),
        ({"MLmodel": b"\xff\xfe"}, "no description"),
        ({"MLmodel": hostile.described(hostile.NATIVE).replace(b'"double"', b'"string"')}, "no numbers"),
        ({"MLmodel": hostile.described(hostile.NATIVE).replace(b'"B"', b'"A"')}, "each once"),
        ({"model.ubj": None}, "not in UBJSON"),
    ],
)
def test_what_is_missing_is_said_in_words(change, words):
    files = {name: content for name, content in (SOUND | change).items() if content is not None}
    files.setdefault("MLmodel", b"")
    assert any(words in said for said in _described(files).faults), _described(files).faults
