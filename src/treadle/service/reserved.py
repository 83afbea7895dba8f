"""What of the workspace is Treadle's own: what it keeps secret, and what it reads or runs when it starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from treadle.node.permissions import Reserved

if TYPE_CHECKING:
    from treadle.service.settings import Settings

SETTINGS_FILE = "treadle.toml"
_BESIDE_STORE = ("-wal", "-shm", "-journal", ".key", ".server", ".before-")
_MODULES = (".py", ".pyc", ".pyd", ".so", ".pth")
"""What Python imports, or runs when it starts."""


def find_reserved(settings: Settings) -> tuple[Reserved, ...]:
    """What nodes may not touch in the workspace of the settings, wherever links lead to it."""
    workspace, project = Path(settings.workspace).resolve(), Path.cwd().resolve()
    found = [*_secrets(settings, project), *_loaded(settings, workspace, project)]

    def applies(one: Reserved) -> bool:
        # A folder around the workspace is not reserved in it: whoever chose the workspace gave away what is in it.
        return not workspace.is_relative_to(one.path) or (bool(one.endings) and one.path == workspace)

    return tuple(filter(applies, found))


def _secrets(settings: Settings, project: Path) -> Iterator[Reserved]:
    store = "the store with its keys and copies"
    for path in _both(settings.db.removeprefix("sqlite:///")):
        yield Reserved(path, store, is_secret=True, beside=_BESIDE_STORE)
    for path in (*_both(settings.backup_folder), *_both(".treadle")):
        yield Reserved(path, store, is_secret=True)
    yield Reserved(project / ".env", "the environment of the process", is_secret=True, beside=(".",))
    for path in (*_both(settings.tls_key), *_both(settings.tls_cert)):
        yield Reserved(path, "the server's certificate and its key", is_secret=True)


def _loaded(settings: Settings, workspace: Path, project: Path) -> Iterator[Reserved]:
    for path in _both(SETTINGS_FILE):
        yield Reserved(path, "Treadle's settings")
    code = "code that Treadle runs"
    yield Reserved(project, code, endings=_MODULES)
    folders = {path for folder in (*settings.nodes, sys.prefix, *sys.path) for path in _both(folder)}
    for path in sorted(folders - {project}):
        if path == workspace:
            yield Reserved(path, code, endings=_MODULES)
        else:
            yield Reserved(path, code)


def _both(path: str) -> set[Path]:
    """Where a path is and where a link at its end leads to."""
    given = Path(path)
    return {given.parent.resolve() / given.name, given.resolve()} if path else set()
