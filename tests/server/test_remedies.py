"""Remedies for whoever asks over HTTP."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import treadle
from tests.server.conftest import ClientAs
from treadle.server.remedies import for_api

OF_THE_MACHINE = ("treadle up", "treadle db", "treadle new", "treadle doctor", "treadle import")
"""Commands that nothing else does, whoever asks."""
LAYERS = ("authoring", "engine", "dispatch", "node", "service", "store")
BESIDE = {"diagnosis.py", "operation_diagnosis.py", "backup.py", "project.py"}
"""Is about the machine itself."""


def every_remedy() -> Iterator[tuple[str, str]]:
    """(where, text) of what is said after `remedy=`, `suggest(…)` and the like; what is filled in is `NAME`."""
    root = Path(treadle.__file__).parent
    for layer in LAYERS:
        for path in sorted((root / layer).rglob("*.py")):
            if path.name in BESIDE:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
            documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                text = _text(node)
                if text and "`treadle " in text and id(node) not in inner | documented:
                    yield f"{path.name}:{node.lineno}", text  # pyright: ignore[reportAttributeAccessIssue]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "NAME" for part in node.values)
    return ""


def test_every_command_that_a_remedy_names_has_its_operation() -> None:
    left = [(where, for_api(text)) for where, text in every_remedy()]

    assert len(left) > 15
    assert not [
        (where, text)
        for where, text in left
        if "`treadle " in text and not any(f"`{one}" in text for one in OF_THE_MACHINE)
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Start it first: `treadle start nightly`.", "Start it first: `POST /deployments/nightly/start`."),
        ("Look at the run: treadle status r1", "Look at the run: `GET /runs/r1`"),
        ("`treadle list --workflows` shows them.", "`GET /workflows` shows them."),
        ("`treadle list` shows the runs there are.", "`GET /runs` shows the runs there are."),
        ("Save it: `treadle draft save orders.yaml`.", "Save it: `PUT /workflows/orders`."),
        ("or delete it all the same (`--force`)", "or delete it all the same (`force=true`)"),
        ("Say it: `--stub call=JSON`; or not.", 'Say it: `stubs: {"call": …}`; or not.'),
        ("Give them: `--data BTC/USDT=FILE`.", 'Give them: `data: [{"symbol": "BTC/USDT", "source": …}]`.'),
        ("`treadle backtests list` shows them.", "`GET /backtests` shows them."),
        ("Nothing to say.", "Nothing to say."),
        ("Driven on by `treadle up`.", "Driven on by `treadle up`."),
    ],
)
def test_a_command_becomes_the_operation_that_does_the_same(said: str, expected: str) -> None:
    assert for_api(said) == expected


async def test_who_deploys_over_http_is_told_what_to_send(client_as: ClientAs) -> None:
    editor = await client_as("editor")
    await editor.post("/api/v1/workflows", json={"text": "name: once\nnodes: []\n", "publish": True})

    refused = (await editor.post("/api/v1/deployments", json={"workflow": "once"})).json()

    assert refused["code"] == "no_schedule"
    assert "`every: 300`" in refused["detail"]
    assert "--every" not in str(refused)
