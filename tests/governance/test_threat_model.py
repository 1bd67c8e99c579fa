"""THREAT_MODEL.md names tests that exist, and every threat that the design promises an answer to."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)))
# The table "Threat → proof" of the security design, one row a threat.
THREATS = (
    "unapproved, expired, suspended or altered scores",
    "artefact or store tampered",
    "malicious artefact",
    "entry edited, deleted, swapped, inserted, truncated",
    "act without its entry",
    "self-approval, double approval, approve against withdraw",
    "changed between view and signature",
    "MLflow gateway bypassed",
    "mass assignment; privilege by superuser",
    "malformed input",
    "death of worker, broker, database",
    "full disk",
    "personal data in logs",
    "erasure undone by a restored backup",
    "stored scripts in artefacts, reasons, names",
    "dependency that was taken over",
)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path, name):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_of_the_design_has_a_row(threat):
    assert [line for line in TEXT.splitlines() if line.startswith("| ") and threat in line]


def test_every_row_names_a_test():
    rows = [line for line in TEXT.split("## Threats", 1)[1].splitlines() if line.startswith("| ")]
    bare = [row[:60] for row in rows if "::test_" not in row and not row.startswith("| threat ")]
    assert (bare, len(rows) > 20, len(NAMED) > 40) == ([], True, True)
