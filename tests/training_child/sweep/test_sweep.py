"""A sweep is a function of its files: every family sealed, compared on rows that chose nothing, reproduced alone."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from mrm.lib import canonical
from mrm.lib.errors import Refusal
from quant.features.plain import SchemaFault
from registry.artifacts import read_candidate
from registry.serving import parity
from registry.serving.door import build
from tests.training_child.sweep.loans import SPLIT, development, swept
from training.child import train
from training.families import Family
from training.sweep import asked


@pytest.fixture(scope="module")
def loans(tmp_path_factory):
    return development(tmp_path_factory.mktemp("portfolio") / "loans")


@pytest.fixture(scope="module")
def ran(loans, tmp_path_factory):
    """One way of encoding and filling, every family."""
    folder = tmp_path_factory.mktemp("sweep") / "job"
    return folder, swept(folder, loans, encoders=["woe"], imputers=["knn"])


def test_every_family_is_sealed_and_its_facts_name_its_bytes(ran):
    folder, told = ran
    assert [entry["family"] for entry in told["candidates"]] == [str(each) for each in asked.SIMPLEST_FIRST]
    for place, entry in enumerate(told["candidates"]):
        assert entry["why_not"] == ""
        assert read_candidate(folder / "candidates" / f"{place:03d}").digest == entry["artifact"]
        assert 0.0 < float(entry["metrics"]["test_auc"]) < 1.0


def test_a_sealed_candidate_scores_messy_loans_on_both_paths(ran, loans):
    folder, _ = ran
    for place in range(len(Family)):
        sealed = read_candidate(folder / "candidates" / f"{place:03d}")
        compared = parity.compare(build(sealed), sealed, loans.head(60))
        assert (compared.rows, compared.different) == (60, 0)


def test_a_candidate_trained_alone_from_its_task_has_the_same_bytes(ran, loans, tmp_path):
    folder, told = ran
    for place in (0, 1):
        entrant = json.loads((folder / "candidates" / f"{place:03d}.json").read_bytes())
        alone = tmp_path / str(place)
        alone.mkdir()
        (alone / "spec.json").write_bytes(canonical.dumps(entrant["task"]))
        loans.drop(columns="profit_minor").to_parquet(alone / "development.parquet")
        train(alone)
        assert read_candidate(alone / "candidate").digest == told["candidates"][place]["artifact"]


def test_the_facts_of_the_choice_can_be_worked_out_again_from_the_sealed_bytes(ran, loans):
    from sklearn.metrics import roc_auc_score

    folder, told = ran
    dates = _days(loans)
    test = dates >= np.datetime64(SPLIT["test_from"])
    assert told["parts"]["rows"]["test"] == int(test.sum())
    for place, entry in enumerate(told["candidates"]):
        served = build(read_candidate(folder / "candidates" / f"{place:03d}"))
        pds = served.score_frame(loans[test]).probabilities
        again = roc_auc_score(loans["default_12m"][test], pds)
        assert abs(again - float(entry["metrics"]["test_auc"])) < 2e-3
        assert served.parts.calibration.slope > 0


def test_the_chosen_one_has_nobody_against_it_and_all_others_a_test(ran):
    _, told = ran
    names = {entry["name"]: entry.get("against_chosen") for entry in told["candidates"]}
    assert names.pop(told["choice"]["chosen"]) is None
    assert all(test["measure"] == "auc" for test in names.values())


def test_rows_of_the_test_part_change_no_candidate(loans, tmp_path):
    later = _days(loans) >= np.datetime64(SPLIT["test_from"])
    changed = loans.copy()
    changed.loc[later, "default_12m"] = 1 - changed.loc[later, "default_12m"]
    one = {"encoders": ["target_mean"], "imputers": ["median"], "families": ["logistic"]}
    first = swept(tmp_path / "first", loans, settings={}, **one)["candidates"][0]
    second = swept(tmp_path / "second", changed, settings={}, **one)["candidates"][0]
    assert first["artifact"] == second["artifact"]
    assert first["metrics"]["test_auc"] != second["metrics"]["test_auc"]


def test_planted_signs_are_recovered_and_declared_ones_kept(ran):
    folder, _ = ran
    table = json.loads((folder / "candidates" / "000" / "model.linear.json").read_bytes())
    names = [
        each["name"]
        for each in json.loads((folder / "candidates" / "000" / "tables.json").read_bytes())["features"]
    ]
    weight = dict(zip(names, map(float, table["weights"]), strict=True))
    assert weight["income"] <= 0 <= weight["loan_to_value"]
    # Weight of evidence is higher where risk is: the coefficient keeps that.
    assert weight["employment"] > 0


def test_tuning_is_seeded_prunes_and_competes(loans, tmp_path):
    one = {"encoders": ["woe"], "imputers": ["median"], "families": ["logistic"], "settings": {}, "tuning": 8}
    first, again = (swept(tmp_path / name, loans, **one) for name in ("first", "again"))
    assert first["trials"] == again["trials"]
    assert len(first["trials"]) == 8
    assert first["candidates"][-1]["name"].endswith("tuned")
    assert first["candidates"][-1]["artifact"] == again["candidates"][-1]["artifact"]


def test_what_loans_have_earned_decides_beside_the_order_they_are_put_in(ran, loans, tmp_path):
    one = {"encoders": ["woe"], "imputers": ["median"], "families": ["logistic"], "profit": "profit_minor"}
    (tmp_path / "job").mkdir()
    shutil.copytree(ran[0] / "candidates" / "001", tmp_path / "job" / "incumbent")
    told = swept(tmp_path / "job", loans, settings={}, **one)
    tests = {test["measure"]: test for test in told["choice"]["tests"]}
    assert set(tests) == {"auc", "profit"}
    assert float(tests["profit"]["adjusted"]) >= float(tests["profit"]["p_value"])


def test_a_loan_without_its_result_is_not_left_out_in_silence(loans, tmp_path):
    gaps = loans.copy()
    gaps.loc[_days(gaps) >= np.datetime64("2023-03-01"), "profit_minor"] = np.nan
    one = {"encoders": ["woe"], "imputers": ["median"], "families": ["logistic"], "settings": {}}
    with pytest.raises(Refusal, match="have no profit_minor"):
        swept(tmp_path / "job", gaps, profit="profit_minor", **one)


def test_an_incumbent_competes_and_a_tie_keeps_it(ran, loans, tmp_path):
    folder, told = ran
    (tmp_path / "job").mkdir()
    shutil.copytree(folder / "candidates" / "000", tmp_path / "job" / "incumbent")
    one = {"encoders": ["woe"], "imputers": ["median"], "families": ["logistic"], "settings": {}}
    found = swept(tmp_path / "job", loans, **one)
    assert found["choice"]["baseline"] == "incumbent" == found["choice"]["chosen"]
    assert (
        abs(float(found["incumbent"]["test_auc"]) - float(told["candidates"][0]["metrics"]["test_auc"]))
        < 1e-12
    )


def test_an_incumbent_that_cannot_read_the_rows_is_silent_and_says_why(ran, loans, tmp_path):
    folder, _ = ran
    (tmp_path / "job").mkdir()
    shutil.copytree(folder / "candidates" / "000", tmp_path / "job" / "incumbent")
    strange = loans.drop(columns=["hour"])
    one = {"fields": "micro-loans", "encoders": ["woe"], "imputers": ["median"], "families": ["logistic"]}
    with pytest.raises(Refusal, match="hour"):
        swept(tmp_path / "job", strange, settings={}, **one)


def test_a_family_that_cannot_be_trained_says_why_and_the_others_go_on(loans, tmp_path):
    dull = loans.copy()
    early = _days(dull) < np.datetime64(SPLIT["validation_from"])
    # Nobody defaults in the part that calibrates: nothing can be calibrated, by anybody.
    later = ~early & (_days(dull) < np.datetime64(SPLIT["test_from"]))
    dull.loc[later, "default_12m"] = 0
    with pytest.raises(Refusal, match="No candidate could be trained"):
        swept(
            tmp_path / "job", dull, encoders=["woe"], imputers=["median"], families=["logistic"], settings={}
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"encoders": []}, {"encoders": ["woe", "woe"]}, {"families": ["svm"]}, {"scaler": "median"}, {"tuning": 1000},
        {"calibration": "identity"}, {"settings": {"xgboost": {"seed": 3}}}, {"settings": {"xgboost": {"rounds": 0}}},
        {"split": {"method": "none"}}, {"surprise": 1}, {"settings": []}, {"families": ["xgboost"], "settings": {"logistic": {}}},
    ],
)  # fmt: skip
def test_a_sweep_that_cannot_be_fair_is_refused(wrong):
    with pytest.raises(SchemaFault):
        asked.load({"fields": "vehicle-loans", "split": SPLIT} | wrong)


def _days(frame):
    from quant.features.check import check_table
    from quant.features.frames import given_columns
    from training import consumer
    from training.declaring import Dials, Encoder, Imputer

    schema = consumer.vehicle().schema(Dials(Encoder.WOE, Imputer.MEDIAN))
    column = check_table(schema, given_columns(schema, frame)).columns["applied_at"]
    return np.datetime64("0001-01-01") + (column.astype("int64") - 1)
