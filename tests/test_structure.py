"""The house rules that a program can check: layers, sizes, names, where time is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "treadle"

LAYERS = (
    "errors",
    "model",
    "expressions",
    "node",
    "authoring",
    "engine",
    "simulation",
    "store",
    "dispatch",
    "packs",
    "service",
    "testing",
    "server",
    "demo",
    "cli",
)
"""A package may import those before it."""

WALLS = {
    "authoring": {"errors", "model", "expressions", "node"},
    "engine": {"errors", "model", "expressions", "node"},
    "packs": {"errors", "model", "expressions", "node", "simulation"},
    "store": {"errors", "model", "engine"},
    "testing": {
        "errors",
        "model",
        "expressions",
        "node",
        "authoring",
        "engine",
        "store",
        "dispatch",
        "service",
        "packs",
    },
}
"""Packages that may import less than their place in the order allows."""

STORE_MAY_READ = {"treadle.engine.journal", "treadle.engine.clock"}

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def layer_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "treadle":
                yield from (f"treadle.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if path != SOURCE / "__init__.py"],  # the front names every layer's public words
    ids=lambda path: str(path.relative_to(SOURCE)),
)
def test_a_package_imports_only_what_lies_below_it(path: Path) -> None:
    """Imports point down the layers of the architecture, and never through a wall."""
    layer = layer_of(path)
    allowed = WALLS.get(layer, set(LAYERS[: LAYERS.index(layer)])) | {layer, "__init__", "__version__"}

    found = {name for name in imports(path) if name.startswith("treadle.")}

    wrong = {name for name in found if name.split(".")[1] not in allowed}
    if layer == "store":
        wrong |= {name for name in found if name.startswith("treadle.engine") and name not in STORE_MAY_READ}
    assert not wrong


def test_no_file_passes_the_wall_of_500_lines() -> None:
    """A file is one noun."""
    lengths = {str(path.relative_to(SOURCE)): len(path.read_text().splitlines()) for path in modules()}

    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    """`utils`, `helpers`, `manager` and `misc` are where nouns go to be lost."""
    assert [path for path in modules() if path.stem in FORBIDDEN_NAMES] == []


def test_one_file_asks_what_time_it_is() -> None:
    """Time is passed in everywhere else, so that it can be turned in tests and simulations."""
    askers = {
        str(path.relative_to(SOURCE))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow")
        and isinstance(node.value, ast.Name)
        and node.value.id == "datetime"
    }

    assert askers == {"engine/clock.py"}


def test_the_engine_does_not_know_where_it_is_stored_or_served() -> None:
    """No SQL, no HTTP in the kernel."""
    names = {name.split(".")[0] for path in (SOURCE / "engine").rglob("*.py") for name in imports(path)}

    assert names & {"sqlite3", "sqlalchemy", "psycopg", "httpx", "starlette", "fastapi"} == set()


def test_no_module_waits_in_a_cycle_of_imports() -> None:
    """Import cycles between modules are mended, not deferred; type-checking imports do not count."""
    graph = {
        "treadle." + ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): set(
            _runtime_imports(path)
        )
        for path in modules()
    }

    assert list(_cycles(graph)) == []


def _runtime_imports(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("treadle."):
            for alias in node.names:
                part = SOURCE.parent / (node.module.replace(".", "/") + f"/{alias.name}")
                is_module = part.with_suffix(".py").exists() or (part / "__init__.py").exists()
                yield f"{node.module}.{alias.name}" if is_module else node.module


def _cycles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> Iterator[list[str]]:
        if name in path:
            yield [*path[path.index(name) :], name]
            return
        if name in done:
            return
        for target in graph.get(name, ()):
            yield from visit(target, [*path, name])
        done.add(name)

    for name in graph:
        yield from visit(name, [])
