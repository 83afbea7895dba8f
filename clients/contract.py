"""Written from the server's code as it is now: `openapi.json`, `methods.json`, and the editor's `scopes.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clients.naming import name_methods

HERE = Path(__file__).parent
FILES = {
    "openapi.json": HERE / "openapi.json",
    "methods.json": HERE / "methods.json",
    "scopes.json": HERE.parent / "ui" / "src" / "api" / "scopes.json",
}


def make_contract() -> dict[str, str]:
    """The text of each file."""
    from treadle.server.api import create_document
    from treadle.service.access.actions import least_roles

    document = create_document()
    written = {"openapi.json": document, "methods.json": name_methods(document), "scopes.json": least_roles()}
    return {name: _as_text(value) for name, value in written.items()}


def _as_text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
