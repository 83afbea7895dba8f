"""The command line in this process, in a folder of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from treadle.cli.main import app


@dataclass(frozen=True)
class Ran:
    """What a command came to. `out` and `err` are standard output and error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Treadle:
    """Calls the command line in `folder`, the working folder."""

    folder: Path

    def __call__(self, *arguments: str) -> Ran:
        result = CliRunner().invoke(app, list(arguments))
        return Ran(result.exit_code, result.stdout, result.stderr)

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name


@pytest.fixture
def treadle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Treadle:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("TREADLE_DB", "TREADLE_NODES", "TREADLE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return Treadle(tmp_path)


GREETING = """\
name: greeting
inputs: {who: string, times: {type: integer, default: 1}}
nodes:
  - {id: hello, type: data.template, config: {template: "Hello {{ workflow.input.who }}"}}
  - {id: each, type: flow.loop, config: {items: "{{ workflow.input.times }}"}, body: {nodes: [
      {id: line, type: data.template, config: {template: "{{ nodes.hello.output }} {{ loop.index }}"}}]}}
outputs: "{{ nodes.each.output }}"
"""

BROKEN = """\
name: broken
nodes:
  - {id: a, type: data.templat, config: {template: x}}
  - {id: b, type: data.filter, config: {condition: "nope("}}
"""

READING = """\
name: reading
nodes:
  - {id: before, type: data.template, config: {template: "before"}}
  - {id: read, type: file.read, config: {path: wanted.txt}}
connections: [{from: before, to: read.trigger}]
outputs: "{{ nodes.read.output }}"
"""

WAITING = """\
name: waiting
nodes:
  - {id: pause, type: flow.wait, config: {duration: 1h, value: kept}}
  - {id: after, type: data.pick, config: {path: ""}}
connections: [{from: pause, to: after}]
"""
