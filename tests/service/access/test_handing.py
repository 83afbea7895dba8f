"""Credentials that a run is bound to reach the workflows that it starts as far as their owners may use them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.authoring.document import load_workflow
from treadle.node import Context, SecretRef, effect
from treadle.service.access.actor import Actor
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.project import installed_registry
from treadle.service.settings import Settings
from treadle.service.vault.credentials import Credentials

TOLD: list[str] = []


@effect("tell.key", in_doubt="repeat")
async def tell(ctx: Context, *, key: SecretRef) -> str:
    TOLD.append(str(key))
    return "told"


LIBRARY = 'name: library\nnodes:\n  - {id: a, type: tell.key, config: {key: "{{ secrets.token }}"}}\n'
CALLS = "name: calls\nnodes:\n  - {id: a, type: flow.workflow, config: {workflow: library}}\n"
FAILS = "name: fails\nsettings: {on_failure: library}\nnodes:\n  - {id: a, type: flow.stop, config: {status: failed}}\n"


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    """`calls` and `fails` are ann's, and so is the profile `bank`; `open` is nobody's."""
    TOLD.clear()
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    registry = installed_registry(settings).with_definitions(tell)
    async with Application(settings, registry=registry) as opened:
        for name in ("ann", "bob"):
            await Users(opened).create(name, role="editor")
        for text in (LIBRARY, CALLS, FAILS):
            await opened.publish(load_workflow(text).workflows[0])
        for name in ("calls", "fails"):
            await Sharing(opened).transfer(name, to="ann")
        ann = (await Users(opened).get("ann")).id
        view = opened.acting_as(Actor("ann", "editor", "session", user_id=ann))
        await Credentials(view).create_profile("bank", fields={"token": "token-of-ann"})
        await Credentials(opened).create_profile("open", fields={"token": "token-for-all"})
        yield opened


async def give(application: Application, owner: str | None) -> None:
    await Sharing(application).transfer("library", to=owner)
    if owner is not None and owner != "ann":
        await Sharing(application).share("library", kind="user", name="ann", level="operate")


async def start(application: Application, way: str, profile: str) -> str | None:
    """Have a run with the profile start `library`; why it did not, where that is told."""
    if way == "call":
        result = await application.execute(ExecutionRequest("calls", profiles=(profile,)))
        return None if result.error is None else result.error.message
    await application.execute(ExecutionRequest("fails", profiles=(profile,)))
    await Events(application).delivery().deliver()
    for run in await application.store.list_runs(workflow="library"):
        await application.wait(run.id)
    return None


@pytest.mark.parametrize("way", ["call", "failure"])
@pytest.mark.parametrize(
    ("owner", "profile", "told"),
    [
        ("ann", "bank", ["token-of-ann"]),
        ("bob", "bank", []),
        (None, "bank", []),
        ("bob", "open", ["token-for-all"]),
        (None, "open", ["token-for-all"]),
    ],
)
async def test_what_is_started_is_given_what_its_owner_may_use(
    application: Application, way: str, owner: str | None, profile: str, told: list[str]
) -> None:
    await give(application, owner)

    await start(application, way, profile)

    assert told == TOLD


async def test_what_was_withheld_is_said(application: Application) -> None:
    await give(application, "bob")

    said = await start(application, "call", "bank")

    assert said is not None
    assert "`library` needs credentials that it is not given: `token`" in said
    assert "`bank`, which the owner of `library` may not use" in said


async def test_secrets_of_every_run_take_the_place_of_what_was_withheld(application: Application) -> None:
    await give(application, "bob")
    await Credentials(application).set_secret("token", "token-of-every-run")

    await start(application, "call", "bank")

    assert TOLD == ["token-of-every-run"]
