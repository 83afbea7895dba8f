"""What a deployment is checked for before it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.packs.trading.orders.trading import LIVE, buy, flow, order, records, sell, trade
from tests.packs.trading.scripted import Exchange
from treadle.engine.exchanging import RunRecords
from treadle.model.run import RunRecord
from treadle.node import Permissions
from treadle.packs.trading.orders.reconcile import reconcile
from treadle.packs.trading.venue.order import OrderRequest
from treadle.packs.trading.venue.venues import Venues
from treadle.testing import Harness


@dataclass
class Beginning:
    """A deployment that is about to go on."""

    harness: Harness
    deployment: str = "bot"
    workflow: str = "bot"
    mode: str = "live"
    run_id: str = ""
    resources: dict[type, Any] = field(default_factory=dict)
    permissions: Permissions = field(default_factory=Permissions)

    @property
    def records(self) -> Any:
        record = RunRecord(id="", workflow="bot", version="", deployment="bot", mode="live")  # type: ignore[arg-type]
        return _Records(self.harness, record)

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        return {}

    def now(self) -> datetime:
        return self.harness.clock.now()

    def resource(self, kind: type[Any]) -> Any:
        if kind not in self.resources:
            self.resources[kind] = kind(self.permissions)
        return self.resources[kind]

    def log(self, message: str, **more: Any) -> None:
        pass


class _Records(RunRecords):
    def __init__(self, harness: Harness, run: RunRecord) -> None:
        self._harness, self._run = harness, run

    async def put(
        self,
        kind: str,
        key: str,
        value: Any,
        *,
        group: str = "",
        is_open: bool = False,
        later: Any = None,
        turn: Any = None,
    ) -> None:
        from treadle.model.record import Record

        record = Record(kind, key, value, "deployment:bot", group, is_open)
        await self._harness.exchange.put_record(record, now=self._harness.clock.now())

    @property
    def _exchange(self) -> Any:
        return self._harness.exchange


async def check(harness: Harness) -> Sequence[str]:
    return await reconcile(Beginning(harness))  # type: ignore[arg-type]


async def test_where_all_is_as_it_was_left_nothing_is_told(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy("0.5"), order("limit", id="rest", side="buy", size=1, price=40000, after=["order"]))

    assert await check(harness) == []


async def test_a_deployment_that_has_never_traded_asks_nobody(harness: Harness, exchange: Exchange) -> None:
    assert await check(harness) == []
    assert dict(exchange.calls) == {}


async def test_what_was_filled_meanwhile_is_recorded_and_counted_by_the_next_run(
    harness: Harness, exchange: Exchange
) -> None:
    await trade(harness, buy("1"))
    await trade(harness, order("limit", side="sell", size="0.5", price=52000))
    (resting,) = [one["client_id"] for one in await records(harness, "order") if one["status"] == "open"]
    exchange.fill(resting, Decimal("0.5"))

    assert await check(harness) == []

    assert [(one["quantity"], one["run"]) for one in await records(harness, "fill")][1] == ("0.5", "")
    run = await trade(harness, sell("0.1"))
    journal: Any = harness.journal
    assert (await journal.get_run(run.id)).counters["trades"] == 2.0
    assert all(one["run"] for one in await records(harness, "fill"))


async def test_an_order_in_doubt_is_settled_first(harness: Harness, exchange: Exchange) -> None:
    exchange.mishaps, exchange.silent = ["lost_after"], 6
    await harness.start(flow(buy()), **LIVE)

    exchange.silent = 0
    assert await check(harness) == []
    assert [one["status"] for one in await records(harness, "order")] == ["filled"]


async def test_an_order_that_the_venue_has_never_had_is_a_difference_told_once(
    harness: Harness, exchange: Exchange
) -> None:
    await trade(harness, order("limit", side="buy", size=1, price=40000))
    exchange.orders.clear()

    (told,) = await check(harness)
    assert "has never had it" in told
    assert await check(harness) == []


async def test_a_position_that_no_fill_explains_is_a_difference_told_once(harness: Harness, exchange: Exchange) -> None:
    exchange.capabilities = replace(exchange.capabilities, has_positions=True)
    await trade(harness, buy("0.5"))
    exchange.held["BTC"] -= Decimal("0.2")

    (told,) = await check(harness)
    assert told.startswith("scripted has 0.3 BTC/USDT; the fills on record come to 0.5.")
    assert await check(harness) == []


async def test_what_else_lies_in_a_spot_account_is_nobodys_business(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy("0.5"))
    exchange.held["BTC"] += 7

    assert await check(harness) == []


async def test_an_order_of_ours_that_is_on_no_record_is_a_difference(harness: Harness, exchange: Exchange) -> None:
    await trade(harness, buy("0.5"))
    lost = OrderRequest("t-lost", "BTC/USDT", "buy", "limit", Decimal(1), Decimal(40000))
    exchange.take(lost, 1_700_000_000_000)

    (told,) = await check(harness)
    assert "`t-lost` (buy 1 BTC/USDT) that is on no record" in told
    assert await check(harness) == []


async def test_what_was_traded_on_paper_is_nothing_to_the_real_account(
    harness: Harness, exchange: Exchange, tmp_path: Path
) -> None:
    await trade(harness, order("limit", side="buy", size=1, price=40000))
    exchange.orders.clear()
    beginning = Beginning(harness, mode="paper", permissions=Permissions(workspace=tmp_path))

    assert await reconcile(beginning) == []  # type: ignore[arg-type]
    await beginning.resource(Venues).aclose()
