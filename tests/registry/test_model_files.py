"""Hostile and damaged estimators at a small seeded size; `make prove ONLY=gateway` has the sizes of the design."""

from __future__ import annotations

import pytest

from tests.prove import _model_files


@pytest.mark.control("SR26-2:artefact-integrity")
def test_no_hostile_model_runs_and_no_damaged_one_hurts_the_parent():
    found = _model_files.outcomes(40)
    assert (found["sound"], found["executed"]) == (["taken", "taken"], False)
    assert found["samples"] >= 30
    assert set(found["hostile"]) <= {"refused"} | {how for how in found["hostile"] if how.startswith("SIG")}
    for ends in found["damaged"].values():
        assert "faulty" not in ends
        assert ends["refused"] > 20


def test_no_damaged_file_of_a_sealed_artefact_loads():
    assert _model_files.loaded_though_damaged(60) == 0
