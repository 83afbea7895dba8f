"""The Python client against a real server."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

DESK = """
# The desk for orders.
name: orders
inputs: {order: string}
nodes:
  - {id: paid, type: flow.signal, config: {name: paid, key: "{{ workflow.input.order }}"}}
  - id: ship
    type: flow.approval
    config:
      title: "Ship {{ workflow.input.order }}?"
      form: {type: object, properties: {boxes: {type: integer}}, required: [boxes]}
connections:
  - {from: paid.payload, to: ship.value}
outputs: {boxes: "{{ nodes.ship.output.answer.values.boxes }}", paid: "{{ nodes.paid.output.payload.amount }}"}
"""
DOUBLE = {
    "name": "double",
    "inputs": {"size": "number"},
    "nodes": [{"id": "double", "type": "data.transform", "config": {"transform": "workflow.input.size * 2"}}],
    "outputs": "{{ nodes.double.output }}",
}

BARS = b"""time,open,high,low,close,volume
2024-01-01T00:00:00Z,100,101,99,100,5
2024-01-01T01:00:00Z,100,103,99,102,5
2024-01-01T02:00:00Z,102,104,101,103,5
"""


@pytest.fixture
async def treadle(treadle_client: ModuleType, url: str, key: str) -> Any:
    async with treadle_client.AsyncTreadle(url, key=key) as treadle:
        yield treadle


async def until_waiting(treadle: Any, run_id: str, node: str) -> None:
    async with asyncio.timeout(20):
        while True:
            found = await treadle.runs.query(run_id)
            if any(one.node == node or getattr(one, "path", None) == node for one in found.waiting):
                return
            await asyncio.sleep(0.02)


async def until_task(treadle: Any, run_id: str) -> Any:
    async with asyncio.timeout(20):
        while not (found := await treadle.tasks.list(run=run_id).collect()):
            await asyncio.sleep(0.02)
    return found[0]


async def test_a_workflow_is_created_published_run_and_its_result_typed(treadle: Any) -> None:
    created = await treadle.workflows.create(definition=DOUBLE)

    published = await treadle.workflows.publish("double")
    result = await treadle.workflows.execute("double", input={"size": 21})

    assert (created.name, published.version) == ("double", 1)
    assert (result.status, result.output) == ("completed", 42)
    assert result.finished_at >= result.started_at


async def test_a_run_is_watched_signalled_and_approved(treadle: Any) -> None:
    await treadle.workflows.create(text=DESK, publish=True)
    seen: list[str] = []

    async with treadle.workflows.stream("orders", input={"order": "A-17"}) as events:
        async for event in events:
            seen.append(event.type)
            if event.type == "node.waiting" and event.path == "paid":
                await treadle.signals.send(name="paid", key="A-17", payload={"amount": 20})
            if event.type == "node.waiting" and event.path == "ship":
                task = await until_task(treadle, events.run_id)
                await treadle.tasks.complete(task.id, approve=True, values={"boxes": 3})

    result = await treadle.runs.get_result(events.run_id)
    assert result.output == {"boxes": 3, "paid": 20}
    assert seen.count("node.completed") == 2


async def test_a_deployment_is_made_paused_and_read(treadle: Any) -> None:
    every = {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600}}
    await treadle.workflows.create(definition={"name": "bot", "nodes": [every]}, publish=True)

    deployed = await treadle.deployments.create(workflow="bot", name="hourly")
    paused = await treadle.deployments.pause("hourly")

    assert (deployed.status, paused.status) == ("active", "paused")
    assert [one.name async for one in treadle.deployments.list()] == ["hourly"]


async def test_a_list_is_gone_through_over_its_pages(treadle: Any) -> None:
    await treadle.workflows.create(definition=DOUBLE, publish=True)
    for size in range(7):
        await treadle.workflows.execute("double", input={"size": size})

    runs = treadle.runs.list(workflow="double", limit=3)

    assert len({run.id async for run in runs}) == 7
    assert [len(page.items) async for page in runs.pages()] == [3, 3, 1]
    assert len(await runs.collect(4)) == 4


async def test_what_is_refused_says_what_to_do(treadle: Any, treadle_client: ModuleType) -> None:
    await treadle.workflows.create(definition=DOUBLE)

    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.workflows.get("doubel")

    assert (refused.value.code, refused.value.status) == ("unknown_workflow", 404)
    assert "double" in refused.value.remedy


async def test_everything_that_is_wrong_comes_at_once(treadle: Any, treadle_client: ModuleType) -> None:
    wrong = {"name": "w", "nodes": [{"id": "a", "type": "no.such"}, {"id": "b", "type": "neither"}]}
    await treadle.workflows.create(definition=wrong)

    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.workflows.publish("w")

    assert refused.value.status == 422
    assert {issue["path"].partition("]")[0] for issue in refused.value.issues} == {"nodes[0", "nodes[1"}


async def test_a_change_of_what_was_read_is_refused_when_somebody_was_quicker(
    treadle: Any, treadle_client: ModuleType
) -> None:
    read = await treadle.workflows.create(definition=DOUBLE)
    await treadle.workflows.save_draft("double", definition={**DOUBLE, "title": "Twice"}, if_match=read.etag)

    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.workflows.save_draft("double", definition=DOUBLE, if_match=read.etag)

    assert (refused.value.code, refused.value.status) == ("edited_meanwhile", 412)


async def test_a_change_sent_twice_with_one_key_is_made_once(treadle: Any) -> None:
    await treadle.workflows.create(definition=DOUBLE, publish=True)

    first = await treadle.workflows.execute("double", input={"size": 1}, idempotency_key="k-1")
    second = await treadle.workflows.execute("double", input={"size": 1}, idempotency_key="k-1")

    assert first.run_id == second.run_id
    assert len(await treadle.runs.list().collect()) == 1


async def test_a_workflow_is_exported_as_it_was_written(treadle: Any) -> None:
    await treadle.workflows.create(text=DESK)

    assert "# The desk for orders." in await treadle.workflows.export("orders")


async def test_bars_of_a_file_are_sent_and_listed(treadle: Any) -> None:
    sent = await treadle.bars.upload(BARS, name="btc.csv")

    assert (sent.name, sent.bars, sent.source) == ("file:btc@1h", 3, "upload")
    assert [one.name async for one in treadle.bars.list()] == ["file:btc@1h"]


async def test_a_file_sent_twice_with_one_key_is_kept_once(treadle: Any) -> None:
    first = await treadle.bars.upload(BARS, name="btc.csv", idempotency_key="k-1")
    await treadle.bars.delete("file:btc@1h")
    second = await treadle.bars.upload(BARS, name="btc.csv", idempotency_key="k-1")

    assert first == second
    assert await treadle.bars.list().collect() == []


async def test_a_file_of_bars_that_are_wrong_is_refused_by_row(treadle: Any, treadle_client: ModuleType) -> None:
    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.bars.upload(BARS.replace(b"103,99,102", b"103,99,many"), name="btc.csv")

    assert (refused.value.code, refused.value.status) == ("invalid_bars", 422)


async def test_bars_are_named_with_the_slash_of_their_market(treadle: Any, treadle_client: ModuleType) -> None:
    with pytest.raises(treadle_client.TreadleApiError) as refused:
        await treadle.bars.delete("binance:BTC/USDT@1h")

    assert (refused.value.code, refused.value.status) == ("unknown_bars", 404)


async def test_the_blocking_client_sends_a_file_too(treadle_client: ModuleType, url: str, key: str) -> None:
    def work() -> tuple[str, list[str]]:
        with treadle_client.Treadle(url, key=key) as treadle:
            sent = treadle.bars.upload(BARS, name="eth.csv", content_type="text/csv")
            return sent.name, [one.name for one in treadle.bars.list()]

    assert await asyncio.to_thread(work) == ("file:eth@1h", ["file:eth@1h"])


async def test_the_blocking_client_does_the_same(treadle_client: ModuleType, url: str, key: str) -> None:
    def work() -> tuple[Any, list[str], int]:
        with treadle_client.Treadle(url, key=key) as treadle:
            treadle.workflows.create(definition=DOUBLE, publish=True)
            result = treadle.workflows.execute("double", input={"size": 21})
            with treadle.workflows.stream("double", input={"size": 4}) as events:
                kinds = [event.type for event in events]
            return result.output, kinds, len(list(treadle.runs.list(limit=1)))

    output, kinds, runs = await asyncio.to_thread(work)

    assert (output, runs) == (42, 2)
    assert "node.completed" in kinds


async def test_without_a_key_one_is_nobody(treadle_client: ModuleType, url: str) -> None:
    async with treadle_client.AsyncTreadle(url) as treadle:
        with pytest.raises(treadle_client.TreadleApiError) as refused:
            await treadle.workflows.list().collect()

    assert refused.value.status == 401


async def test_a_server_that_is_not_there_is_told_so(treadle_client: ModuleType) -> None:
    retries = treadle_client.Retries(most=1, first=0.01)

    async with treadle_client.AsyncTreadle("http://127.0.0.1:9", key="trk_x", retries=retries) as treadle:
        with pytest.raises(treadle_client.TreadleConnectionError, match="treadle up"):
            await treadle.info.get()


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_that_would_be_another_address_is_not_sent(treadle: Any, name: str) -> None:
    with pytest.raises(ValueError, match="names nothing"):
        await treadle.workflows.delete(name)
