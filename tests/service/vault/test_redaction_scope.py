"""Secrets are blotted out of the data of whoever may use them: of others' they tell nothing, and spoil nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from treadle.authoring.document import load_workflow
from treadle.engine.redaction import BLOT, Redactor
from treadle.model.workflow import Workflow
from treadle.service.access.actor import Actor
from treadle.service.access.sharing import Sharing
from treadle.service.access.users import Users
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.events import Events
from treadle.service.execution import ExecutionRequest
from treadle.service.node_tests import NodeTests
from treadle.service.settings import Settings
from treadle.service.signals import Signals
from treadle.service.vault.credentials import Credentials

ECHO = """
name: {name}
inputs: {{told: any}}
nodes:
  - {{id: a, type: data.transform, config: {{transform: workflow.input.told}}}}
outputs: "{{{{ nodes.a.output }}}}"
"""
OWN, OPEN, GLOBAL = "hunter42-of-ann", "token-for-everybody", "secret-of-every-run"
TOLD = [OWN, OPEN, GLOBAL, "plain"]


def echo(name: str) -> Workflow:
    return load_workflow(ECHO.format(name=name)).workflows[0]


class House:
    def __init__(self, application: Application) -> None:
        self.application = application

    async def view(self, name: str) -> Application:
        user = await Users(self.application).get(name)
        return self.application.acting_as(Actor(name, "editor", "session", user_id=user.id))

    async def echoed(self, by: str, workflow: str, *profiles: str) -> Any:
        """What a run gives back of the secrets that it is given."""
        view = await self.view(by)
        result = await view.execute(ExecutionRequest(workflow, input={"told": TOLD}, profiles=profiles))
        stored = await self.application.store.get_run(result.run_id)
        assert stored.input["told"] == result.output
        return result.output


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The workflows `ann`, `bob` and `nobody` are theirs; ann has a profile, and there are one and a secret for all."""
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), synchronous="OFF")
    async with Application(settings) as application:
        found = House(application)
        await application.publish(echo("nobody"))
        for name in ("ann", "bob"):
            await Users(application).create(name, role="editor")
            await application.publish(echo(name))
            await Sharing(application).transfer(name, to=name)
        await Credentials(await found.view("ann")).create_profile("bank", fields={"pin": OWN})
        await Credentials(application).create_profile("open", fields={"token": OPEN})
        await Credentials(application).set_secret("token", GLOBAL)
        yield found


@pytest.mark.parametrize(
    ("by", "workflow", "shows"),
    [("ann", "ann", False), ("ann", "nobody", False), ("bob", "bob", True), ("bob", "nobody", True)],
)
async def test_a_run_is_cleared_of_what_is_its_owners_and_everybodys(
    house: House, by: str, workflow: str, shows: bool
) -> None:
    """In another's run the value stands as it was given: that it vanished would tell that it is a secret."""
    assert await house.echoed(by, workflow) == [OWN if shows else BLOT, BLOT, BLOT, "plain"]


async def test_a_run_of_anothers_is_cleared_of_its_owners_not_of_who_starts_it(house: House) -> None:
    await Sharing(house.application).share("bob", kind="user", name="ann", level="operate")

    assert (await house.echoed("ann", "bob"))[0] == OWN


async def test_a_run_is_cleared_of_what_it_is_bound_to(house: House) -> None:
    await Sharing(house.application).share("bob", kind="user", name="ann", level="operate")

    assert (await house.echoed("ann", "bob", "bank"))[0] == BLOT


async def test_a_secret_of_ones_own_spoils_nobodys_data(house: House) -> None:
    await Credentials(await house.view("bob")).create_profile("bobs", fields={"word": "token-for-lunch"})
    ann = await house.view("ann")

    result = await ann.execute(ExecutionRequest("ann", input={"told": {"token-for-lunch": "token-for-lunch"}}))

    assert result.output == {"token-for-lunch": "token-for-lunch"}


async def test_what_nobody_owns_is_cleared_for_whoever_deployed_it(house: House) -> None:
    for name in ("ann", "bob"):
        deployments = Deployments(await house.view(name))
        deployment = await deployments.create("nobody", f"of-{name}", every=3600, input={"told": TOLD})
        await Deployments(house.application).fire(deployment)

    runs = await house.application.store.list_runs(workflow="nobody")

    assert {run.deployment: run.input["told"][0] for run in runs} == {"of-ann": BLOT, "of-bob": OWN}


async def test_what_is_sent_is_cleared_for_whoever_sends_it(house: House) -> None:
    found: dict[str, Any] = {}
    for name in ("ann", "bob"):
        view = await house.view(name)
        await Events(view).publish(f"from.{name}", OWN)
        sent = await Signals(view).send("told", OWN, key=name)
        tried = await NodeTests(view).run("data.template", config={"template": OWN}, inputs={})
        (event,) = await house.application.store.list_events(topic=f"from.{name}")
        found[name] = (event.payload, sent.signal.payload, tried.outputs["output"])

    assert found == {"ann": (BLOT,) * 3, "bob": (OWN,) * 3}


def test_what_is_not_data_is_cleared_of_everything(house: House) -> None:
    assert house.application.world.redactor().value(TOLD) == [BLOT, BLOT, BLOT, "plain"]


def test_the_names_of_ports_are_left_alone() -> None:
    assert Redactor(["amount"]).ports({"amount": "an amount", "total": 3}) == {"amount": f"an {BLOT}", "total": 3}
