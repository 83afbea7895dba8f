"""`write_client`: the whole of `treadle_client.generated`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from codegen.operations import read_methods, write_methods
from codegen.schemas import write_models


def write_client(contract: Path, target: Path) -> None:
    """From `openapi.json` and `methods.json` in `contract` into the folder `target`."""
    document = json.loads((contract / "openapi.json").read_text(encoding="utf-8"))
    methods = read_methods(document, json.loads((contract / "methods.json").read_text(encoding="utf-8")))
    base = document["servers"][0]["url"]
    modules = {
        "__init__": f'"""Written by the build."""\n\nAPI = {base!r}\nVERSION = {document["info"]["version"]!r}\n',
        "models": write_models(document["components"]["schemas"]),
        "aio": write_methods(methods, waits=True),
        "blocking": write_methods(methods, waits=False),
    }
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, text in modules.items():
        compile(text, f"{name}.py", "exec")
        (target / f"{name}.py").write_text(text, encoding="utf-8")
