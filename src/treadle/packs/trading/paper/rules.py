"""The rules of a market as the matching takes them."""

from __future__ import annotations

from decimal import Decimal

from treadle.packs.trading.paper.settings import PaperSettings
from treadle.packs.trading.venue.market_data import Market
from treadle.simulation.market.broker import margin_rate
from treadle.simulation.market.costs import FIXED, IMPACT, NO_SLIPPAGE, OF_SPREAD, Tier
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.scale import Scale, to_rate, to_wallet


def is_owned(market: Market) -> bool:
    """Whether who buys has the base, and can only sell what is there; otherwise it is a position on margin."""
    return market.kind in ("spot", "prediction")


def rules_of(market: Market, scale: Scale, settings: PaperSettings) -> Rules:
    owned = is_owned(market)
    kind, amount = _slippage(settings)
    leverage = min(settings.leverage, max(1, int(market.max_leverage)))
    return Rules(
        symbol=market.symbol,
        base=market.base,
        quote=market.quote,
        multiplier=scale.multiplier,
        money=scale.wallet_per_money,
        lot=scale.wallet_per_lot if owned else 0,
        shorts=settings.shorts and not owned,
        margin=margin_rate(leverage),
        maintenance=0 if owned else min(to_rate(settings.maintenance), margin_rate(leverage) // 2),
        slippage=kind,
        slippage_amount=amount,
        spread=to_rate(settings.spread),
        volume_share=to_rate(settings.volume_share),
        is_pessimistic=settings.path == "pessimistic",
        highest=int(Decimal(1) / scale.tick) if market.kind == "prediction" else 0,
        tiers=_tiers(market, settings),
    )


def _tiers(market: Market, settings: PaperSettings) -> tuple[Tier, ...]:
    fees = settings.fees
    maker = market.maker if fees.maker is None else fees.maker
    taker = market.taker if fees.taker is None else fees.taker
    above = sorted(fees.tiers, key=lambda one: one.turnover)
    first = () if above and above[0].turnover == 0 else (Tier(0, to_rate(maker), to_rate(taker)),)
    return (*first, *(Tier(to_wallet(one.turnover), to_rate(one.maker), to_rate(one.taker)) for one in above))


def _slippage(settings: PaperSettings) -> tuple[int, int]:
    given = settings.slippage
    if given.kind == "fixed":
        return FIXED, to_rate(given.bps / 10_000)
    if given.kind == "spread":
        return OF_SPREAD, to_rate(given.share)
    if given.kind == "impact":
        return IMPACT, to_rate(given.impact)
    return NO_SLIPPAGE, 0
