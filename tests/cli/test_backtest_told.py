"""What `treadle backtest` takes, and how it tells what came of it."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Treadle
from tests.cli.test_backtest import BOT, CLOSES
from tests.service.backtests.bars import flat, write_bars


@pytest.fixture
def bot(treadle: Treadle) -> Treadle:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))
    return treadle


def test_a_stored_draft_is_tested_by_its_name_as_the_template_says(treadle: Treadle) -> None:
    made = treadle("templates", "use", "rsi-mean-reversion", "my-rsi")
    said = next(line for line in made.out.splitlines() if "treadle backtest" in line)
    write_bars(treadle.folder, flat(*(100 + at % 7 for at in range(80))))

    tested = treadle("backtest", "my-rsi", "--data", "bars.csv", "--no-save")
    wrong = treadle("backtest", "my-rs", "--data", "bars.csv", "--no-save")

    assert "treadle backtest my-rsi --data simulated:" in said
    assert (tested.code, wrong.code) == (0, 2), tested.err
    assert "my-rsi over 80 bars" in tested.out
    assert "no file and no stored workflow `my-rs`" in wrong.err


def test_a_market_without_bars_is_told_with_its_node_and_line(bot: Treadle) -> None:
    tested = bot("backtest", "dips.yaml", "--data", "ETH/USDT=bars.csv", "--no-save")

    assert tested.code == 2
    assert "no bars of BTC/USDT, which `exchange` names" in tested.err
    assert "dips.yaml:4:" in tested.err


def test_a_broken_stub_is_told_to_be_no_json(bot: Treadle) -> None:
    tested = bot("backtest", "dips.yaml", "--data", "bars.csv", "--stub", "buy={bad")

    assert tested.code == 2
    assert "`--stub buy={bad` is not JSON" in tested.err


def test_no_year_is_told_of_some_hours_and_no_trades_say_nothing(bot: Treadle) -> None:
    some = bot("backtest", "dips.yaml", "--data", "bars.csv", "--no-save")
    none = bot("backtest", "dips.yaml", "--data", "bars.csv", "--no-save", "--set", "low.threshold=1")

    assert "Sharpe" not in some.out
    assert "cannot be told of less than 30 days" in some.out
    assert "Nothing was traded" in none.out
    assert "say little" not in none.out
    assert "0.00 in fees, nothing" not in none.out
    assert "−0.00" not in none.out


def test_what_is_only_good_to_know_does_not_look_like_a_warning(bot: Treadle) -> None:
    found = bot("backtest", "dips.yaml", "--data", "bars.csv", "--no-save", "--paper", "fees=0.001")

    assert "\n! 2 trades say little" in found.out
    assert "\n· Markets that are gone are in no file" in found.out


def test_of_variants_that_trade_nothing_none_is_the_best(bot: Treadle) -> None:
    found = bot(
        "backtest", "dips.yaml", "--data", "bars.csv", "--no-save", "--sweep", "low.threshold=1,2",
        "--metric", "max_drawdown",
    )  # fmt: skip

    assert found.code == 0, found.err
    assert "none of them traded anything" in found.out
    assert "The best variant" not in found.out


def test_a_kept_search_is_shown_with_its_tables_and_what_was_asked(bot: Treadle) -> None:
    made = bot(
        "backtest", "dips.yaml", "--data", "bars.csv", "--sweep", "low.threshold=94,96", "--metric", "total_return",
        "--monte-carlo", "10", "--set", "buy.size=2", "--paper", "fees=0.001",
    )  # fmt: skip
    id = re.findall(r"bt-\w+", made.out)[-1]

    shown = bot("backtests", "show", id)
    assert shown.code == 0, shown.err
    assert table(shown.out, "2 variants") == table(made.out, "2 variants")
    assert "Monte Carlo: 10 paths" in shown.out
    assert "buy.size = 2" in shown.out
    assert re.search(r"fees\s+0\.001", shown.out)


def test_how_many_variants_are_not_shown_is_said_and_how_to_see_them(bot: Treadle) -> None:
    search = ("backtest", "dips.yaml", "--data", "bars.csv", "--sweep", "low.threshold=90:101:1", "--metric", "trades")
    made, unkept = bot(*search), bot(*search, "--no-save")
    id = re.findall(r"bt-\w+", made.out)[-1]

    shown = bot("backtests", "show", id, "--rows", "12")

    assert f"and 2 more: `treadle backtests show {id} --rows 12` shows all" in made.out
    assert "and 2 more: `--json` has all of them" in unkept.out
    assert "more:" not in shown.out
    assert rows(shown.out) == 12
    assert rows(made.out) == 10


def rows(out: str) -> int:
    """Of the table of variants."""
    lines = out.splitlines()
    begin = next(at for at, line in enumerate(lines) if line.lstrip().startswith("low.threshold  "))
    return next(at for at, line in enumerate(lines[begin + 1 :]) if not re.match(r"\s*\d+ ", line))


def test_lists_name_the_workflow_as_commands_do(bot: Treadle) -> None:
    bot.write("dips.yaml", BOT.replace("name: dips", "name: dips\ntitle: Bought when low"))
    bot("backtest", "dips.yaml", "--data", "bars.csv")

    listed = bot("backtests", "list")

    assert listed.out.splitlines()[1].endswith(" dips")


def test_a_kept_walk_is_shown_window_by_window(bot: Treadle) -> None:
    made = bot(
        "backtest", "dips.yaml", "--data", "bars.csv", "--sweep", "low.threshold=94,96", "--metric", "total_return",
        "--walk-forward", "3h/2h",
    )  # fmt: skip
    id = re.findall(r"bt-\w+", made.out)[-1]

    shown = bot("backtests", "show", id)

    assert shown.code == 0, shown.err
    assert table(shown.out, "2 windows") == table(made.out, "2 windows")


def table(out: str, head: str) -> list[str]:
    """The lines of a table, from its head on."""
    lines = out.splitlines()
    at = next(number for number, line in enumerate(lines) if head in line)
    return lines[at : at + 4]
