"""Workflow files with these nodes: what does not fit is said before anything runs."""

from __future__ import annotations

import pytest

from treadle.authoring.check.file import check_file
from treadle.node import Registry

REGISTRY = Registry.installed()
AROUND = """\
name: one
nodes:
  - {{id: text, type: data.template, config: {{template: x}}}}
  - {{id: rsi, type: indicator.rsi, config: {{series: [1, 2]}}}}
  - {{id: one, type: {type}, config: {config}}}
connections: [{connections}]
"""


def issues(type: str, config: str, connections: str = "") -> list[tuple[str, str]]:
    """(code, message) of what is wrong with a node."""
    found = check_file(AROUND.format(type=type, config=config, connections=connections), REGISTRY)
    return [(issue.code, issue.message) for issue in found.result.issues if issue.severity == "error"]


@pytest.mark.parametrize(
    ("type", "config", "said"),
    [
        ("indicator.rsi", "{series: hello}", 'not a number: the text "hello"'),
        ("indicator.rsi", "{series: [1, x]}", "row 2 of `series` is not a number"),
        ("indicator.atr", "{candles: [1, 2]}", "these are no candles"),
        ("indicator.rsi", "{series: [1], oversold: 80}", "`oversold` (80) has to be below `overbought` (70)."),
        ("indicator.macd", "{series: [1], fast: 30}", "`fast` (30) has to be less than `slow` (26)."),
        ("indicator.ma", "{series: [1], kind: foo}", "it must be 'sma', 'ema'"),
        ("indicator.ma", "{series: [1], period: 0}", "`period` of `one` does not fit"),
        ("indicator.pattern", "{candles: [], patterns: [cup]}", "`patterns` of `one` does not fit"),
        ("risk.position_size", "{balance: lots, stop_distance: 1}", "`balance` of `one` does not fit"),
        ("risk.drawdown", "{equity: 1, limit_pct: 0}", "`limit_pct` of `one` does not fit"),
        ("market.hours", "{at: '2024-05-01T00:00:00Z', calendar: moon}", "`calendar` of `one` does not fit"),
    ],
)
def test_what_does_not_fit_is_said(type: str, config: str, said: str) -> None:
    (found,) = issues(type, config)

    assert said in found[1]


@pytest.mark.parametrize(
    ("wire", "fits"),
    [
        ("{from: text.output, to: one.series}", False),
        ("{from: rsi.oversold, to: one.series}", False),
        ("{from: rsi.value, to: one.series}", True),
    ],
)
def test_a_wire_carries_what_its_end_takes(wire: str, fits: bool) -> None:
    assert [code for code, _ in issues("indicator.ma", "{}", wire)] == ([] if fits else ["incompatible_ports"])
