"""`openapi.json` and `methods.json`, as the server's code has them now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clients.naming import name_methods

HERE = Path(__file__).parent
FILES = {name: HERE / name for name in ("openapi.json", "methods.json")}


def make_contract() -> dict[str, str]:
    """The text of each file."""
    from treadle.server.api import create_document

    document = create_document()
    return {"openapi.json": _as_text(document), "methods.json": _as_text(name_methods(document))}


def _as_text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
