"""Backtests in processes of their own: cancelled, killed, queued, and found by the next start."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import FROM_EXCHANGE, PROVIDER, buys_low_sells_high, flat, workflow, write_bars
from treadle.authoring.saving import workflow_data
from treadle.errors import InvalidWorkflow, LimitExceeded, NotFound
from treadle.service.application import Application
from treadle.service.backtests import keeping
from treadle.service.backtests.keeping import Backtests
from treadle.service.backtests.search.dispatching import offer_variants
from treadle.service.backtests.wanted import Wanted, read_wanted
from treadle.service.internal import VARIANTS
from treadle.service.settings import Settings

pytestmark = pytest.mark.slow
LONG = [100 + at % 20 for at in range(20_000)]
SHORT = [100, 93, 106, 100, 93, 106, 100]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_bars(tmp_path, flat(*LONG), name="long.csv")
    write_bars(tmp_path, flat(*SHORT), name="short.csv")
    return replace(Settings(), db=str(tmp_path / "t.db"), workspace=str(tmp_path), synchronous="OFF", max_backtests=1)


@pytest.fixture
async def application(settings: Settings) -> AsyncIterator[Application]:
    async with Application(settings) as application:
        yield application


def wanted(file: str = "long.csv", **more: Any) -> Wanted:
    graph = workflow_data(buys_low_sells_high())
    body = {"workflow": "bot", "graph": graph, "data": [{"symbol": "*", "source": file}], "way": "engine", **more}
    return read_wanted(body)


async def until_running(application: Application, id: str) -> int:
    """The id of its process."""
    jobs = application.backtests._jobs  # pyright: ignore[reportPrivateUsage]
    while (process := jobs[id].process) is None or jobs[id].progress == 0:
        await asyncio.sleep(0.02)
    return process.pid


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_one_that_is_cancelled_ends_with_its_process(application: Application) -> None:
    backtests = Backtests(application)
    id = await backtests.start(wanted())
    pid = await until_running(application, id)
    before = await backtests.get(id)

    after = await backtests.cancel(id)

    assert (before["state"], 0 < before["progress"] < 1) == ("running", True)
    assert (after["state"], after["error"]) == ("cancelled", None)
    assert not is_alive(pid)


async def test_one_whose_process_is_killed_has_failed_and_says_so(application: Application) -> None:
    backtests = Backtests(application)
    id = await backtests.start(wanted())
    pid = await until_running(application, id)

    os.kill(pid, signal.SIGKILL)
    await application.backtests.join(id)

    found = await backtests.get(id)
    assert (found["state"], found["error"]["code"]) == ("failed", "interrupted")


async def test_those_that_a_killed_server_left_have_failed_at_its_next_start(settings: Settings) -> None:
    async with Application(settings) as application:
        id = await Backtests(application).start(wanted("short.csv"))
        await application.backtests.join(id)
        mark = "UPDATE backtests SET state = 'running', finished_at = NULL, worker = 'w-gone' WHERE id = ?"
        await application.store.write(lambda c: c.execute(mark, (id,)))

    async with Application(settings) as application:
        found = await Backtests(application).get(id)

    assert (found["state"], found["error"]["code"]) == ("failed", "interrupted")


async def test_one_whose_process_is_gone_is_told_to_have_failed_while_no_server_runs(settings: Settings) -> None:
    async with Application(settings) as application:
        id = await Backtests(application).start(wanted("short.csv"))
        await application.backtests.join(id)
        mark = "UPDATE backtests SET state = 'running', finished_at = NULL, worker = 'w-gone' WHERE id = ?"
        await application.store.write(lambda c: c.execute(mark, (id,)))

        (listed,) = await Backtests(application).list()
        found = await Backtests(application).get(id)

    assert (listed["state"], found["state"], found["error"]["code"]) == ("failed", "failed", "interrupted")


async def test_more_than_there_is_room_for_wait_and_end_with_the_server(settings: Settings) -> None:
    async with Application(settings) as application:
        backtests = Backtests(application)
        first, second = await backtests.start(wanted()), await backtests.start(wanted())
        pid = await until_running(application, first)
        states = [(await backtests.get(id))["state"] for id in (first, second)]

    async with Application(settings) as application:
        ended = [(await Backtests(application).get(id))["state"] for id in (first, second)]

    assert states == ["running", "queued"]
    assert ended == ["failed", "failed"]
    assert not is_alive(pid)


async def test_one_that_fails_says_of_what(application: Application, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text((tmp_path / "short.csv").read_text().replace(",93,", ",nan,"))
    backtests = Backtests(application)

    id = await backtests.start(wanted("bad.csv"))
    await application.backtests.join(id)

    found = await backtests.get(id)
    assert (found["state"], found["error"]["code"]) == ("failed", "invalid_bars")
    assert "row" in found["error"]["issues"][0]["message"]


async def test_an_effect_without_a_stub_is_refused_before_anything_begins(application: Application) -> None:
    flow = workflow(
        {"id": "every", "type": "trigger.interval", "config": {"seconds": 3600}},
        PROVIDER,
        {"id": "quote", "type": "market.quote", "config": FROM_EXCHANGE},
        {"id": "call", "type": "http.request", "config": {"url": "https://example.com"}},
        connections=("every -> quote.trigger", "quote.last -> call.trigger"),
    )
    body = {"graph": workflow_data(flow)}

    with pytest.raises(InvalidWorkflow) as refused:
        await Backtests(application).start(wanted("short.csv", **body))
    with pytest.raises(InvalidWorkflow) as odd:
        await Backtests(application).start(wanted("short.csv", **body, stubs={"call": {"nothing": 1}, "quite": 2}))
    id = await Backtests(application).start(wanted("short.csv", **body, stubs={"call": {"status": 200}}))
    await application.backtests.join(id)

    assert (refused.value.code, refused.value.issues[0].node) == ("cannot_simulate", "call")
    assert {one.code for one in odd.value.issues} == {"unknown_stub", "invalid_stub"}
    found = await Backtests(application).get(id)
    assert (found["state"], found["error"]) == ("completed", None)
    values = await Backtests(application).values(id, at=found["finished_at"])
    assert values["nodes"]["call"] == {"status": 200}


async def test_so_many_may_wait_and_no_more(application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_WAITING", 1)
    await Backtests(application).start(wanted())

    with pytest.raises(LimitExceeded) as refused:
        await Backtests(application).start(wanted())

    assert refused.value.code == "too_many_backtests"


async def test_one_that_is_removed_is_gone_with_its_process(application: Application) -> None:
    backtests = Backtests(application)
    id = await backtests.start(wanted())
    pid = await until_running(application, id)

    await backtests.delete(id)

    assert not is_alive(pid)
    with pytest.raises(NotFound):
        await backtests.get(id)


SERVER = """
import asyncio, json, sys
from treadle.service.application import Application
from treadle.service.backtests.keeping import Backtests
from treadle.service.backtests.wanted import read_wanted
from treadle.service.settings import Settings

async def main():
    given = json.load(sys.stdin)
    async with Application(Settings(**given["settings"])) as application:
        id = await Backtests(application).start(read_wanted(given["body"]))
        while (process := application.backtests._jobs[id].process) is None:
            await asyncio.sleep(0.02)
        print(process.pid, id, flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_when_the_server_is_killed_its_backtests_end_too(settings: Settings) -> None:
    given = {"db": settings.db, "workspace": settings.workspace, "synchronous": "OFF"}
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps({"settings": given, "body": dict(wanted().body)}).encode())
    server.stdin.close()
    pid, id = (await server.stdout.readline()).decode().split()

    server.kill()
    await server.wait()

    while is_alive(int(pid)):
        await asyncio.sleep(0.05)
    async with Application(settings) as application:
        found = await Backtests(application).get(id)
    assert (found["state"], found["error"]["code"]) == ("failed", "interrupted")


SWEEP = {"parameters": [{"name": "low.threshold", "values": [94, 95, 96, 97, 98, 99]}], "metric": "ended_with"}


async def test_a_spread_sweep_comes_to_what_one_alone_comes_to_and_says_who_tried_it(application: Application) -> None:
    backtests = Backtests(application)
    worker = offer_variants(application, processes=1)
    alone = await backtests.start(wanted("short.csv", sweep=SWEEP))
    await application.backtests.join(alone)
    spread = await backtests.start(wanted("short.csv", sweep=SWEEP, spread=True))
    await application.backtests.join(spread)
    await worker.aclose()

    one, other = await backtests.get(alone), await backtests.get(spread)
    runs = await application.list_runs(workflow=VARIANTS)
    assert (other["state"], other["error"]) == ("completed", None)
    assert other["figures"] == one["figures"]
    assert (await backtests.part(spread, "sweep"))["rows"] == (await backtests.part(alone, "sweep"))["rows"]
    assert "spread" not in one
    assert other["spread"]["runs"] == len(runs) == 6
    assert {run.status for run in runs} == {"completed"}


async def test_of_a_spread_one_that_is_cancelled_nothing_is_tried_any_more(application: Application) -> None:
    backtests = Backtests(application)
    worker = offer_variants(application, processes=1)
    id = await backtests.start(wanted(sweep=SWEEP, spread=True))
    while not (runs := await application.list_runs(workflow=VARIANTS)):
        await asyncio.sleep(0.02)

    await backtests.cancel(id)

    for run in runs:
        await application.wait_here(run.id)
    ended = [run.status for run in await application.list_runs(workflow=VARIANTS)]
    await worker.aclose()
    assert (await backtests.get(id))["state"] == "cancelled"
    assert set(ended) == {"cancelled"}


async def test_there_is_nothing_to_spread_without_variants(application: Application) -> None:
    with pytest.raises(InvalidWorkflow) as refused:
        await Backtests(application).start(wanted("short.csv", spread=True))

    assert [(one.where, one.code) for one in refused.value.issues] == [("spread", "invalid_argument")]
