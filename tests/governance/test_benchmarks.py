"""What is measured has a goal, and every bench runs: at a tiny size here, so that it is not found broken on the day."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from benchmarks import _rows

ROOT = Path(__file__).resolve().parents[2]
GROUPS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py") if not path.name.startswith("_"))


def _rows_of(output: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(cells) for name, *cells in (line.split(" | ") for line in output.splitlines())}


def test_every_group_has_its_goals_in_the_one_file():
    assert set(tomllib.loads(_rows.GOALS.read_text())) == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_every_figure_has_a_goal_and_every_goal_a_figure(group):
    figures = importlib.import_module(f"benchmarks.{group}").FIGURES
    assert set(_rows.goals_of(group)) == set(figures)
    assert len(set(figures)) == len(figures)


@pytest.mark.parametrize(
    ("bound", "result", "is_met"),
    [
        ("at_least", 5, True),
        ("at_least", 4.9, False),
        ("below", 5, False),
        ("at_most", 5, True),
        ("at_most", 5.1, False),
    ],
)
def test_a_goal_is_met_up_to_its_bound(bound, result, is_met):
    assert _rows.Goal("x", " s", bound, 5.0).is_met(result) is is_met


PARTS = {
    "append": ("append_",),
    "read": ("verify_", "prove_", "page_"),
    "seal": ("sealing_",),
    "fresh": ("fresh_",),
}


def _figures_of(part):
    return {
        figure: goal for figure, goal in _rows.goals_of("ledger").items() if figure.startswith(PARTS[part])
    }


def test_every_figure_of_the_ledger_is_tried_in_one_of_its_parts():
    assert {figure for part in PARTS for figure in _figures_of(part)} == set(_rows.goals_of("ledger"))


@pytest.mark.sqlite
@pytest.mark.parametrize("part", PARTS)
def test_the_bench_of_the_ledger_prints_every_row_and_fails_for_no_goal(part):
    """Without PostgreSQL, whose rows must say so."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MRM_")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ledger", "--entries", "2000", "--only", part],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = _rows_of(done.stdout)
    for figure, goal in _figures_of(part).items():
        result, shown, said = rows[goal.name]
        assert shown == goal.text
        if "postgresql" in figure:
            assert (result, said) == ("none", "not run: MRM_TEST_DATABASE_URL names no database")
        else:
            assert said in {"met", "missed"}
            assert result.removesuffix(goal.unit).lstrip("-").replace(".", "").isdecimal()


@pytest.mark.sqlite
@pytest.mark.parametrize("group", ["battery", "data", "gateway"])
def test_a_bench_prints_every_row_and_fails_for_no_goal(group):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MRM_")}
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{group}", "--tiny"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = _rows_of(done.stdout)
    for goal in _rows.goals_of(group).values():
        result, shown, said = rows[goal.name]
        assert (shown, said in {"met", "missed"}) == (goal.text, True)
        assert result.removesuffix(goal.unit).lstrip("-").replace(".", "").isdecimal()
