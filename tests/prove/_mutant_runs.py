"""The suite against mutants: each in a fork of a process that has collected the tests and made their database.

A child puts the changed code in the place of the old, inside the modules as they are, and runs the tests that came past
the changed statement, those of the last file first and then the quickest, until one fails. It works on a copy of the
database, so that two children do not meet. A mutant that makes the tests run for ever is killed as well.
"""

from __future__ import annotations

import ast
import functools
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.prove._mutants import Mutant

TOGETHER = 2
# Of its own processor time for each test, so that a busy machine kills no mutant; traced tests are slow already.
PATIENCE_SECONDS, PATIENCE_FACTOR = 2.0, 3.0
# For a child that sleeps for ever.
LONGEST_SECONDS = 300.0
# Where a changed value, or an answer that was kept, may lie under its name.
OURS = frozenset(
    (
        "accounts",
        "approvals",
        "audit",
        "jobs",
        "mrm",
        "registry",
        "reports",
        "scoring",
        "training",
        "validation",
    )
)


@dataclass
class Outcome:
    """Names of mutants by what became of them; `why` names the tests' answer or that none came past."""

    killed: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    unreached: list[Mutant] = field(default_factory=list)


@dataclass
class _Passed:
    """One test: how long it took, and which lines it came past."""

    item: pytest.Item
    seconds: float
    lines: set[tuple[str, int]]


class Runs:
    """A pytest plugin: instead of the tests, the tests for each mutant."""

    def __init__(self, mutants: Sequence[Mutant], told: Callable[[str], None]) -> None:
        self._mutants, self._told = mutants, told
        self.outcome = Outcome()
        self._passed: list[_Passed] = []
        # Lines of the running test, and those of fixtures that several tests of a module share.
        self._lines: set[tuple[str, int]] = set()
        self._shared: dict[int, set[tuple[str, int]]] = {}
        self._running: dict[int, tuple[Mutant, float, Path]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._come_past(session.items)
        from django.db import connection

        connection.close()
        for number, mutant in enumerate(self._mutants, 1):
            chosen = self._chosen(mutant)
            if not chosen:
                self.outcome.unreached.append(mutant)
                continue
            while len(self._running) >= TOGETHER:
                self._wait()
            self._begin(mutant, chosen)
            if number % 50 == 0:
                self._told(f"{number} of {len(self._mutants)}, {len(self.outcome.survived)} survived")
        while self._running:
            self._wait()
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:  # Any: pytest names no type for it
        before = set(self._lines)
        made = yield
        if fixturedef.scope == "module":
            self._shared[id(fixturedef)] = self._lines - before
        return made

    def _come_past(self, items: Sequence[pytest.Item]) -> None:
        """Every test once, unchanged: it must pass, and it says which lines it comes past."""
        files = {str(mutant.path) for mutant in self._mutants}
        # After the last one nothing of its file is taken down: a child finds what that file has set up, and begins there.
        for item, following in zip(items, [*items[1:], items[-2]], strict=True):
            self._lines = lines = set()
            began = time.monotonic()
            sys.settrace(functools.partial(_trace, files, lines))
            try:
                reports = runtestprotocol(item, nextitem=following, log=False)
            finally:
                sys.settrace(None)
            if any(report.failed for report in reports):
                raise pytest.UsageError(f"{item.nodeid} fails without any mutant.")
            for fixtures in item._fixtureinfo.name2fixturedefs.values():
                lines |= self._shared.get(id(fixtures[-1]), set())
            self._passed.append(_Passed(item, time.monotonic() - began, lines))
        self._passed.sort(key=lambda each: (each.item.path != items[-1].path, each.seconds))
        by_time = sorted(self._passed, key=lambda each: each.seconds)
        slowest = ", ".join(f"{each.item.name} {each.seconds:.1f} s" for each in by_time[-5:])
        self._told(f"{len(self._passed)} tests, the slowest: {slowest}")

    def _chosen(self, mutant: Mutant) -> list[_Passed]:
        file = str(mutant.path)
        if not mutant.function:
            return [each for each in self._passed if any(name == file for name, _ in each.lines)]
        return [each for each in self._passed if any((file, line) in each.lines for line in mutant.lines)]

    def _begin(self, mutant: Mutant, chosen: Sequence[_Passed]) -> None:
        folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        child = os.fork()
        if child == 0:
            code = 3
            try:
                code = _child(mutant, chosen, folder)
            finally:
                os._exit(code)
        self._running[child] = (mutant, time.monotonic() + LONGEST_SECONDS, folder)

    def _wait(self) -> None:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child == 0:
            for each, (_, until, _) in self._running.items():
                if time.monotonic() > until:
                    os.kill(each, signal.SIGKILL)
            time.sleep(0.01)
            return
        mutant, _, folder = self._running.pop(child)
        shutil.rmtree(folder, ignore_errors=True)
        if os.waitstatus_to_exitcode(status) == 0:
            self.outcome.survived.append(mutant)
            self._told(f"survived: {mutant.where} {mutant.name}")
        else:
            self.outcome.killed.append(mutant)


def _trace(
    files: set[str], lines: set[tuple[str, int]], frame: FrameType, _event: str, _argument: object
) -> Any:  # Any: a trace function answers with itself
    if frame.f_code.co_filename not in files:
        return None
    name = frame.f_code.co_filename

    def line(inner: FrameType, _event: str, _argument: object) -> Any:
        lines.add((name, inner.f_lineno))
        return line

    return line(frame, _event, _argument)


def _child(mutant: Mutant, chosen: Sequence[_Passed], folder: Path) -> int:
    """0 when every test passes all the same."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _move_database(folder)
    factory = chosen[0].item.config._tmp_path_factory
    factory._basetemp = folder / "tests"
    factory._basetemp.mkdir()
    _forget()
    if not put(mutant):
        return 2
    for test, following in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_SECONDS + PATIENCE_FACTOR * test.seconds)
        if any(report.failed for report in runtestprotocol(test.item, nextitem=following.item, log=False)):
            return 1
    return 0


def _forget() -> None:
    """What the unchanged functions have answered must not be given for the changed ones."""
    for module in _our_modules():
        for value in tuple(vars(module).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _our_modules() -> list[ModuleType]:
    return [module for name, module in tuple(sys.modules.items()) if name.split(".")[0] in OURS]


def _move_database(folder: Path) -> None:
    from django.db import connection

    old = Path(connection.settings_dict["NAME"])
    connection.close()
    for file in old.parent.glob(f"{old.name}*"):
        shutil.copyfile(file, folder / file.name)
    connection.settings_dict["NAME"] = str(folder / old.name)


def put(mutant: Mutant) -> bool:
    """Change the loaded module; False where the changed source cannot even be loaded."""
    module = importlib.import_module(mutant.module)
    tree = mutant.tree()
    try:
        code = compile(tree, str(mutant.path), "exec")
    except (SyntaxError, ValueError):
        return False
    return _put_code(module, mutant, code) if mutant.function else _put_constants(module, mutant, tree)


def _put_code(module: ModuleType, mutant: Mutant, code: CodeType) -> bool:
    found = _code_of(code, mutant.function)
    _function_of(module, mutant.function).__code__ = found
    return True


def _code_of(code: CodeType, qualified: str) -> CodeType:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            if each.co_qualname == qualified:
                return each
            if qualified.startswith(f"{each.co_qualname}."):
                return _code_of(each, qualified)
    raise LookupError(qualified)


def _function_of(module: ModuleType, qualified: str) -> FunctionType:
    *owners, name = qualified.split(".")
    owner: Any = module
    for each in owners:
        owner = getattr(owner, each)
    found = vars(owner)[name]
    while not isinstance(found, FunctionType) or hasattr(found, "__wrapped__"):
        found = getattr(found, "fget", None) or getattr(found, "__wrapped__", None) or found.__func__
    return found


def _put_constants(module: ModuleType, mutant: Mutant, tree: ast.Module) -> bool:
    """The changed assignment and all below it again, in every module that holds the old value by the same name."""
    before = dict(vars(module))
    again = [each for each in tree.body[mutant.place :] if isinstance(each, (ast.Assign, ast.AnnAssign))]
    try:
        exec(compile(ast.Module(again, []), str(mutant.path), "exec"), vars(module))  # noqa: S102 (our own source)
    except Exception:  # noqa: BLE001 (a module that cannot be loaded is a mutant that every test kills)
        return False
    changed = {name: value for name, value in before.items() if vars(module).get(name) is not value}
    for other in _our_modules():
        for name, value in changed.items():
            if vars(other).get(name) is value and not name.startswith("__"):
                setattr(other, name, vars(module)[name])
    return True
