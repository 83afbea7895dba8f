"""The page of the Python API: every public name with its signature and what it promises."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import treadle
from docs.generator.markdown import GENERATED, block, prose

MODULES = {
    "treadle": "Everything for building and running workflows: `import treadle as td`.",
    "treadle.node": "For authors of node types; see [Write a node](../how-to/write-a-node.md).",
    "treadle.testing": "For tests; see [Test a workflow](../how-to/test-a-workflow.md).",
}

_TOLD = {
    "JsonValue": "A value that JSON can hold.",
    "Series": "A column of numbers, as a numpy array; of an input, collected over the runs of a deployment.",
    "Flags": "A column of truth values, as a numpy array.",
}
"""Names that come from elsewhere."""


def page() -> str:
    parts = ["# Python API", GENERATED]
    seen: set[int] = set()
    for name, about in MODULES.items():
        module = importlib.import_module(name)
        parts += [f"## {name}", about]
        for public, value in _members(module):
            if id(value) in seen:
                continue
            seen.add(id(value))
            parts.append(_entry(public, value))
    return "\n\n".join(parts) + "\n"


def undocumented() -> list[str]:
    """Public names without a word about them."""
    return [
        f"{name}.{public}"
        for name in MODULES
        for public, value in _members(importlib.import_module(name))
        if not _about(public, value)
    ]


def _members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What `__all__` names, else what the package's modules declare."""
    names = getattr(module, "__all__", None)
    if names:
        found = {name: getattr(module, name) for name in names}
    else:
        found = {name: value for part in _parts(module) for name, value in _declared(part)}
    for name in sorted(found, key=str.lower):
        if not inspect.ismodule(found[name]):
            yield name, found[name]


def _parts(module: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(getattr(module, "__path__", ()), module.__name__ + "."):
        yield importlib.import_module(info.name)


def _declared(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, value in vars(module).items():
        own = getattr(value, "__module__", None) == module.__name__ and not name.startswith("_")
        # The contract's functions serve its own tests.
        if own and (inspect.isclass(value) or (inspect.isfunction(value) and "contract" not in module.__name__)):
            yield name, value


def _entry(name: str, value: Any) -> str:
    home = getattr(value, "__module__", "")
    parts = [f"### {name}"]
    if home.startswith("treadle.testing."):
        parts.append(f"From `{home}`.")
    if inspect.isclass(value):
        parts.append(_class(name, value))
    elif inspect.isroutine(value):
        parts.append(block("text", _signature(name, value)))
        parts.append(prose(_own_doc(value)))
    else:
        parts.append(prose(_about(name, value)))
    return "\n\n".join(part for part in parts if part)


def _about(name: str, value: Any) -> str:
    """The docstring; of a constant, the text under it or what its type promises."""
    if inspect.isclass(value) or inspect.isroutine(value):
        return _own_doc(value)
    ours = type(value).__module__.startswith("treadle")
    return _TOLD.get(name) or _constants().get(name) or (_own_doc(type(value)) if ours else "")


@cache
def _constants() -> dict[str, str]:
    """The text under each public constant of the program."""
    found: dict[str, str] = {}
    for path in Path(treadle.__file__).parent.rglob("*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for line, below in pairwise(body):
            target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
            if isinstance(target, ast.Name) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                found.setdefault(target.id, str(below.value.value))
    return found


def _class(name: str, value: type[Any]) -> str:
    lines: list[str] = []
    for public, member in vars(value).items():
        function = getattr(member, "__func__", member)
        if public.startswith(("_", "test_")) or not inspect.isroutine(function) or inspect.isbuiltin(function):
            continue
        first = prose(_own_doc(function)).split("\n\n")[0]
        lines.append(f"- `{_signature(public, function)}`" + (f": {first}" if first else ""))
    return "\n\n".join(part for part in (prose(_own_doc(value)), "\n".join(lines)) if part)


def _own_doc(value: Any) -> str:
    text = vars(value).get("__doc__") if inspect.isclass(value) else getattr(value, "__doc__", "")
    return inspect.cleandoc(text or "")


def _signature(name: str, value: Any) -> str:
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return f"{name}(…)"
    kept = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    plain = signature.replace(
        parameters=[one.replace(annotation=inspect.Parameter.empty) for one in kept],
        return_annotation=inspect.Signature.empty,
    )
    prefix = "await " if inspect.iscoroutinefunction(value) else ""
    return f"{prefix}{name}{plain}"
