"""Failures and replays over HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.server.routes.conftest import FAILING, PRICES, Publish, execute, get, post


@pytest.fixture
async def failed(client: httpx.AsyncClient, publish: Publish) -> list[str]:
    await publish(FAILING)
    return [(await execute(client, "failing"))["run_id"] for _ in range(2)]


async def test_failures_are_grouped_by_what_they_failed_of(client: httpx.AsyncClient, failed: list[str]) -> None:
    (group,) = (await get(client, "/failures"))["items"]

    assert (group["workflow"], group["node"], group["count"]) == ("failing", "bad", 2)
    assert group["run_ids"] == failed[::-1]


async def test_failures_are_tried_again_together(client: httpx.AsyncClient, failed: list[str], tmp_path: Path) -> None:
    (tmp_path / "missing.txt").write_text("here")

    answer = await post(client, "/failures/retry", {"workflow": "failing"}, status=202)

    assert sorted(answer["run_ids"]) == failed
    for run_id in failed:
        assert (await get(client, f"/runs/{run_id}/result", timeout=10))["status"] == "completed"


async def test_everything_is_only_meant_where_it_is_said(client: httpx.AsyncClient, failed: list[str]) -> None:
    nothing = await post(client, "/failures/dismiss", {}, status=422)
    everything = await post(client, "/failures/dismiss", {"all": True})

    assert nothing["code"] == "nothing_selected"
    assert sorted(everything["run_ids"]) == failed
    assert (await get(client, "/failures"))["items"] == []


async def test_a_version_is_replayed_over_recorded_runs(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    for net in (1, 2):
        await execute(client, "prices", input={"net": net})
    await publish(PRICES.replace("* 1.5", "* 2"))

    report = await post(client, "/replays", {"workflow": "prices", "version": "latest"})
    same = await post(client, "/replays", {"workflow": "prices", "version": "1", "limit": 1})

    assert (report["runs"], report["verdicts"]["different"]) == (2, 2)
    assert {"name": "runs.completed", "before": 2.0, "after": 2.0} in report["figures"]
    assert "few_runs" in [warning["code"] for warning in report["warnings"]]
    assert (same["runs"], same["verdicts"]["same"]) == (1, 1)


async def test_a_replay_is_offered_as_one_page(client: httpx.AsyncClient, publish: Publish) -> None:
    await publish(PRICES)
    await execute(client, "prices", input={"net": 1})

    answer = await client.post("/api/v1/replays/report", json={"workflow": "prices", "version": "latest"})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<h1>prices</h1>" in answer.text
