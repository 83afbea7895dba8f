"""Every code that the program gives an issue, an error or a failure, found in its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import treadle

SOURCE = Path(treadle.__file__).parent
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FIRST = {"Issue", "Problem", "Missing", "Fault", "refuse", "error", "warn", "_issue"}
"""Calls whose first argument is a code."""
_TABLES = {"fault.py", "failures.py"}
"""Files that hold tuples of (code, message, remedy)."""


def codes() -> dict[str, set[str]]:
    """Code → the packages that give it."""
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        package = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        is_tool = package == "demo" or (package == "testing" and "cases" not in path.parts)
        if is_tool or "inside" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        rows = _rows(tree) if path.name in _TABLES else ()
        for code in (*_codes(tree, of_engine=package == "engine"), *rows):
            found.setdefault(code, set()).add(package)
    return found


def _rows(tree: ast.Module) -> Iterator[str]:
    """The first text of every tuple of three or more."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) >= 3:
            yield from _texts(node.elts[0])


def _codes(tree: ast.Module, *, of_engine: bool) -> Iterator[str]:
    """`of_engine`: the engine also names what failures are of (`kind`)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, _FIRST | {"Failure"} if of_engine else _FIRST)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _assigned(node, {"code", "kind"} if of_engine else {"code"})


def _call(node: ast.Call, first: set[str]) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    for keyword in node.keywords:
        if keyword.arg == "code":
            yield from _texts(keyword.value)
    if name in first and node.args and not _is_logger(node.func):
        yield from _texts(node.args[0])


def _is_logger(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in ("log", "logger", "logging", "screen", "parser")
    )


def _assigned(line: ast.Assign | ast.AnnAssign, names: set[str]) -> Iterator[str]:
    """What is assigned to a name or attribute that holds a code."""
    target = line.targets[0] if isinstance(line, ast.Assign) else line.target
    value = line.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        target, value = target.elts[0], value.elts[0]
    name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
    if name in names and value is not None:
        yield from _texts(value)


def _texts(value: ast.expr) -> Iterator[str]:
    """The texts an expression may be, such as both arms of `a if x else b`."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and _CODE.fullmatch(value.value):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)
