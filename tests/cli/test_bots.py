"""`trades` and `equity`."""

from __future__ import annotations

import asyncio
import csv
import io

import pytest

from tests.cli.conftest import GREETING, Treadle
from tests.service.bots.dealing import record_bot
from treadle.store.sqlite_journal import SqliteStore


@pytest.fixture
def bot(treadle: Treadle) -> Treadle:
    """A deployment called `greeting` that has traded; and one called `quiet` that has not."""
    treadle("deploy", treadle.write("greeting.yaml", GREETING), "--every", "1h", "-i", "who=Ada", "--paused")
    treadle("deployments", "clone", "greeting", "quiet", "--paused")

    async def deal() -> None:
        async with SqliteStore(treadle.folder / ".treadle" / "treadle.db") as store:
            await record_bot(store, "greeting")

    asyncio.run(deal())
    return treadle


def test_trades_are_listed_with_what_they_came_to(bot: Treadle) -> None:
    ran = bot("trades", "greeting")

    lines = ran.out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["#", "3", "2", "1"]
    assert "profit 1 USDT in 3 trades, 66.7% won" in lines[-1]


def test_trades_are_filtered_and_told_as_json(bot: Treadle) -> None:
    (lost,) = bot("trades", "greeting", "--lost", "--json").json

    assert (lost["number"], lost["profit"], lost["currency"], lost["runs"]) == (2, "-11", "USDT", ["r2", "r3"])


def test_trades_are_written_as_csv(bot: Treadle) -> None:
    rows = list(csv.DictReader(io.StringIO(bot("trades", "greeting", "--csv").out)))

    assert [row["profit"] for row in rows] == ["9", "-11", "3"]


def test_equity_draws_the_course_of_the_profit(bot: Treadle) -> None:
    said = bot("equity", "greeting").out

    assert "█▁▃" in said
    assert "lowest -2, highest 9" in said
    assert [point["value"] for point in bot("equity", "greeting", "--json").json["profit"]] == ["9", "-2", "1"]


@pytest.mark.parametrize("command", ["trades", "equity"])
def test_a_deployment_that_has_not_traded_is_said_so(bot: Treadle, command: str) -> None:
    assert "`quiet` has closed no trade yet." in bot(command, "quiet").out


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--won", "--lost"], "won and lost"), (["--side", "up"], "no side `up`"), (["--since", "soon"], "soon")],
)
def test_what_cannot_be_asked_is_refused(bot: Treadle, options: list[str], said: str) -> None:
    ran = bot("trades", "greeting", *options)

    assert ran.code == 2
    assert said in ran.err


def test_a_deployment_shows_what_it_traded(bot: Treadle) -> None:
    assert "profit 1 USDT in 3 trades" in bot("deployments", "show", "greeting").out
    assert bot("deployments", "show", "greeting", "--json").json["bot"]["trades"] == 3
    assert bot("deployments", "show", "quiet", "--json").json["bot"] is None


def test_an_unknown_bot_names_the_nearest(bot: Treadle) -> None:
    ran = bot("equity", "greting")

    assert ran.code == 2
    assert "Did you mean `greeting`?" in ran.err
