"""`treadle new`: a first workflow, a first node."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from treadle.cli.command import Invocation, command
from treadle.errors import Conflict, InvalidWorkflow

app = typer.Typer(help="Write a first workflow or node.", no_args_is_help=True)

_SETTINGS = "treadle.toml"

_NODE = '''"""{title}."""

from typing import Annotated

from pydantic import Field

from treadle.node import node


@node("custom.{name}", title="{title}")
def {name}(
    value: str,
    *,
    times: Annotated[int, Field(ge=1, description="How often it is said.")] = 1,
) -> str:
    """Say it louder. Positional parameters are input ports, keyword-only ones are config."""
    return " ".join([value.upper() + "!"] * times)
'''

_NODE_TEST = '''"""Tests of `custom.{name}`: a node is a function, so a test calls it."""

from {module}.{name} import {name}


def test_it_is_said_as_often_as_asked() -> None:
    said = {name}("hello", times=2)

    assert said == "HELLO! HELLO!"
'''


@app.command("workflow")
@command
def new_workflow(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name: lower-case words with hyphens.")],
) -> None:
    """Write a workflow file that runs at once."""
    if not _names_workflow(name):
        better = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "my-workflow"
        better = better if _names_workflow(better) else f"workflow-{better}"
        raise InvalidWorkflow(f"`{name}` is not a name.", code="invalid_name", remedy=f"Write `{better}`.")
    path = Path(f"{name}.yaml")
    _write({path: _template("workflow").replace("NAME", name).replace("TITLE", _title(name))})
    if invocation.json:
        invocation.screen.print_json({"files": [str(path)]})
        return
    invocation.screen.say(f"Wrote [bold]{path}[/]. Run it:  treadle run {path} --watch")


@app.command("node")
@command
def new_node(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, as a Python function's.")],
) -> None:
    """Write a node of this project's own, and its test. It can be used in workflows at once."""
    if not _names_node(name):
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "my_node"
        better = better if _names_node(better) else f"node_{better}"
        why = " but a word of Python's own" if keyword.iskeyword(name) else ""
        raise InvalidWorkflow(f"`{name}` is not a name{why}.", code="invalid_name", remedy=f"Write `{better}`.")
    configured = invocation.settings().nodes
    folder = Path(configured[0] if configured else "nodes")
    module = ".".join(folder.parts)
    values = {"name": name, "title": _title(name), "module": module}
    path, test = folder / f"{name}.py", folder / f"test_{name}.py"
    _write({path: _NODE.format(**values), test: _NODE_TEST.format(**values)})
    if not configured:
        _register(folder)
    if invocation.json:
        invocation.screen.print_json({"files": [str(path), str(test)], "type": f"custom.{name}"})
        return
    say = invocation.screen.say
    say(f"Wrote [bold]{path}[/] and [bold]{test}[/].")
    say(f"Use it in a workflow as [bold]custom.{name}[/]; see it:  treadle nodes custom.{name}")
    say(f"Test it:  python -m pytest {test}")


def _names_workflow(name: str) -> bool:
    """Whether the file can say `name: NAME` and mean text: YAML reads `9`, `no` and `2024-05-01` as something else."""
    import yaml

    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None and isinstance(yaml.safe_load(name), str)


def _names_node(name: str) -> bool:
    """Whether a function can be called so, and its file is not taken for a test."""
    fits = re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None
    return fits and not keyword.iskeyword(name) and not name.startswith("test_")


def _register(folder: Path) -> None:
    """Add the folder to the settings; what is there stays as it is."""
    path = Path(_SETTINGS)
    before = path.read_text() if path.exists() else ""
    # First, because a line below a `[table]` would belong to it.
    path.write_text(f'nodes = ["{folder.as_posix()}"]\n{before}')


def _write(files: dict[Path, str]) -> None:
    """All of them, or none where one is there already. Raises `Conflict`."""
    for path in files:
        if path.exists():
            raise Conflict(f"`{path}` is there already.", code="file_exists", remedy="Take another name, or move it.")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _template(name: str) -> str:
    from importlib.resources import files

    return (files("treadle.cli") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")


def _title(name: str) -> str:
    return re.sub(r"[-_]+", " ", name).strip().capitalize()
