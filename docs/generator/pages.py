"""All generated pages, by path."""

from __future__ import annotations

from pathlib import Path

from docs.generator import commands, configuration, fields, functions, nodes, permissions, python_api, test_files
from treadle.node import Registry

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def all_pages() -> dict[Path, str]:
    """Path → what the page says now."""
    pages = {REFERENCE / "nodes" / name: text for name, text in nodes.pages(Registry.installed())}
    pages[REFERENCE / "settings.md"] = fields.page()
    pages[REFERENCE / "functions.md"] = functions.page()
    pages[REFERENCE / "configuration.md"] = configuration.page()
    pages[REFERENCE / "commands.md"] = commands.page()
    pages[REFERENCE / "permissions.md"] = permissions.page()
    pages[REFERENCE / "python.md"] = python_api.page()
    pages[REFERENCE / "test-files.md"] = test_files.page()
    return pages
