"""Mutants of our own source: one small change at a time, as a tired programmer would make it.

Made on the syntax tree: comparisons moved by one or turned round, conditions negated, `and` for `or`, another number
or word, another operator, the first two arguments swapped, a statement left out, nothing returned. Words for people
(texts with a space) and annotations stay as they are. A mutant has a name that says what was changed, and no line number:
it keeps its name when the file moves.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_COMPARED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALCULATED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.Div: ast.Mult,
}
# What these answer does not depend on the order of two arguments.
_ANY_ORDER = {"max", "min"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Mutant:
    """`function` is the qualified name the change lies in, empty for a constant of the module; `lines` are those of
    its statement in the file."""

    module: str
    path: Path
    function: str
    name: str
    lines: range
    # Which statement of the module it lies in, which node of the tree it is, and which change of that node.
    place: int
    index: int
    change: int

    @property
    def where(self) -> str:
        return f"{self.path.name}:{self.lines.start}"

    def tree(self) -> ast.Module:
        """The whole changed module."""
        tree = ast.parse(_source(self.path))
        old = list(ast.walk(tree))[self.index]
        changed = list(_changes(old))[self.change][1]
        new = ast.copy_location(changed or ast.Pass(), old)

        class Put(ast.NodeTransformer):
            def visit(self, node: ast.AST) -> ast.AST:
                return new if node is old else self.generic_visit(node)

        return ast.fix_missing_locations(Put().visit(tree))


@dataclass(frozen=True)
class _Site:
    """A statement (or part of one) and where it is: `index` counts the nodes of the tree as ast.walk gives them."""

    index: int
    function: str
    statement: ast.stmt
    place: int


@cache
def _source(path: Path) -> str:
    """Read once: somebody may be working on the file while its mutants are tried."""
    return path.read_text()


def of_file(path: Path, module: str) -> list[Mutant]:
    tree, named = ast.parse(_source(path)), Counter[str]()
    found, nodes = [], list(ast.walk(tree))
    for site in _sites(tree):
        for change, (said, _) in enumerate(_changes(nodes[site.index])):
            name = f"{module.rpartition('.')[2]}.{site.function or '(module)'}: {said}"
            named[name] += 1
            name += f" (no. {named[name]})" if named[name] > 1 else ""
            lines = range(site.statement.lineno, _header_end(site.statement) + 1)
            found.append(Mutant(module, path, site.function, name, lines, site.place, site.index, change))
    return found


def _header_end(statement: ast.stmt) -> int:
    """The last line of a statement without the block below it."""
    body = getattr(statement, "body", None)
    return max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno or statement.lineno


def _sites(tree: ast.Module) -> Iterator[_Site]:
    numbers = {id(node): index for index, node in enumerate(ast.walk(tree))}
    for place, statement in enumerate(tree.body):
        if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            yield from _inside(statement, "", place, numbers)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            for node in _parts(statement.value):
                yield _Site(numbers[id(node)], "", statement, place)


def _inside(node: ast.stmt, prefix: str, place: int, numbers: dict[int, int]) -> Iterator[_Site]:
    if isinstance(node, ast.ClassDef):
        for each in node.body:
            if isinstance(each, (*_FUNCTIONS, ast.ClassDef)):
                yield from _inside(each, f"{prefix}{node.name}.", place, numbers)
        return
    assert isinstance(node, _FUNCTIONS)
    for statement in _statements(node.body):
        for part in _own_parts(statement):
            yield _Site(numbers[id(part)], f"{prefix}{node.name}", statement, place)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        yield statement
        for block in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, block, []))
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)


def _own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement and its expressions, without annotations and without statements inside it."""
    yield statement
    for name, value in ast.iter_fields(statement):
        if name in {
            "body",
            "orelse",
            "finalbody",
            "handlers",
            "annotation",
            "returns",
            "decorator_list",
            "args",
        }:
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield from _parts(each)


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                yield from _parts(each.value)
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _parts(child)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """What was changed in words, and the node after it; None leaves a statement out."""
    for before, after in [*_other_operators(node), *_other_values(node), *_other_flow(node)]:
        shown = ast.unparse(after) if after is not None else "left out"
        yield f"{_short(ast.unparse(before))} → {_short(shown)}", after


def _other_operators(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            yield node, _changed(node, ops=[*node.ops[:at], _COMPARED[type(operator)](), *node.ops[at + 1 :]])
    elif isinstance(node, ast.BoolOp):
        yield node, _changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, node.operand
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _CALCULATED:
        yield node, _changed(node, op=_CALCULATED[type(node.op)]())


def _other_values(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield node, ast.Constant(not value)
        elif isinstance(value, int):
            yield node, ast.Constant(value + 1)
        elif isinstance(value, str) and " " not in value.strip():
            yield node, ast.Constant(f"{value}X" if value else "X")
        elif isinstance(value, bytes):
            yield node, ast.Constant(value + b"X")
    elif isinstance(node, ast.Call) and len(node.args) > 1 and not isinstance(node.args[0], ast.Starred):
        first, second, *rest = node.args
        if not isinstance(second, ast.Starred) and ast.unparse(node.func) not in _ANY_ORDER:
            yield node, _changed(node, args=[second, first, *rest])


def _other_flow(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    if isinstance(node, (ast.If, ast.While, ast.IfExp)) and _is_plain(node.test):
        yield node.test, _changed(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension):
        for at, condition in enumerate(node.ifs):
            if _is_plain(condition):
                turned = [*node.ifs]
                turned[at] = ast.UnaryOp(ast.Not(), condition)
                yield condition, _changed(node, ifs=turned)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield node, ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue):
        yield node, ast.Break()
    elif (
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        or isinstance(node, ast.AugAssign)
        or (isinstance(node, ast.Assign) and not isinstance(node.targets[0], (ast.Name, ast.Tuple)))
    ):
        yield node, None


def _is_plain(test: ast.AST) -> bool:
    """A condition that no other operator turns round already."""
    return not isinstance(test, (ast.Compare, ast.BoolOp)) and not (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    )


def _is_none(value: ast.AST) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 110 else f"{line[:107]}…"
