"""The example files of webhooks and forms, from the request to the end of the run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.server.conftest import ClientAs
from tests.server.hooked import deploy, field_of
from treadle.model.ids import RunId
from treadle.server.services import Services
from treadle.service.tasks import Tasks

FOLDER = Path(__file__).parents[2] / "examples" / "webhooks"


async def test_the_order_is_answered_before_the_run_is_over(services: Services, client_as: ClientAs) -> None:
    client = await client_as(None)
    await deploy(services, (FOLDER / "order-with-answer.yaml").read_text())

    answered = await client.post("/hooks/orders/berlin", json={"items": [{"price": 20, "count": 2}]})

    assert (answered.status_code, answered.json()) == (201, {"shop": "berlin", "total": 40})
    result = await services.application.wait(RunId(answered.headers["x-treadle-run"]))
    assert result.output == "berlin: an order of 40"


async def test_the_form_is_answered_by_who_has_the_link(services: Services, client_as: ClientAs) -> None:
    client = await client_as(None)
    await deploy(services, (FOLDER / "time-off.yaml").read_text())
    page = await client.get("/forms/time-off")
    filled = {"f-who": "Ada", "f-first": "2026-12-21", "f-days": "3", "f-kind": "Holiday"}
    await client.post("/forms/time-off", data={"token": field_of(page, "token"), **filled})
    tasks, clock = Tasks(services.application), services.application.world.clock
    while not (found := await tasks.list()):
        await clock.sleep_until(clock.now() + timedelta(milliseconds=10))
    (path,) = tasks.links(found[0]).values()

    token = field_of(await client.get(path), "token")
    await client.post(path, data={"token": token, "f-paid": "true", "answer": "approve"})

    assert (await services.application.wait(found[0].run_id)).output == "3 days granted"
