"""The paper venue itself, its accounts held in memory and its prices in columns: for what one account in flat numbers
(`venue`) does not have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from treadle.packs.trading.paper.account import PaperAccount
from treadle.packs.trading.paper.accounts import Accounts
from treadle.packs.trading.paper.rates import Rates
from treadle.packs.trading.paper.settings import PaperSettings, read_settings
from treadle.packs.trading.paper.venue import PaperVenue
from treadle.packs.trading.venue.provider import ProviderRef
from treadle.packs.trading.venue.venues import Asker, account_of
from treadle.service.backtests.history import History
from treadle.service.backtests.program.held.accounts import HeldAccounts
from treadle.service.backtests.program.held.feed import MarketFeed
from treadle.service.backtests.program.prices import Prices
from treadle.service.backtests.program.refusing import not_compiled
from treadle.service.backtests.request import ANY_SYMBOL

if TYPE_CHECKING:
    from decimal import Decimal


class Markets:
    """The bars and rates of a test as accounts of any settings see them. Prices are shared by what is alike."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._keys = {file: key for key, file in history.files.items()}
        self._rates = {symbol: Rates(one.times, one.rates) for symbol, one in history.rates.items()}
        self._prices: dict[tuple[str, Decimal | None, Decimal | None], Prices] = {}

    def feed(self, settings: PaperSettings) -> MarketFeed:
        """Raises `NotCompiled`."""
        named = settings.feed if isinstance(settings.feed, Mapping) else {settings.symbol or ANY_SYMBOL: settings.feed}
        if settings.clock != "real" or not (isinstance(settings.funding, bool) or self._rates):
            raise not_compiled("Its account has a clock or rates of its own.")
        rates = {} if isinstance(settings.funding, bool) else self._rates
        prices = {symbol: self.prices(file, settings) for symbol, file in named.items()}
        known = {symbol: self._history.markets.get(self._keys[file]) for symbol, file in named.items()}
        return MarketFeed(settings, prices, rates, allows_gaps=self._history.gaps == "allow", known=known)

    def prices(self, file: str, settings: PaperSettings) -> Prices:
        key = self._keys.get(file)
        if key is None:
            raise not_compiled(f"Its account has prices of its own (`{file}`).")
        place = (key, settings.tick, settings.lot)
        if place not in self._prices:
            bars = self._history.bars[key]
            self._prices[place] = Prices.of(bars.columns(), settings, bars.length, self._history.markets.get(key))
        return self._prices[place]


class HeldVenues:
    """Stands for `Venues`: one venue for each account and settings, all over accounts in memory. `now` is the time."""

    def __init__(self, markets: Markets) -> None:
        self.now = datetime.fromtimestamp(0, UTC)
        self.markets = markets
        self._accounts = cast("Accounts", HeldAccounts())
        self._open: dict[tuple[str, str], PaperVenue] = {}
        self._opened: dict[PaperVenue, tuple[PaperAccount, MarketFeed]] = {}

    async def of(self, ctx: Asker, provider: ProviderRef) -> PaperVenue:
        if provider.venue != "paper":
            raise not_compiled(f"It trades at `{provider.venue}`.")
        name = account_of(ctx, provider)
        key = (name, json.dumps(provider.settings, sort_keys=True, default=str))
        if key not in self._open:
            self._open[key] = self._venue(name, provider.settings)
        return self._open[key]

    def _venue(self, name: str, given: Mapping[str, Any]) -> PaperVenue:
        settings = read_settings({field: value for field, value in given.items() if field != "paper"})
        account = PaperAccount(self._accounts, name, settings)
        feed = self.markets.feed(settings)
        venue = PaperVenue(account, feed, lambda: self.now)
        self._opened[venue] = account, feed
        return venue

    def opened(self, venue: PaperVenue) -> tuple[PaperAccount, MarketFeed]:
        return self._opened[venue]
