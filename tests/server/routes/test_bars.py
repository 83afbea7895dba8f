"""Bars over HTTP: sent, downloaded, listed, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.packs.trading.ccxt.binance_server import binance
from tests.server.conftest import ClientAs
from tests.service.backtests.bars import BEGIN, HOUR
from treadle.server.services import Services
from treadle.service.backtests.data.fetching import Downloads, downloads_of
from treadle.service.backtests.data.source import MarketSource
from treadle.service.settings import Settings
from treadle.store.audit import AuditFilter

BARS = "/api/v1/bars"
ROWS = "".join(f"{BEGIN + at * HOUR},100,101,99,100,5\n" for at in range(3))
FILE = "time,open,high,low,close,volume\n" + ROWS
WANTED = {
    "venue": "simulated", "symbol": "BTC/USDT", "timeframe": "1h", "since": "2024-01-01T00:00:00Z",
    "until": "2024-01-03T00:00:00Z",
}  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, allow_private_network=True)


@pytest.fixture
async def downloads(services: Services) -> AsyncIterator[Downloads]:
    application = services.application
    found = downloads_of(application.settings, application.world.clock.now)
    yield found
    for one in found.list():
        if one.state == "running":
            found.cancel(one.id)
            found.wait(one.id, 10)


async def send(client: httpx.AsyncClient, content: str | bytes = FILE, **query: str) -> httpx.Response:
    return await client.post(
        BARS, params={"name": "btc.csv", **query}, content=content, headers={"Content-Type": "text/csv"}
    )


async def until_over(downloads: Downloads, id: str) -> None:
    await asyncio.to_thread(downloads.wait, id, 30)


async def test_a_file_is_kept_and_listed_and_deleted(client_as: ClientAs, services: Services) -> None:
    editor = await client_as("editor")

    sent = await send(editor)
    listed = (await editor.get(BARS)).json()
    gone = await editor.delete(f"{BARS}/{quote('file:btc@1h', safe='')}")

    assert sent.status_code == 201, sent.text
    assert listed == {"items": [sent.json()], "next": None}
    assert sent.json() | {"size": 0} == {
        "name": "file:btc@1h", "venue": "file", "symbol": "btc", "timeframe": "1h", "begins": "2024-01-01T00:00:00Z",
        "ends": "2024-01-01T03:00:00Z", "bars": 3, "gaps": 0, "size": 0, "source": "upload",
    }  # fmt: skip
    assert gone.status_code == 204
    assert (await editor.get(BARS)).json()["items"] == []
    noted = [one.action for one in await services.application.store.list_audit(AuditFilter(), limit=10)]
    assert {"bars.upload", "bars.delete"} <= set(noted)


async def test_a_file_of_that_name_takes_the_place_of_the_one_before(client_as: ClientAs) -> None:
    editor = await client_as("editor")
    await send(editor)

    again = await send(editor, FILE + f"{BEGIN + 3 * HOUR},1,1,1,1,1\n")

    assert again.json()["bars"] == 4
    assert len((await editor.get(BARS)).json()["items"]) == 1


async def test_what_cannot_be_right_is_told_and_not_kept(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    refused = await send(editor, FILE.replace("100,101,99,100,5\n", "100,99,0,x,5\n", 1))

    assert refused.status_code == 422
    assert refused.json()["code"] == "invalid_bars"
    assert {one["code"] for one in refused.json()["issues"]} >= {"zero_price", "not_a_number", "high_below"}
    assert (await editor.get(BARS)).json()["items"] == []


@pytest.mark.parametrize("name", ["btc.txt", "../x.csv", "a/b.csv", ".csv", "x@1h.csv", "a\nb.csv", "a:b.csv"])
async def test_only_names_of_files_of_bars_are_taken(client_as: ClientAs, name: str) -> None:
    refused = await send(await client_as("editor"), name=name)

    assert refused.status_code == 422


async def test_who_only_looks_changes_nothing(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    assert (await viewer.get(BARS)).status_code == 200
    assert (await send(viewer)).status_code == 403
    assert (await viewer.post(f"{BARS}/download", json=WANTED)).status_code == 403
    assert (await viewer.delete(f"{BARS}/x")).status_code == 403


async def test_a_download_goes_on_by_itself(client_as: ClientAs, downloads: Downloads) -> None:
    editor = await client_as("editor")

    started = await editor.post(f"{BARS}/download", json=WANTED)
    await until_over(downloads, started.json()["id"])
    (told,) = (await editor.get(f"{BARS}/downloads")).json()["items"]
    (kept,) = (await editor.get(BARS)).json()["items"]

    assert started.status_code == 202
    assert (told["state"], told["progress"], told["bars"], told["error"]) == ("completed", 1.0, 48, None)
    assert (kept["name"], kept["bars"], kept["source"]) == ("simulated:BTC/USDT@1h", 48, "simulated")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"venue": "binanc"}, "unknown_venue"), ({"timeframe": "1x"}, "unknown_timeframe"),
     ({"until": "2023-01-01T00:00:00Z"}, "invalid_period"), ({"venue": "file"}, "unknown_venue"),
     ({"profile": "none"}, "missing_profile")],
)  # fmt: skip
async def test_what_cannot_be_downloaded_is_said_at_once(
    client_as: ClientAs, change: dict[str, Any], code: str
) -> None:
    refused = await (await client_as("editor")).post(f"{BARS}/download", json={**WANTED, **change})

    assert refused.json()["code"] == code
    assert 400 <= refused.status_code < 500


async def test_why_a_download_failed_is_told(client_as: ClientAs, downloads: Downloads) -> None:
    editor = await client_as("editor")

    started = await editor.post(f"{BARS}/download", json={**WANTED, "symbol": "NO/USDT"})
    await until_over(downloads, started.json()["id"])
    (told,) = (await editor.get(f"{BARS}/downloads")).json()["items"]

    assert told["state"] == "failed"
    assert told["error"]["code"] == "unknown_symbol"


async def test_a_cancelled_download_keeps_what_it_has_and_is_gone_on_with(
    client_as: ClientAs, downloads: Downloads
) -> None:
    editor, source = await client_as("editor"), MarketSource("binance", "BTC/USDT", "1m")
    async with binance() as server:
        options = {"urls": server.urls, "rate": 1.0}
        started = downloads.start(source, BEGIN - 5_000_000 * 60_000, BEGIN, options=options)
        while not downloads.list()[0].bars:
            await asyncio.sleep(0.01)
        with pytest.raises(Exception, match="being downloaded already"):
            downloads.start(source, BEGIN, None)
        held = await editor.delete(f"{BARS}/{quote(str(source), safe='')}")
        cancelled = await editor.delete(f"{BARS}/downloads/{started.id}")
        await until_over(downloads, started.id)

    (told,) = (await editor.get(f"{BARS}/downloads")).json()["items"]
    assert (held.status_code, held.json()["code"]) == (409, "being_downloaded")
    assert cancelled.status_code == 204
    assert told["state"] == "cancelled"
    assert told["bars"] >= 998
    assert (await editor.delete(f"{BARS}/downloads/{started.id}")).status_code == 204
    assert (await editor.get(f"{BARS}/downloads")).json()["items"] == []


async def test_a_download_of_a_process_that_is_gone_is_interrupted(
    client_as: ClientAs, downloads: Downloads, tmp_path: Path
) -> None:
    started = downloads.start(MarketSource("simulated", "BTC/USDT", "1h"), BEGIN, BEGIN + 10 * HOUR)
    await until_over(downloads, started.id)
    (file,) = tmp_path.glob(".treadle/bars/*/*/*/download.json")  # noqa: ASYNC240
    file.write_text(file.read_text().replace('"completed"', '"running"'))

    (told,) = Downloads(downloads.settings, downloads.now).list()

    assert told.state == "interrupted"


async def test_bars_that_are_not_here_are_not_found(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    for path in ("x", quote("file:btc@1h", safe=""), "downloads/none", quote("../../x", safe="")):
        assert (await editor.delete(f"{BARS}/{path}")).status_code == 404
