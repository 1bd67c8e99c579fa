"""The evaluator as an author meets it: the wheel alone, MLflow's own `evaluate`, no Django in sight."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import subprocess
from pathlib import Path

import pytest
import requests
import yaml

from accounts.services import issue_token, permissions_of
from countersign_evaluator.report import FIGURES, NOTICE, WHY_NOT_ASKED
from mrm.lib import canonical
from tests.evaluator.conftest import ROOT
from tests.registry.conftest import _servers, gateway
from tests.validation.samples import standard
from validation.measuring import VERDICTS

__all__ = ["_servers", "gateway"]

FILE = "countersign-gate.sh"


def file_of(author, scenario: str) -> dict:
    return json.loads(author.told[scenario]["files"]["checks.json"])


def check_of(author, scenario: str, check: str) -> dict:
    return next(each for each in file_of(author, scenario)["checks"] if each["check"] == check)


def test_mlflow_finds_the_evaluator_in_the_wheel_and_runs_it_without_django(author):
    assert author.told["loaded"] == []
    assert all(Path(path).is_relative_to(author.installed) for path in author.told["paths"])
    assert author.told["by_model"]["tables"] == ["countersign/checks", "countersign/table"]


def test_every_check_of_the_standard_is_asked_or_listed_as_not_asked(author):
    told = file_of(author, "by_model")
    asked = [each["check"] for each in told["checks"]]
    not_asked = [each["check"] for each in told["not_asked"]]
    plan = [planned.check for planned in standard().plan]
    assert sorted(asked + not_asked) == sorted(plan)
    assert set(not_asked) == set(WHY_NOT_ASKED)
    assert all(each["why"] for each in told["not_asked"])
    assert {each["verdict"] for each in told["checks"]} <= set(VERDICTS) - {"error"}


def test_file_says_that_it_is_no_validation_and_under_which_standard(author):
    told = file_of(author, "by_model")
    assert told["notice"] == NOTICE
    assert "no validation" in NOTICE
    assert told["standard"] == {"slug": "card-limit-demo", "digest": standard().digest}
    assert canonical.dumps(told).decode() == author.told["by_model"]["files"]["checks.json"]


def test_metrics_are_finite_and_those_that_were_logged(author):
    logged = author.told["by_model"]["metrics"]
    assert logged == author.told["by_model"]["returned"]
    assert all(math.isfinite(value) for value in logged.values())
    assert logged["countersign/blocking_failures"] == 0
    assert logged["countersign/blocking_not_asked"] == 4
    assert logged["countersign/checks_not_asked"] == len(WHY_NOT_ASKED)


def test_every_figure_that_is_promised_is_one_that_a_check_measures(author):
    measured = {
        (check["check"], each["name"])
        for check in file_of(author, "by_model")["checks"]
        for each in check["measurements"]
    }
    brier = {figure for figure in FIGURES if figure[0] == "brier"}
    assert set(FIGURES) - brier <= measured


def test_no_row_of_the_data_is_in_any_file(author):
    files = "".join(author.told["by_model"]["files"].values())
    assert not [pd for pd in author.told["pds"] if pd in files]
    assert all("tables" not in check for check in file_of(author, "by_model")["checks"])


def test_table_has_one_line_for_each_check_of_the_standard(author):
    lines = list(csv.DictReader(io.StringIO(author.told["by_model"]["files"]["checks.csv"])))
    assert len(lines) == len(standard().plan)
    assert sum(line["verdict"] == "not_asked" for line in lines) == len(WHY_NOT_ASKED)
    assert all(line["words"] for line in lines)


def test_predictions_that_the_author_brings_give_the_figures_of_the_model(author):
    by_model, brought = author.told["by_model"]["metrics"], author.told["by_predictions"]["metrics"]
    auc = "countersign/discrimination/auc"
    assert by_model[auc] == brought[auc]
    assert check_of(author, "by_model", "psi_score")["verdict"] == "passed"
    assert check_of(author, "by_predictions", "psi_score")["verdict"] == "insufficient_data"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("adverse_impact_age", "No cut-offs are given"),
        ("confusion", "No cut-offs are given"),
        ("jeffreys_grades", "No frozen grades are given"),
        ("brier", "No default rate of development is given"),
        ("psi_score", "No PDs of development are given"),
        ("psi_features", "The development part was not read"),
    ],
)
def test_what_the_configuration_leaves_out_reads_insufficient_data_in_words(author, check, words):
    found = check_of(author, "bare", check)
    assert found["verdict"] == "insufficient_data"
    assert words in found["headline"]


def test_blocking_checks_that_were_not_decided_are_counted(author):
    assert author.told["bare"]["metrics"]["countersign/blocking_failures"] == 0
    assert author.told["bare"]["metrics"]["countersign/blocking_undecided"] == 3


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("beyond_one", "between 0 and 1"),
        ("missing", "1 of 6000 values are missing"),
        ("classes", "classes, not PDs"),
        ("one_class", "all 6000 obligors are non-defaults"),
        ("not_binary", "only hold 0 and 1"),
        ("text_groups", "SEX of data"),
        ("twice", "a column stands twice"),
        ("no_such_column", "no column GENDER"),
        ("no_such_standard", "No standard named mine"),
        ("no_such_member", "unknown members: threshold"),
        ("no_standard", "could not be evaluated"),
        ("array", "as a DataFrame"),
        ("stranger", "the name validation leads to"),
    ],
)
def test_what_cannot_be_measured_is_refused_and_nothing_of_it_is_logged(author, scenario, words):
    told = author.told[scenario]
    assert words in told["refused"]
    assert told["metrics"] == {}
    assert told["files"] == []


# --- The lines of docs/mlflow.md that fail a build, as printed ---------------------------------------------------


def printed(language: str) -> str:
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", (ROOT / "docs" / "mlflow.md").read_text(), re.MULTILINE | re.DOTALL
    )
    [found] = [block for block in blocks if "countersign" in block]
    return found


def run_printed(author, **environment: str) -> subprocess.CompletedProcess[str]:
    script = author.folder / FILE
    script.write_text(printed("sh"))
    return subprocess.run(
        ["sh", FILE],
        cwd=author.folder,
        env=author.environment(SAMPLE="sample.csv", **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def test_printed_lines_fail_the_build_of_a_bad_model_and_name_the_check(author):
    done = run_printed(author, MODEL="bad")
    assert done.returncode == 1, done.stderr[-2000:]
    failed = [line for line in done.stdout.splitlines() if re.search(r"\bfailed\s+yes\b", line)]
    assert [line.split(" failed")[0].strip() for line in failed] == ["Jeffreys test of the portfolio"]


def test_printed_lines_let_a_good_model_pass_behind_the_gate(author, gateway, cast):
    token = issue_token(actor=cast.dana, name="ci", days=1, scopes=sorted(permissions_of(cast.dana)))[1]
    address = f"http://{gateway.gateway}"
    done = run_printed(author, MODEL="good", MLFLOW_TRACKING_URI=address, MLFLOW_TRACKING_TOKEN=token)
    assert done.returncode == 0, done.stderr[-2000:]
    asked, bearer = {"experiment_ids": ["0"], "max_results": 1}, {"Authorization": f"Bearer {token}"}
    answer = requests.post(f"{address}/api/2.0/mlflow/runs/search", json=asked, headers=bearer, timeout=60)
    [run] = answer.json()["runs"]
    logged = {each["key"]: each["value"] for each in run["data"]["metrics"]}
    assert logged["countersign/blocking_failures"] == 0


def test_workflow_runs_the_file_that_is_printed_above_it():
    steps = yaml.safe_load(printed("yaml"))["jobs"]["countersign"]["steps"]
    assert steps[-1]["run"] == f"sh {FILE}"
    assert "deploy/evaluator" in steps[-2]["run"]
    assert f"`{FILE}`" in (ROOT / "docs" / "mlflow.md").read_text()
