"""The shape of every service, the one writer of `stage`, and a page that names every event, permission, gate and job."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.permissions import Permission
from audit.events import Event
from mrm.settings import governance

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "audit",
    "accounts",
    "jobs",
    "registry",
    "validation",
    "approvals",
    "scoring",
    "training",
    "reports",
    "notices",
)
# Units of work that no person calls. Each needs its reason.
WITHOUT_ACTOR = {
    "jobs.services.end_job": "ends an attempt; the actor is whoever asked for the job, and stands in the run",
    "notices.reminders._remind": "the clock reminds; no notice of it names anybody",
    "jobs.sweeper._bury": "the sweeper acts where no person does and names the installation itself",
}


def sources(*roots: str) -> Iterator[Path]:
    for root in roots:
        yield from (path for path in sorted((ROOT / root).rglob("*.py")) if "migrations" not in path.parts)


def _is_unit(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(each, ast.Name) and each.id == "unit_of_work" for each in node.decorator_list
    )


def units_of_work() -> list[str]:
    """Dotted names of every function that carries the decorator, found in the text: nothing registers itself."""
    found = []
    for path in sources(*APPS):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found += [f"{module}.{node.name}" for node in ast.walk(ast.parse(path.read_text())) if _is_unit(node)]
    return found


UNITS = units_of_work()


def signature_of(name: str) -> inspect.Signature:
    module, function = name.rsplit(".", 1)
    return inspect.signature(getattr(importlib.import_module(module), function), eval_str=True)


def test_the_services_were_found() -> None:
    assert len(UNITS) > 35
    assert "registry.services.advance" in UNITS


@pytest.mark.parametrize("name", [name for name in UNITS if not name.rsplit(".", 1)[1].startswith("_")])
def test_services_are_keyword_only_and_typed(name: str) -> None:
    signature = signature_of(name)
    assert all(each.kind is each.KEYWORD_ONLY for each in signature.parameters.values())
    assert all(each.annotation is not each.empty for each in signature.parameters.values())
    assert signature.return_annotation is not signature.empty


@pytest.mark.parametrize("name", [name for name in UNITS if name not in WITHOUT_ACTOR])
def test_services_take_actor(name: str) -> None:
    from accounts.models import User
    from audit.services import Actor

    first = next(iter(signature_of(name).parameters.values()))
    assert (first.name, first.default) == ("actor", first.empty)
    # The ledger lies below the accounts: its own services take whatever acts.
    assert first.annotation is (Actor if name.startswith("audit.") else User)


def test_the_exceptions_still_exist() -> None:
    assert set(WITHOUT_ACTOR) <= set(UNITS)


def _writes_of_stage(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "stage" and isinstance(node.ctx, ast.Store):
            yield f"{path.relative_to(ROOT)}:{node.lineno}"
        if isinstance(node, ast.Call) and any(each.arg == "stage" for each in node.keywords):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"update", "create", "update_or_create", "ModelVersion"}:
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_only_advance_writes_the_stage() -> None:
    written = [place for path in sources(*APPS, "mrm") for place in _writes_of_stage(path)]
    assert {place.split(":")[0] for place in written} == {"registry/services.py"}
    assert len(written) == 1


def test_no_statement_in_the_product_writes_the_stage_by_sql() -> None:
    by_sql = re.compile(r"UPDATE\s+registry_modelversion|setattr\([^)]*[\"']stage[\"']", re.IGNORECASE)
    assert [str(path) for path in sources(*APPS, "mrm") if by_sql.search(path.read_text())] == []


def test_entries_are_written_by_the_ledger_alone() -> None:
    """The import contract says so as well; this also finds raw SQL."""
    by_sql = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM)\s+audit_entry", re.IGNORECASE)
    outside = [path for path in sources(*APPS, "mrm") if path.parts[len(ROOT.parts)] != "audit"]
    assert [str(path) for path in outside if by_sql.search(path.read_text())] == []


def reference(section: str) -> set[str]:
    text = (ROOT / "docs" / "reference.md").read_text().split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([^`]+)` \| \S", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("section", "declared"),
    [
        ("Events of the ledger", {str(event) for event in Event}),
        ("Permissions", {str(permission) for permission in Permission}),
        ("Gates", {gate for gates in governance.GATES.values() for gate in gates}),
        ("Jobs", set(governance.HANDLERS)),
    ],
)
def test_everything_declared_is_described_and_nothing_else(section: str, declared: set[str]) -> None:
    assert reference(section) == declared


def test_every_permission_of_a_role_exists_and_every_permission_has_a_role() -> None:
    held = {permission for row in governance.ROLES.values() for permission in row}
    assert held == {str(permission) for permission in Permission}


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, skip_checks=True, stdout=StringIO())
