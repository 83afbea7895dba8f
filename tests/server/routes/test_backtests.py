"""Backtests over HTTP: started, followed, read, compared, exported."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.server.conftest import ClientAs
from tests.service.backtests.bars import BEGIN, FREE, HOUR, buys_low_sells_high, flat, write_bars
from treadle.authoring.saving import workflow_data
from treadle.server.services import Services
from treadle.service.backtests.keeping import Backtests
from treadle.service.backtests.making import make
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.wanted import Wanted

CLOSES = (100, 93, 106, 100, 93, 106, 100)
GRAPH = workflow_data(buys_low_sells_high())


async def start(client: httpx.AsyncClient, folder: Path, **more: Any) -> str:
    if not (folder / "bars.csv").exists():
        write_bars(folder, flat(*CLOSES))
    body = {"workflow": "bot", "graph": GRAPH, "data": [{"source": "bars.csv"}], "paper": {"fees": 0.001}, **more}
    answered = await client.post("/api/v1/backtests", json=body)
    assert answered.status_code == 202, answered.text
    return answered.json()["id"]


async def finished(client: httpx.AsyncClient, services: Services, id: str) -> dict[str, Any]:
    await services.application.backtests.join(id)
    return (await client.get(f"/api/v1/backtests/{id}")).json()


@pytest.mark.slow
async def test_a_backtest_is_done_in_a_process_of_its_own_and_kept(
    client_as: ClientAs, services: Services, tmp_path: Path
) -> None:
    client = await client_as("editor")
    id = await start(client, tmp_path)

    found = await finished(client, services, id)
    read = {
        name: (await client.get(f"/api/v1/backtests/{id}/{name}", params=query)).json()
        for name, query in {
            "equity": {},
            "trades": {"sort": "-profit"},
            "candles": {"points": 10},
            "values": {"at": "2024-01-01T02:30:00Z"},
        }.items()
    }

    assert (found["state"], found["progress"], found["error"]) == ("completed", 1.0, None)
    assert found["figures"]["trades"] == 2
    assert found["parts"] == ["equity", "trades", "candles", "values"]
    assert {"few_trades", "survivorship"} <= {one["code"] for one in found["warnings"]}
    assert found["costs"]["fees"] > 0
    assert len(read["equity"]["at"]) == len(read["equity"]["exposure"]) > 2
    (first, second) = read["trades"]["items"]
    assert float(first["profit"]) >= float(second["profit"])
    assert first["decided"]["low"]["true"] == "93.0"
    assert read["candles"]["close"] == list(map(float, CLOSES))
    assert read["values"]["nodes"]["low"] == {"true": "93.0"}
    assert read["values"]["at"] == read["candles"]["time"][2]


@pytest.mark.slow
async def test_two_are_compared_and_each_is_exported(client_as: ClientAs, services: Services, tmp_path: Path) -> None:
    client = await client_as("editor")
    a, b = await start(client, tmp_path), await start(client, tmp_path, set={"buy.size": 2})
    dear = await start(client, tmp_path, paper={"fees": 0.002}, until="2024-01-01T06:00:00Z")
    await asyncio.gather(*(services.application.backtests.join(id) for id in (a, b, dear)))

    compared = (await client.get("/api/v1/backtests/compare", params={"a": a, "b": b})).json()
    files = {
        (format, what): await client.get(f"/api/v1/backtests/{a}/export", params={"format": format, "what": what})
        for format, what in (("json", "trades"), ("csv", "trades"), ("csv", "fills"), ("parquet", "equity"))
    }
    page = await client.get(f"/api/v1/backtests/{a}/report")

    other = (await client.get("/api/v1/backtests/compare", params={"a": a, "b": dear})).json()
    assert compared["differ"] == []
    assert [said.partition(":")[0] for said in other["differ"]] == ["Not the same period", "Not the same fees"]
    assert compared["same_fills_until"] is not None
    assert compared["trades_only_a"] == compared["trades_only_b"] == 2
    assert {one.status_code for one in files.values()} == {200}
    assert files["csv", "trades"].text.count("\n") == 3
    assert files["parquet", "equity"].content[:4] == b"PAR1"
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<svg" in page.text
    assert "src=" not in page.text


async def test_what_can_be_seen_to_be_wrong_is_refused_at_once_and_all_of_it(
    client_as: ClientAs, tmp_path: Path
) -> None:
    client = await client_as("editor")
    body = {"workflow": "bot", "graph": GRAPH, "data": [{"source": "none.csv"}], "set": {"bye.size": 2}}

    answered = await client.post("/api/v1/backtests", json=body)

    assert answered.status_code == 422
    assert [one["path"] for one in answered.json()["issues"]] == ["data[0].source", "set.bye.size"]


async def test_files_outside_the_workspace_are_not_looked_at(client_as: ClientAs, tmp_path: Path) -> None:
    client = await client_as("editor")

    answered = await client.post(
        "/api/v1/backtests", json={"workflow": "bot", "graph": GRAPH, "data": [{"source": "../../etc/passwd"}]}
    )

    assert answered.status_code in (403, 422)
    assert "root" not in answered.text


async def test_who_may_only_look_starts_none(client_as: ClientAs, tmp_path: Path) -> None:
    client = await client_as("viewer")

    answered = await client.post(
        "/api/v1/backtests", json={"workflow": "bot", "graph": GRAPH, "data": [{"source": "bars.csv"}]}
    )

    assert answered.status_code == 403


async def kept(services: Services, folder: Path, *closes: float) -> str:
    """One that was done here, without a process of its own."""
    registry = services.application.registry
    file = write_bars(folder, flat(*(closes or CLOSES)), name="kept.csv")
    request = BacktestRequest(buys_low_sells_high(), {"*": file}, paper=FREE)
    content, _ = await make(request, None, services.application.settings, registry)
    wanted = Wanted("bot", {"workflow": "bot", "data": [{"symbol": "*", "source": "kept.csv"}]})
    return await Backtests(services.application).keep(request.workflow, wanted, content, seconds=1.0)


async def test_bars_of_a_period_are_shown_as_they_are_and_many_are_joined(
    client_as: ClientAs, services: Services, tmp_path: Path
) -> None:
    client = await client_as("viewer")
    id = await kept(services, tmp_path, *range(100, 140))
    times = [BEGIN + at * HOUR for at in range(40)]

    whole = (await client.get(f"/api/v1/backtests/{id}/candles", params={"points": 10})).json()
    part = (await client.get(f"/api/v1/backtests/{id}/candles", params={"since": times[5], "until": times[9]})).json()
    equity = (await client.get(f"/api/v1/backtests/{id}/equity", params={"points": 10})).json()

    assert (whole["every"], whole["time"]) == (4, times[::4])
    assert whole["high"] == [103 + 4 * at for at in range(10)]
    assert (part["every"], part["time"], part["timeframe"]) == (1, times[5:9], "1h")
    assert len(equity["at"]) <= 10


async def test_trades_of_a_period_are_those_that_overlap_it(
    client_as: ClientAs, services: Services, tmp_path: Path
) -> None:
    client = await client_as("viewer")
    id = await kept(services, tmp_path)
    address = f"/api/v1/backtests/{id}/trades"

    first = (await client.get(address, params={"limit": 1})).json()
    second = (await client.get(address, params={"limit": 1, "cursor": first["next"]})).json()
    late = (await client.get(address, params={"since": BEGIN + 5 * HOUR})).json()

    assert [one["number"] for one in (*first["items"], *second["items"])] == [1, 2]
    assert second["next"] is None
    assert [one["number"] for one in late["items"]] == [2]


async def test_lists_go_on_page_by_page_and_what_is_removed_is_gone(
    client_as: ClientAs, services: Services, tmp_path: Path
) -> None:
    client = await client_as("editor")
    ids = [await kept(services, tmp_path) for _ in range(3)]

    first = (await client.get("/api/v1/backtests", params={"limit": 2})).json()
    second = (await client.get("/api/v1/backtests", params={"limit": 2, "cursor": first["next"]})).json()
    removed = await client.delete(f"/api/v1/backtests/{ids[0]}")
    again = await client.get(f"/api/v1/backtests/{ids[0]}")

    assert [one["id"] for one in (*first["items"], *second["items"])] == ids[::-1]
    assert second["next"] is None
    assert (removed.status_code, again.status_code) == (204, 404)
    assert again.json()["code"] == "unknown_backtest"


async def test_whose_workflow_it_is_alone_sees_it_and_those_it_is_shared_with(
    client_as: ClientAs, services: Services, tmp_path: Path
) -> None:
    id = await kept(services, tmp_path)
    other, admin = await client_as("editor"), await client_as("admin")
    owner = await services.identities.create_user("ada", role="editor")
    store, now = services.application.store, services.application.world.clock.now()
    await store.claim_workflow("bot", owner.id, now=now)

    hidden = await other.get(f"/api/v1/backtests/{id}")
    listed = (await other.get("/api/v1/backtests")).json()["items"]
    await admin.put("/api/v1/workflows/bot/sharing", json={"kind": "everybody", "level": "view"})
    shown = await other.get(f"/api/v1/backtests/{id}")
    removed = await other.delete(f"/api/v1/backtests/{id}")

    assert (hidden.status_code, listed) == (404, [])
    assert (shown.status_code, removed.status_code) == (200, 403)


async def test_what_it_does_not_have_is_told(client_as: ClientAs, services: Services, tmp_path: Path) -> None:
    client = await client_as("viewer")
    id = await kept(services, tmp_path)

    answered = await client.get(f"/api/v1/backtests/{id}/sweep")

    assert (answered.status_code, answered.json()["code"]) == (404, "no_such_part")
