"""The cross-exchange template, told of prices by a stream: from a tick to its decision over both venues."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from benchmarks.trading.pushing import reactions
from benchmarks.trading.tick_to_order import QUOTE

DECISION = "buy-first"


def measure(scale: float) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        count = max(30, int(300 * scale))
        taken = reactions(Path(folder), streaming(), [QUOTE], until=DECISION, count=count, warm=20)
    yield Row("cross_exchange_reaction_p50", median(taken), "ms", "lower", must=5)
    yield Row("cross_exchange_reaction_p99", quantile(taken, 0.99), "ms", "lower")


def streaming() -> str:
    """The template as it is shipped, but for its trigger."""
    text = files("treadle").joinpath("templates/cross-exchange-arbitrage.yaml").read_text()
    flow: dict[str, Any] = yaml.safe_load(text)
    del flow["template"]
    for node in flow["nodes"]:
        if node["id"] == "when":
            node.update(type="trigger.stream", config={"provider": "first", "channel": "ticker"})
    return json.dumps(flow)
