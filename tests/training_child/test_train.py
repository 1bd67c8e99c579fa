"""Training is a function of its files."""

from __future__ import annotations

import json

import pytest

from mrm.lib import canonical
from mrm.lib.errors import Refusal
from registry.artifacts import read_candidate
from registry.serving.manifest import XGBOOST, sealed_names
from tests.serving.cards import card_frame, training_folder
from training.child import train
from training.tasks import load_task

ROWS = 1500


@pytest.fixture(scope="module")
def small():
    return card_frame(ROWS, seed=11)


@pytest.fixture(scope="module")
def candidate(small, tmp_path_factory):
    folder = training_folder(tmp_path_factory.mktemp("once") / "job", small)
    train(folder)
    return folder / "candidate"


@pytest.mark.control("SR26-2:development")
def test_same_recipe_and_data_give_the_same_artefact_digest(candidate, small, tmp_path):
    again = training_folder(tmp_path / "job", small)
    train(again)
    assert read_candidate(again / "candidate").digest == read_candidate(candidate).digest


def test_another_seed_gives_another_artefact(candidate, small, tmp_path):
    again = training_folder(tmp_path / "job", small, seed=2)
    train(again)
    assert read_candidate(again / "candidate").digest != read_candidate(candidate).digest


def test_candidate_holds_the_sealed_files_and_metrics(candidate):
    assert {path.name for path in candidate.iterdir()} == {
        *sealed_names(XGBOOST),
        "manifest.json",
        "metrics.json",
    }
    metrics = json.loads((candidate / "metrics.json").read_text())
    assert 0.6 < metrics["cross_fitted_auc"] < 0.95


def test_no_real_row_is_among_the_reference_vectors(candidate, small):
    vectors = json.loads((candidate / "reference.json").read_bytes())["vectors"]
    names = list(vectors[0]["features"])
    real = {tuple(row) for row in small[names].astype(float).itertuples(index=False)}
    drawn = {tuple(float(vector["features"][name]) for name in names) for vector in vectors}
    assert len(vectors) == 100
    assert not real & drawn


def test_grade_pds_rise_and_average_to_the_default_rate(candidate, small):
    grades = json.loads((candidate / "grades.json").read_bytes())
    pds = [float(pd) for pd in grades["pds"]]
    assert pds == sorted(pds)
    assert sum(pds) / len(pds) == pytest.approx(small["DEFAULT"].mean(), abs=0.01)


@pytest.mark.control("ECOA:protected-attributes")
@pytest.mark.parametrize("name", ["SEX", "AGE", "MARRIAGE", "EDUCATION", "DEFAULT"])
def test_protected_column_or_target_as_an_input_is_refused(small, tmp_path, name):
    folder = training_folder(tmp_path / "job", small)
    spec = json.loads((folder / "spec.json").read_bytes())
    spec["schema"]["inputs"][0]["name"] = name
    spec["schema"]["features"][0]["inputs"] = [name]
    for feature in spec["schema"]["features"]:
        feature["inputs"] = [name if used == "LIMIT_BAL" else used for used in feature["inputs"]]
    (folder / "spec.json").write_bytes(canonical.dumps(spec))
    with pytest.raises(Refusal, match=name):
        train(folder)


def test_feature_outside_every_reason_group_is_refused(small, tmp_path):
    folder = training_folder(tmp_path / "job", small)
    spec = json.loads((folder / "spec.json").read_bytes())
    spec["reasons"]["groups"][0]["features"].pop()
    with pytest.raises(ValueError, match="exactly once"):
        load_task(canonical.dumps(spec))


def test_data_that_do_not_fit_are_refused_without_repeating_them(small, tmp_path):
    frame = small.copy()
    frame.loc[:3, "LIMIT_BAL"] = -424242
    with pytest.raises(Refusal, match="LIMIT_BAL: 4 rows") as refused:
        train(training_folder(tmp_path / "job", frame))
    assert "424242" not in refused.value.message


def test_identity_calibration_is_sealed_when_the_recipe_says_so(small, tmp_path):
    folder = training_folder(tmp_path / "job", small, calibration="identity")
    train(folder)
    sealed = json.loads((folder / "candidate" / "calibration.json").read_bytes())
    assert sealed == {"method": "identity", "intercept": "0.0", "slope": "1.0"}
