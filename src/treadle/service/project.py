"""What a project adds to the installed packs: the node types in its own folders."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from treadle.errors import InvalidWorkflow, StoreError
from treadle.model.issue import Issue
from treadle.node.definition import NodeDefinition
from treadle.node.registry import Registry
from treadle.service.settings import Settings


def installed_registry(settings: Settings) -> Registry:
    """Every installed pack, and the node types of the project's own folders (`nodes` in `treadle.toml`).

    Raises `InvalidWorkflow` (`invalid_node`) that names every file which cannot be used.
    """
    return Registry.installed().with_definitions(*find_definitions(settings))


def readable_registry(settings: Settings) -> tuple[Registry, tuple[Issue, ...]]:
    """As `installed_registry`, for who only looks: files that cannot be used are left out, and told of."""
    found, issues = _search(settings)
    return Registry.installed().with_definitions(*found), tuple(issues)


def find_definitions(settings: Settings) -> list[NodeDefinition]:
    """The node types declared in the project's folders. Raises `InvalidWorkflow` (`invalid_node`)."""
    found, issues = _search(settings)
    if issues:
        raise InvalidWorkflow("The project's own nodes cannot be loaded.", code="invalid_node", issues=tuple(issues))
    return found


def make_store_folder(folder: Path) -> None:
    """Make the folder that the store is to be in. Raises `StoreError` (`no_folder`) where that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "it is a file" if folder.is_file() else error.strerror
        raise StoreError(
            f"The folder `{folder}` of the store cannot be made: {reason}.",
            code="no_folder",
            remedy="Name another place for the store: `--db`, TREADLE_DB, or `db` in `treadle.toml`.",
        ) from None


def _search(settings: Settings) -> tuple[list[NodeDefinition], list[Issue]]:
    """The node types of the files that can be used, and what is wrong with the others."""
    found: list[NodeDefinition] = []
    issues: list[Issue] = []
    for folder in settings.nodes:
        path = Path(folder)
        if not path.is_dir():
            remedy = "Make it, or correct `nodes` in `treadle.toml`."
            issues.append(Issue("invalid_node", f"The folder `{folder}` of nodes is not there.", remedy=remedy))
            continue
        for file in sorted(path.glob("*.py")):
            if file.name.startswith(("_", "test_")):
                continue
            try:
                module = _load(file)
            except (Exception, SystemExit) as error:
                issues.append(_issue(file, error))
                continue
            found.extend(_declared(module))
    return found, issues


def _load(file: Path) -> ModuleType:
    """Import a file as `nodes.shout`, so that its test, and other nodes, can import it by the same name."""
    name = ".".join(part for part in file.with_suffix("").parts if part not in ("/", ".", ".."))
    present = sys.modules.get(name)
    if present is not None and getattr(present, "__file__", None) == str(file.resolve()):
        return present
    root = str(Path.cwd())
    if root not in sys.path:
        # At the end: a file of the project must not stand in for a library's module.
        sys.path.append(root)
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _declared(module: ModuleType) -> Iterator[NodeDefinition]:
    for value in vars(module).values():
        if isinstance(value, NodeDefinition) and value.function.__module__ == module.__name__:
            yield value


def _issue(file: Path, error: BaseException) -> Issue:
    """Where in the node's own file it went wrong, not where in the machinery."""
    line, column = None, None
    if isinstance(error, SyntaxError):
        line, column = error.lineno, error.offset
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == str(file.resolve()):
                line, column = frame.lineno, 1
    message = f"`{file}`: {type(error).__name__}: {error}"
    return Issue("invalid_node", message, (str(file),), line, column, "Correct the file.")
