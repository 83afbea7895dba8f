"""Runs that certainly do nothing are passed by, and what is told of a test is the same as if they were not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.service.backtests.bars import backtest
from tests.service.backtests.program.held.test_running import ACCOUNT, FIRST, SECOND, two_markets
from tests.service.backtests.program.strategies import template
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.packs.trading.paper.accounts import AccountRow
from treadle.service.backtests.backtest import find_period
from treadle.service.backtests.history import read_history
from treadle.service.backtests.program.held import values
from treadle.service.backtests.program.held.accounts import HeldAccounts
from treadle.service.backtests.program.held.driving import HeldDrive
from treadle.service.backtests.program.held.planning import plan_held
from treadle.service.backtests.program.held.records import HeldRecords
from treadle.service.backtests.program.held.running import tell_held
from treadle.service.backtests.request import BacktestRequest
from treadle.service.backtests.search.request import Parameter, Sweep
from treadle.service.backtests.search.sweep import run_sweep
from treadle.service.settings import Settings
from treadle.simulation.market import orders as o
from treadle.simulation.market.desk import Traded

REGISTRY = Registry.installed()


def pairs() -> Workflow:
    """The template over two markets of the tests."""
    text = template("pairs-trading").model_dump_json(by_alias=True, exclude_unset=True)
    text = text.replace("LTC/USDT", FIRST).replace("BCH/USDT", SECOND).replace('"period":72', '"period":12')
    return Workflow.model_validate_json(text)


def asked(folder: Path, count: int, **more: Any) -> BacktestRequest:
    given = {"entry": 1.2, "exit": 0.4, "stop": 9, "size": 800}
    return BacktestRequest(pairs(), two_markets(folder, count, seed=4), input=given, paper=ACCOUNT, **more)


def drive(request: BacktestRequest, *, takes_all: bool) -> HeldDrive:
    history = read_history(request, Settings())
    return HeldDrive(plan_held(request, history, REGISTRY, *find_period(request, history)), takes_all=takes_all)


async def test_what_is_told_is_the_same_whether_or_not_they_are(tmp_path: Path) -> None:
    request = asked(tmp_path, 400)
    passing, whole = drive(request, takes_all=False), drive(request, takes_all=True)

    await passing.run()
    await whole.run()

    told, expected = tell_held(passing, ()), tell_held(whole, ())
    assert len(told.fills) > 10
    assert passing.stepped < 3 * len(told.fills) < whole.stepped
    assert (told.fills, told.orders, told.equity, told.runs) == (
        expected.fills, expected.orders, expected.equity, expected.runs,
    )  # fmt: skip


async def test_columns_of_two_markets_and_what_is_stepped_are_told_apart(tmp_path: Path) -> None:
    result = await backtest(pairs(), two_markets(tmp_path, 200, seed=4), paper=ACCOUNT)

    parts = {row["node"]: row["part"] for row in result.explain}
    assert (parts["ratio"], parts["score"], parts["tick"]) == ("column", "column", "column")
    assert (parts["decide"], parts["buy-first"], parts["held-second"]) == ("stepped", "stepped", "stepped")
    assert "other than one market" in result.explain[0]["why"]


@pytest.mark.slow
@pytest.mark.parametrize("most", [5_000, 10], ids=["all of them", "where orders were placed"])
async def test_what_stood_on_the_wires_is_what_the_engine_has_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(values, "MOST_MOMENTS", most)
    bars = two_markets(tmp_path, 120, seed=4)
    given = asked(tmp_path, 120).input

    held = await backtest(pairs(), bars, paper=ACCOUNT, input=given, way="compiled")
    engine = await backtest(pairs(), bars, paper=ACCOUNT, input=given, way="engine")

    assert held.values is not None
    assert engine.values is not None
    every = list(engine.values.times)
    at = [every.index(time) for time in held.values.times]
    assert len(at) == (len(every) if most > 10 else len(held.orders))
    for node, port in held.values.ports:
        if node in ("ratio", "score", "decide", "held-first", "held-second"):
            column = engine.values.column(node, port)
            assert [repr(one) for one in held.values.column(node, port)] == [repr(column[place]) for place in at]
    whole = [(node, port) for node, port, _, _ in held.values.whole()]
    assert (("score", "value") in whole) == (most == 10)


@pytest.mark.slow
async def test_a_sweep_over_two_markets_finds_what_the_engine_finds(tmp_path: Path) -> None:
    wanted = Sweep((Parameter("input.entry", (1.0, 1.6)), Parameter("score.period", (8, 12))), metric="total_return")

    quick = await run_sweep(asked(tmp_path, 150, way="compiled"), wanted, Settings(), REGISTRY)
    slow = await run_sweep(asked(tmp_path, 150, way="engine"), wanted, Settings(), REGISTRY)

    assert (quick.way, slow.way) == ("compiled", "engine")
    assert [row.to_dict() for row in quick.rows] == [row.to_dict() for row in slow.rows]


# What stands for the store, and for the file of paper accounts


async def test_records_are_listed_as_the_store_lists_them() -> None:
    records = HeldRecords()
    for number, key in enumerate("abcd"):
        records.now = datetime.fromtimestamp(number, UTC)
        await records.put("order", key, {"key": key}, group="one" if key != "b" else "two", is_open=key in "ad")
    await records.put("order", "a", {"key": "a", "again": True}, group="one")

    def keys(found: list[dict[str, Any]]) -> str:
        return "".join(one["key"] for one in found)

    assert keys(await records.list("order")) == "abcd"
    assert keys(await records.list("order", group="one", after="a")) == "cd"
    assert keys(await records.list("order", after="nobody")) == "abcd"
    assert keys(await records.list("order", open_only=True)) == "d"
    assert keys(await records.list("order", group="one", newest=2)) == "cd"
    assert keys(await records.list("order", since=datetime.fromtimestamp(1, UTC), newest=9)) == "bcd"
    assert keys(await records.list("order", newest=0)) == ""
    assert await records.get("order", "a") == {"key": "a", "again": True}


def test_what_an_account_is_given_back_can_be_changed_without_harm() -> None:
    accounts = HeldAccounts()
    accounts.put_account("one", AccountRow(1, 2, {19_000: 5}, opened_at=7))
    row = o.order_row(1, o.BUY, o.LIMIT, 3, price=5)
    accounts.add_order("one", FIRST, row, "t-1", "group", 10)
    found = accounts.find("one", "t-1")
    assert found is not None

    found.row[o.QUANTITY] = row[o.PRICE] = 0
    known = accounts.account("one")
    assert known is not None
    known.turnover.clear()
    row[o.STATUS] = o.DONE
    accounts.put_order("one", row, 20)
    fill = Traded(1, 1, o.BUY, 3, 5, 0, 0, 3, 15, True)
    accounts.add_fills("one", FIRST, [fill])

    again, account = accounts.find("one", "t-1"), accounts.account("one")
    assert again is not None
    assert (again.row[o.QUANTITY], again.created_at, again.updated_at) == (3, 10, 20)
    assert account is not None
    assert (account.turnover, account.opened_at) == ({19_000: 5}, 7)
    assert accounts.open_orders("one") == []
    assert accounts.fills("one", FIRST, since=15) == [(fill, "t-1")]
    assert accounts.fills("one", FIRST, since=16) == []
    assert (accounts.has_client("one", "t-1"), accounts.has_client("two", "t-1")) == (True, False)
