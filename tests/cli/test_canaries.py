"""Canaries on the command line: no command writes a secret to the screen or into a file, recorded tests included."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.cli.conftest import Treadle
from tests.service.vault.test_canaries import CANARIES, echo_server, files_in, leaks, plant
from treadle.authoring.check.file import check_file
from treadle.service.application import Application
from treadle.service.execution import ExecutionRequest
from treadle.service.settings import Settings

pytestmark = pytest.mark.slow

LEAKY = """
name: leaky
inputs: {given: {type: string, default: ""}}
nodes:
  - {id: echo, type: http.request, config: {url: "ADDRESS/echo", method: POST, auth: bearer,
     secret: "{{ secrets.from_env }}", query: {given: "{{ workflow.input.given }}"}}}
  - {id: stored, type: http.request, config: {url: "ADDRESS/echo", auth: bearer, secret: "{{ secrets.from_vault }}"}}
  - {id: profile, type: http.request, config: {url: "ADDRESS/echo", auth: basic, username: ada,
     secret: "{{ secrets.env_token }}"}}
  - {id: refused, type: http.request, config: {url: "ADDRESS/refuse", auth: header,
     secret: "{{ secrets.from_env }}"}, on_error: branch}
  - {id: stop, type: flow.stop, config: {status: STATUS, message: "{{ nodes.echo.body.raw }}"}, after: [refused]}
connections: []
"""
COMMANDS = (
    "list",
    "list --json",
    "list --workflows",
    "status last",
    "status last --json",
    "logs last",
    "logs last --json",
    "test record last -o made.test.yaml",
    "test made.test.yaml",
    "test record last -o again.test.yaml --json",
    "dead",
    "dead --json",
    "tasks --all",
    "signal --list",
    "versions leaky",
    "deployments",
    "audit list",
    "audit list --json",
    "audit export",
    "secret list",
    "secret list --json",
    "profile list",
    "profile list --json",
    "doctor",
    "doctor --json",
    "backup copy",
)


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_no_command_shows_a_secret(treadle: Treadle, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    plant(monkeypatch)
    database = str(treadle.folder / "treadle.db")
    monkeypatch.setenv("TREADLE_DB", database)
    shown = [treadle("secret", "set", "from_vault", "--value", CANARIES["vault"])]

    async def run() -> None:
        settings = replace(Settings(), db=database, workspace=str(treadle.folder), allow_private_network=True)
        async with Application(settings) as application, echo_server() as address:
            checked = check_file(LEAKY.replace("ADDRESS", address).replace("STATUS", status), application.registry)
            assert checked.result.valid, checked.result.errors
            await application.publish(checked.workflows[0])
            given = {"given": " ".join(CANARIES[place] for place in ("environment", "environment profile", "vault"))}
            result = await application.execute(ExecutionRequest("leaky", input=given, profiles=("given",)))
            assert result.status == status, result.error

    assert shown[0].code == 0, shown[0].err
    asyncio.run(run())
    for command in COMMANDS:
        ran = treadle(*command.split())
        assert ran.code in (0, 1), (command, ran.err)
        assert ran.out or ran.err, command
        shown.append(ran)

    assert [(one.code, leaks(one.out + one.err)) for one in shown if leaks(one.out + one.err)] == []
    written = dict(files_in(treadle.folder))
    assert {"made.test.yaml", "again.test.yaml", "treadle.db"} <= set(written)
    assert b"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2" in written["made.test.yaml"]  # the secrets did come by
    assert {name: leaks(content) for name, content in written.items() if leaks(content)} == {}
