"""The step of the build that writes the client from the API's document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class GeneratedClient(BuildHookInterface):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        target = root / "src" / "treadle_client" / "generated"
        if not (root.parent / "openapi.json").exists():
            if not (target / "models.py").exists():
                raise FileNotFoundError(
                    "There is neither ../openapi.json nor a generated client: build in a checkout of the repository,"
                    " or from the sdist."
                )
            return  # an sdist carries what was written when it was made
        sys.path.insert(0, self.root)
        try:
            from codegen.write import write_client
        finally:
            sys.path.remove(self.root)
        write_client(root.parent, target)
