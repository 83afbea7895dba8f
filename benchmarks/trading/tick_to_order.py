"""From a tick to an order that is journaled, filled at the paper venue, and told to the run: ten nodes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.row import Row
from benchmarks.sampling import median, quantile
from benchmarks.trading.pushing import reactions

STRATEGY = """\
name: ten-nodes
nodes:
  - {id: feed, type: trigger.stream, config: {provider: paper, symbol: BTC/USDT, channel: ticker}}
  - {id: price, type: market.price_feed}
  - {id: fast, type: indicator.ma, config: {period: 3}}
  - {id: slow, type: indicator.ma, config: {period: 9}}
  - {id: strength, type: indicator.rsi, config: {period: 5}}
  - {id: side, type: data.transform, config: {transform: "nodes.feed.item.n % 2 == 0 ? 'sell' : 'buy'"}}
  - {id: size, type: data.transform, config: {transform: "(nodes.strength.value ?? 50) > 30 ? 0.001 : 0.002"}}
  - {id: wanted, type: flow.if, config: {operator: ">", b: 0}}
  - {id: note, type: data.transform, config: {transform: "nodes.slow.value"}}
  - {id: order, type: order.market, config: {symbol: BTC/USDT, side: "{{ nodes.side.output }}"}}
connections:
  - {from: feed.item, to: price.price}
  - {from: price.current, to: fast.series}
  - {from: price.current, to: slow.series}
  - {from: price.current, to: strength.series}
  - {from: size.output, to: wanted.a}
  - {from: wanted.true, to: order.size}
  - {from: feed.provider, to: order.provider}
"""
QUOTE = {"bid": Decimal("60000"), "ask": Decimal("60001"), "last": Decimal("60000.5"), "volume": None}


def measure(scale: float) -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        taken = reactions(Path(folder), STRATEGY, [QUOTE], until="order", count=max(30, int(600 * scale)))
    yield Row("tick_to_paper_order_p50", median(taken), "ms", "lower", must=3)
    yield Row("tick_to_paper_order_p99", quantile(taken, 0.99), "ms", "lower", must=15)
