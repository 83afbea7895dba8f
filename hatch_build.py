"""The step of the build that makes the editor, when it is not there yet or its sources have changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "ui"))
try:
    import build_editor as editor
finally:
    sys.path.pop(0)


class BuiltEditor(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node is fetched only when there is something to build."""
        return [editor.NODE] if editor.is_needed() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not editor.is_needed():
            return
        try:
            editor.build()
        except editor.CannotBuild as error:
            self.app.abort(editor.explain(error))
