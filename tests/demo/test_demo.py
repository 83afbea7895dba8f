"""`treadle up --demo`: three workflows at work; killed in the middle, the next start goes on."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Treadle
from tests.cli.process import Process
from treadle.authoring.check.file import check_file
from treadle.demo.demo import workflow_texts
from treadle.demo.services import DemoServices, price_at
from treadle.node.registry import Registry

STORE = ".treadle/demo/treadle.db"


@pytest.fixture
def treadle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Treadle:
    monkeypatch.chdir(tmp_path)
    return Treadle(tmp_path)


def test_the_bundled_workflows_are_valid_and_without_warnings() -> None:
    registry = Registry.installed()

    found = {name: check_file(text, registry, source=name).result.issues for name, text in workflow_texts()}

    assert found == {"order-report.yaml": (), "price-watch.yaml": (), "research-and-summarise.yaml": ()}


def test_an_alert_sent_twice_with_one_key_counts_once() -> None:
    services = DemoServices(busy_share=0)
    try:
        answers = [
            httpx.post(f"{services.url}/alerts", json={"price": 1}, headers={"Idempotency-Key": "k"}).json()
            for _ in range(2)
        ]
    finally:
        services.close()

    assert [answer["alerts"] for answer in answers] == [1, 1]


def test_a_busy_service_answers_503() -> None:
    services = DemoServices(busy_share=1)
    try:
        status = httpx.get(f"{services.url}/prices/copper").status_code
    finally:
        services.close()

    assert status == 503


def test_the_price_leaves_its_band_now_and_then() -> None:
    prices = [price_at("copper", at) for at in range(600)]

    inside = sum(92 <= price <= 108 for price in prices) / len(prices)
    assert 0.5 < inside < 0.99


@pytest.mark.slow
def test_the_demo_runs_all_three_and_writes_its_reports(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--demo", "--json") as process:
        process.wait_until(
            lambda: len({workflow_of(process, e["run_id"]) for e in process.events("RunFinished")}) == 3, seconds=60
        )
        process.send(15)
        code = process.end()

    assert code == 0
    assert all(event["status"] == "completed" for event in process.events("RunFinished"))
    summary = (treadle.folder / ".treadle/demo/reports/summary.txt").read_text()
    assert summary.startswith("1. ")
    assert list((treadle.folder / ".treadle/demo/research").glob("*.md"))
    assert not (treadle.folder / ".treadle/treadle.db").exists()


@pytest.mark.slow
def test_after_a_kill_the_next_start_goes_on_and_repeats_nothing(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--demo", "--json") as first:
        # In the middle of the research: its first node is done, an agent is at work.
        first.wait_until(lambda: journaled(treadle.folder / STORE, "fetch"), seconds=60)
        first.kill()
    (run_id,) = unfinished(treadle.folder / STORE)
    done = results(treadle.folder / STORE, run_id)

    with Process(treadle.folder, "up", "--demo", "--json") as second:
        second.wait_until(lambda: any(e["run_id"] == run_id for e in second.events("RunFinished")), seconds=60)
        second.send(15)
        code = second.end()

    (resumed,) = (event for event in second.events("RunResumed") if event["run_id"] == run_id)
    (finished,) = (event for event in second.events("RunFinished") if event["run_id"] == run_id)
    repeated = {e["path"] for e in second.events("NodeStarted") if e["run_id"] == run_id} & done
    assert (code, resumed["recovered"], finished["status"], repeated) == (0, True, "completed", set())


def workflow_of(process: Process, run_id: str) -> str | None:
    return next((e["workflow"] for e in process.events("RunStarted") if e["run_id"] == run_id), None)


def read(store: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    if not store.exists():
        return []
    connection = sqlite3.connect(store, timeout=5)
    try:
        return connection.execute(query, values).fetchall()
    except sqlite3.OperationalError:
        time.sleep(0.05)  # its tables are being made
        return []
    finally:
        connection.close()


def journaled(store: Path, node: str) -> bool:
    return bool(read(store, "SELECT 1 FROM journal WHERE node = ? AND kind = 2", node))


def unfinished(store: Path) -> list[str]:
    rows = read(store, "SELECT id FROM runs WHERE status = 'running' AND workflow = 'research-and-summarise'")
    return [str(row[0]) for row in rows]


def results(store: Path, run_id: str) -> set[str]:
    rows = read(store, "SELECT scope, node FROM journal WHERE run_id = ? AND kind = 2", run_id)
    return {f"{scope}/{node}" if scope else str(node) for scope, node in rows}
