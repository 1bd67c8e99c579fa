"""The independent paths by themselves: known answers of the design's table of reference values, and no way back to
the code that they are compared with."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import duckdb  # noqa: TID253 (only tests of heavy code read this)
import pandas as pd  # noqa: TID253 (only tests of heavy code read this)
import pytest

from registry.serving import parity
from validation.reperformance import paths
from validation.reperformance.paths import (
    calibration,
    impact,
    loans,
    profit,
    ranking,
    second_scores,
    stability,
)

OURS = {"quant", "validation", "registry", "mrm", "training", "scoring", "reports"}
MODULES = sorted(Path(paths.__file__).parent.glob("*.py"))
# Grades (PD, n, defaults): Hosmer-Lemeshow C = 3.949854, p = .412835.
GRADES = ((0.01, 500, 4), (0.03, 400, 15), (0.08, 300, 20), (0.20, 100, 26))


@pytest.fixture
def ground(tmp_path) -> Iterator[loans.Ground]:
    sealed = {"grades.json": {"bounds": ["0.02", "0.05", "0.1"], "pds": [str(pd) for pd, _, _ in GRADES]}}
    standard = {"economics": {"margin": "0.06", "loss_given_default": "0.20"}}
    with duckdb.connect() as connection:
        yield loans.Ground(tmp_path, connection, standard, sealed, 100)


def imported(module: Path) -> set[str]:
    """What a module imports when it runs, name by name; what only a type checker reads is left out."""
    tree = ast.parse(module.read_text())
    typed = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in set(ast.walk(tree)) - typed:
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def lent(ground, rows):
    """rows of (defaulted, pd, outcome, exposure)."""
    frame = pd.DataFrame(rows, columns=["defaulted", "pd", "outcome", "exposure"])
    frame = frame.assign(place=range(len(frame)), exposure=frame["exposure"].astype("float64"))
    ground.connection.register("told", frame)
    ground.connection.execute("CREATE TABLE loans AS SELECT * FROM told")


def read(path, ground):
    return {(each.check, each.measure, each.figure): each.value for each in path.readings(ground)}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_path_leads_back_to_the_checks(module):
    """An independent path that calls what it is compared with says nothing."""
    allowed = ("validation.reperformance.", "registry.serving.parity", "registry.serving.second_cleaning")
    ours = {name for name in imported(module) if name.split(".")[0] in OURS}
    assert {name for name in ours if not name.startswith(allowed)} == set()


def test_the_second_path_of_scores_does_not_lead_back_either():
    for name in ("parity", "second_features", "second_cleaning", "estimators/lightgbm_text"):
        module = Path(parity.__file__).parent / f"{name}.py"
        assert not {
            each for each in imported(module) if each.startswith(("quant", "registry.serving.served."))
        }


def test_ranking_by_hand(ground):
    """Bad .9 and .4, good .1, .4, .6: of six pairs four are in order and one ties. At .6 all the good lie below and
    half of the bad."""
    lent(
        ground,
        [
            (True, 0.9, "approve", 1),
            (True, 0.4, "approve", 1),
            *((False, pd, "approve", 1) for pd in (0.1, 0.4, 0.6)),
        ],
    )
    found = read(ranking, ground)
    assert found["discrimination", "auc", "value"] == pytest.approx(4.5 / 6)
    assert found["discrimination", "ks", "value"] == pytest.approx(1 / 2)


def test_hosmer_lemeshow_and_jeffreys_of_the_table(ground):
    lent(ground, [(at < bads, pd, "approve", 1) for pd, n, bads in GRADES for at in range(n)])
    found = read(calibration, ground)
    assert found["hosmer_lemeshow", "hosmer_lemeshow", "value"] == pytest.approx(3.949854, abs=1e-6)
    assert found["hosmer_lemeshow", "hosmer_lemeshow", "p"] == pytest.approx(0.412835, abs=1e-6)
    assert found["jeffreys_grades", "grade_3", "value"] == 20 / 300


@pytest.mark.parametrize(("pd_", "n", "bads", "p"), [(0.10, 401, 36, 0.748739), (0.02, 1000, 30, 0.016238)])
def test_jeffreys_of_a_portfolio_of_the_table(ground, pd_, n, bads, p):
    lent(ground, [(at < bads, pd_, "approve", 1) for at in range(n)])
    found = read(calibration, ground)
    assert found["jeffreys_portfolio", "jeffreys_portfolio", "value"] == pytest.approx(p, abs=1e-6)
    brier = (bads * (1 - pd_) ** 2 + (n - bads) * pd_**2) / n
    assert found["brier", "brier", "value"] == pytest.approx(brier)


def test_psi_of_the_table(ground):
    now = (8, 9, 9, 10, 10, 10, 10, 11, 11, 12)
    lent(ground, [(False, at / 10 + 0.05, "approve", 1) for at, n in enumerate(now) for _ in range(n)])
    bins = {"edges": [f"0.{at}" for at in range(1, 10)], "shares": ["0.1"] * 10}
    ground.sealed["reference.json"] = {"score_bins": bins}
    ground.standard["stability"] = {"floor": "0.0001"}
    assert read(stability, ground)["psi_score", "psi_score", "value"] == pytest.approx(0.0121227, abs=1e-7)


def test_adverse_impact_of_the_table(ground):
    """180 of 300 against 350 of 450: .771429."""
    said = ["approve"] * 180 + ["decline"] * 120 + ["approve"] * 350 + ["decline"] * 100
    lent(ground, [(False, 0.1, outcome, 1) for outcome in said])
    pd.DataFrame({"SEX": [2] * 300 + [1] * 450}).to_parquet(ground.folder / loans.HELD_OUT)
    groups = [{"name": "male", "codes": [1]}, {"name": "female", "codes": [2]}]
    attribute = {"key": "sex", "column": "SEX", "groups": groups, "reference": "male"}
    ground.standard["fairness"] = {"attributes": [attribute]}
    assert read(impact, ground)["adverse_impact_sex", "air:female", "value"] == pytest.approx(
        0.771429, abs=1e-6
    )


def test_profit_by_hand(ground):
    """Approved: 100 and 300 repaid, 50 lost; declined: 1,000. What is not resolved is counted, never added."""
    rows = [
        (False, 0.1, "approve", 100),
        (False, 0.1, "approve", 300),
        (True, 0.1, "approve", 50),
        (False, 0.9, "decline", 1000),
    ]
    lent(ground, rows)
    ground.standard["realised"] = {"profit": "EARNED"}
    pd.DataFrame({"EARNED": [7.0, None, -20.0, 99.0]}).to_parquet(ground.folder / loans.REALISED)
    found = read(profit, ground)
    assert found["scenario_profit", "profit", "value"] == pytest.approx(0.06 * 400 - 0.20 * 50)
    assert (found["realised_profit", "profit", "value"], found["realised_profit", "unresolved", "value"]) == (
        -13,
        1,
    )


def test_last_group_that_holds_a_row_names_it(ground):
    pd.DataFrame({"AGE": [20, 40, None]}).to_parquet(ground.folder / loans.HELD_OUT)
    groups = [{"name": "all", "at_least": 0}, {"name": "old", "at_least": 30, "at_most": 50}]
    assert loans.group_of_each(ground, {"column": "AGE", "groups": groups}) == ["all", "old", "other"]


def test_policy_is_compared_exactly_and_rules_come_first():
    policy = {
        "approve_below": "0.1",
        "decline_from": "0.3",
        "rules": [
            {"key": "strange", "outcome": "refer", "flag": "unknown_code"},
            {"key": "small", "outcome": "decline", "input": "LIMIT", "comparison": "below", "value": "10"},
        ],
    }
    tables = (
        b'{"inputs": [{"name": "LIMIT", "type": "number"}, {"name": "CODE", "type": "code", "codes": [1]}]}'
    )
    frame = pd.DataFrame({"LIMIT": [20.0, 20.0, 20.0, 5.0, None], "CODE": [1, 1, 9, 9, 1]})
    said = second_scores.outcomes({"tables.json": tables}, frame, policy, [0.05, 0.3, 0.05, 0.05, 0.2])
    # The double nearest to .3 is a little less than .3, and is not declined.
    assert said == ["approve", "refer", "refer", "decline", "refer"]
