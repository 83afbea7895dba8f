"""`treadle backtest`."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Treadle
from tests.service.backtests.bars import flat, write_bars

BOT = """\
name: dips
nodes:
  - {id: bar, type: trigger.stream, config: {provider: exchange, channel: candles, timeframe: 1h}}
  - {id: exchange, type: market.provider, config: {venue: paper, symbol: BTC/USDT}}
  - {id: low, type: flow.threshold, config: {operator: "<", threshold: 95}}
  - {id: high, type: flow.threshold, config: {operator: ">", threshold: 105}}
  - {id: buy, type: order.market, config: {provider: "{{ nodes.exchange.provider }}", side: buy, size: 1}}
  - {id: close, type: order.close, config: {provider: "{{ nodes.exchange.provider }}"}, on_error: continue}
connections:
  - {from: bar.price, to: low.value}
  - {from: bar.price, to: high.value}
  - {from: low.true, to: buy.trigger}
  - {from: high.true, to: close.trigger}
"""
CLOSES = (100, 93, 106, 100, 93, 106, 100)


def test_it_tells_the_figures_and_what_to_doubt(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    tested = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--paper", "fees=0.001")

    assert tested.code == 0, tested.err
    assert "dips over 7 bars of 1h" in tested.out
    assert "buy and hold" in tested.out
    assert "2 trades say little" in tested.out


def test_a_setting_is_changed_for_the_test_and_the_result_is_json(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    tested = treadle("backtest", "dips.yaml", "--data", "BTC/USDT=bars.csv", "--set", "buy.size=2", "--json")

    assert [trade["quantity"] for trade in tested.json["trades"]] == ["2", "2"]


def test_a_report_is_one_page_that_fetches_nothing(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    treadle("backtest", "dips.yaml", "--data", "bars.csv", "--report", "dips.html")

    page = (treadle.folder / "dips.html").read_text()
    assert page.count("<svg") >= 3
    assert "Drawdown" in page
    assert "://" not in page
    assert "src=" not in page


def test_a_setting_of_no_node_is_refused_with_the_nearest(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    refused = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--set", "bye.size=2")

    assert refused.code == 2
    assert "`buy`" in refused.err


def test_what_is_not_to_be_kept_leaves_nothing_behind(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    treadle("backtest", "dips.yaml", "--data", "bars.csv", "--no-save")

    assert not (treadle.folder / ".treadle").exists()


@pytest.mark.slow
def test_it_is_kept_and_can_be_shown_compared_exported_and_deleted(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))
    first, second = (
        treadle("backtest", "dips.yaml", "--data", "bars.csv", "--set", f"buy.size={size}", "--json").json["id"]
        for size in (1, 2)
    )

    listed = treadle("backtests", "list")
    shown = treadle("backtests", "show", first)
    compared = treadle("backtests", "compare", first, second)
    exported = treadle("backtests", "export", first, "--format", "csv", "-o", "trades.csv")
    removed = treadle("backtests", "delete", first)

    assert first in listed.out
    assert second in listed.out
    assert "2 trades say little" in shown.out
    assert "0 trades are in both" in compared.out
    assert exported.code == 0, exported.err
    assert (treadle.folder / "trades.csv").read_text().startswith("number,")
    assert removed.code == 0
    assert first not in treadle("backtests", "list").out


def test_the_tries_before_with_other_settings_are_counted(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))
    treadle("backtest", "dips.yaml", "--data", "bars.csv")

    again = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--json")
    other = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--paper", "fees=0.002", "--json")

    assert again.json["honesty"]["variants"] == {"here": 1, "before": 0}, "the same settings are one variant"
    assert other.json["honesty"]["variants"] == {"here": 1, "before": 1}


def test_an_effect_is_refused_by_name_until_a_stub_says_what_it_comes_to(treadle: Treadle) -> None:
    call = '  - {id: call, type: http.request, config: {url: "https://example.com"}}'
    wired = f"{call}\nconnections:\n  - {{from: low.true, to: call.trigger}}"
    treadle.write("dips.yaml", BOT.replace("connections:", wired))
    write_bars(treadle.folder, flat(*CLOSES))

    refused = treadle("backtest", "dips.yaml", "--data", "bars.csv")
    stub = 'call={"status": 200, "body": {"ok": true}}'
    tested = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--stub", stub, "--json")

    assert refused.code == 2
    assert "`call` (http.request) would do something outside" in refused.err
    assert "--stub call=" in refused.err
    assert tested.code == 0, tested.err
    assert tested.json["runs"] == {"completed": 7}


def test_how_it_was_worked_out_is_told_by_node(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    shown = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--explain", "--no-save")
    engine = treadle(
        "backtest", "dips.yaml", "--data", "bars.csv", "--explain", "--no-save", "--way", "engine", "--json"
    )

    assert "the way `compiled`" in shown.out
    assert any(line.split()[:2] == ["low", "stepped"] for line in shown.out.splitlines())
    assert {row["part"] for row in engine.json["explain"]["nodes"]} == {"engine"}
