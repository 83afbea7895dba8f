"""What was placed is there, whatever becomes of the process; and several of them may share an account."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from tests.packs.trading.paper.bench import Clock, paper, place
from treadle.packs.trading.paper.venue import PaperVenue
from treadle.simulation.market.scale import from_wallet

ROOT = Path(__file__).parents[4]


@contextmanager
def placing(folder: Path, prefix: str, first: int, end: int) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to place; nothing is left of it afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.packs.trading.paper.placing", str(folder), prefix, str(first), str(end)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


async def assert_whole(venue: PaperVenue, names: list[str]) -> None:
    """Orders, fills, position and balance tell the same story, and nothing of it is there in part."""
    accounts = venue._account.accounts
    fills = await venue.fills("BTC/USDT:USDT", since=0)
    by_order = Counter(fill.client_id for fill in fills)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for entry in accounts.entries("main"):
        sums[entry.asset] += from_wallet(entry.amount)
    account = await venue.account()
    assert {asset: one.total for asset, one in account.balances.items()} == dict(sums)
    position = sum((fill.quantity if fill.side == "buy" else -fill.quantity for fill in fills), Decimal(0))
    assert sum((one.quantity for one in await venue.positions()), Decimal(0)) == position
    assert [fill.sequence for fill in fills] == list(range(1, len(fills) + 1))
    for name in names:
        order = await venue.fetch("BTC/USDT:USDT", name)
        assert order is not None
        assert (order.status, order.filled) == ("filled", order.quantity)
        assert by_order[name] == len(order.fills) >= 1
        guards = [await venue.fetch("BTC/USDT:USDT", f"{name}-{which}") for which in ("sl", "tp")]
        assert (guards[0] is None) == (guards[1] is None)


@pytest.mark.slow
async def test_an_order_is_there_or_not_when_its_process_is_killed(tmp_path: Path) -> None:
    """kill -9, in the middle of placing; every order that was told of is there, whole, and at most one more."""
    drawn = random.Random(7)
    told: list[str] = []
    ids: dict[str, str] = {}
    for round_ in range(3):
        with placing(tmp_path, f"r{round_}", 0, 100_000) as process:
            begin(process)
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(drawn.randint(1, 60))]
            process.kill()
            lines += process.stdout.readlines()
        for line in lines:
            if line.endswith("filled\n"):
                name, id_, _ = line.split()
                told.append(name)
                ids[name] = id_
    clock = Clock()
    async with paper(tmp_path, clock) as venue:
        await assert_whole(venue, told)
        fills = await venue.fills("BTC/USDT:USDT", since=0)
        placed = {fill.client_id for fill in fills if fill.client_id[-3:] not in ("-sl", "-tp")}
        again = await place(venue, told[0], "buy", "market", "0.002", symbol="BTC/USDT:USDT")

        assert again.id == ids[told[0]]
        assert len(await venue.fills("BTC/USDT:USDT", since=0)) == len(fills)
    assert set(told) <= placed
    assert len(placed - set(told)) <= 3


async def test_an_order_that_another_process_has_placed_is_given_and_not_placed_again(tmp_path: Path) -> None:
    """Also in a market that this one has never heard of, as the first thing that it does."""
    clock = Clock()
    async with paper(tmp_path, clock) as one, paper(tmp_path, clock) as other:
        await other.account()
        first = await place(one, "t-1", "buy", "market", "0.01", symbol="BTC/USDT")
        await place(one, "t-2", "buy", "limit", "1", symbol="ETH/USDT", price="1000")

        assert await place(other, "t-1", "buy", "market", "0.01", symbol="BTC/USDT") == first
        assert [order.client_id for order in await other.open_orders()] == ["t-2"]
        assert (await other.cancel("ETH/USDT", "t-2")).status == "cancelled"
        assert await one.open_orders() == []


@pytest.mark.slow
async def test_two_processes_share_an_account(tmp_path: Path) -> None:
    """At the same time, half of their orders by the same names: each of those is placed once."""
    with placing(tmp_path, "t", 0, 100) as first, placing(tmp_path, "t", 50, 150) as second:
        for process in (first, second):
            begin(process)
        told = [process.communicate(timeout=60)[0].splitlines() for process in (first, second)]

    ids: defaultdict[str, set[str]] = defaultdict(set)
    for line in (*told[0], *told[1]):
        ids[line.split()[0]].add(line.split()[1])
    assert [len(lines) for lines in told] == [100, 100]
    assert {len(one) for one in ids.values()} == {1}
    async with paper(tmp_path, Clock()) as venue:
        await assert_whole(venue, list(ids))
