"""`treadle run` of indicators over candles in a file."""

from __future__ import annotations

import math

import numpy
import talib

from tests.cli.conftest import Treadle

FLOW = """\
name: file-of-candles
nodes:
  - {id: file, type: file.read, config: {path: candles.csv, format: text}}
  - {id: rows, type: data.parse, config: {format: csv, types: auto}}
  - {id: rsi, type: indicator.rsi}
  - {id: smooth, type: indicator.ma, config: {kind: ema, period: 5}}
  - {id: atr, type: indicator.atr}
  - {id: side, type: flow.threshold, config: {operator: ">", threshold: 50}}
connections:
  - {from: file, to: rows}
  - {from: rows, to: rsi.series}
  - {from: rsi.value, to: smooth.series}
  - {from: rows, to: atr.candles}
  - {from: smooth.value, to: side.value}
outputs: {smooth: "{{ nodes.smooth.value }}", atr: "{{ nodes.atr.value }}", low: "{{ nodes.side.false }}"}
"""


def candles(count: int) -> tuple[str, numpy.ndarray]:
    lines, rows, before = ["time,open,high,low,close,volume"], [], 100.0
    for at in range(count):
        close = round(100 + 10 * math.sin(at / 7) + at * 0.05, 2)
        high, low = max(before, close) + 0.5, min(before, close) - 0.5
        rows.append((high, low, close))
        lines.append(f"2024-05-{1 + at // 24:02}T{at % 24:02}:00:00Z,{before},{high},{low},{close},{10 + at % 5}")
        before = close
    return "\n".join(lines) + "\n", numpy.array(rows)


def test_indicators_of_a_file_are_talibs_of_the_column(treadle: Treadle) -> None:
    text, rows = candles(120)
    treadle.write("candles.csv", text)
    treadle.write("flow.yaml", FLOW)

    ran = treadle("run", "flow.yaml", "--json")

    high, low, close = rows.T.copy()
    smooth = talib.EMA(talib.RSI(close, 14), 5)[-1]
    assert ran.json["output"] == {"smooth": smooth, "atr": talib.ATR(high, low, close, 14)[-1], "low": smooth}
    assert ran.json["nodes"]["rsi"]["outputs"]["value"][:15] == [None] * 14 + [talib.RSI(close, 14)[14]]


def test_a_bad_row_is_named(treadle: Treadle) -> None:
    text, _ = candles(30)
    lines = text.splitlines()
    lines[8] = lines[8].rsplit(",", 2)[0] + ",,10"
    treadle.write("candles.csv", "\n".join(lines))
    treadle.write("flow.yaml", FLOW)

    ran = treadle("run", "flow.yaml")

    assert ran.code == 1
    assert "row 8, `close`: None is not a number" in ran.err + ran.out


def test_too_few_candles_skip_what_needs_more(treadle: Treadle) -> None:
    treadle.write("candles.csv", candles(10)[0])
    treadle.write("flow.yaml", FLOW)

    ran = treadle("run", "flow.yaml", "--json")

    assert {name: node["status"] for name, node in ran.json["nodes"].items()} == {
        "file": "completed", "rows": "completed", "rsi": "skipped", "smooth": "skipped", "atr": "skipped",
        "side": "skipped",
    }  # fmt: skip
    assert "Warming up: 10 of 15 values." in treadle("logs", ran.json["run_id"]).out
