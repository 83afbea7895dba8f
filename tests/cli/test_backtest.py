"""`treadle backtest`."""

from __future__ import annotations

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
    assert page.count("<polyline") == 3
    assert "http" not in page
    assert "src=" not in page


def test_a_setting_of_no_node_is_refused_with_the_nearest(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    refused = treadle("backtest", "dips.yaml", "--data", "bars.csv", "--set", "bye.size=2")

    assert refused.code == 2
    assert "`buy`" in refused.err


def test_nothing_is_kept_of_it(treadle: Treadle) -> None:
    treadle.write("dips.yaml", BOT)
    write_bars(treadle.folder, flat(*CLOSES))

    treadle("backtest", "dips.yaml", "--data", "bars.csv")

    assert not (treadle.folder / ".treadle").exists()
